"""The user of the operating system who runs a command."""

import getpass
import os
import sys


def system_user() -> str:
    """The name of the user of this process. Variables of its environment, which anybody can set, do not decide it."""
    if sys.platform == "win32":
        return getpass.getuser()
    import pwd  # noqa: PLC0415 -- Windows does not have it

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container without an entry of this user
        return f"uid {os.getuid()}"
