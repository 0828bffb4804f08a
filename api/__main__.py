"""`python -m api`: the command line as a process, with its signals and its standard output."""

import io
import os
import signal
import sys
from typing import NoReturn, TextIO

TERMINATED = 128 + signal.SIGTERM


def main() -> None:
    """Runs the command line. After Ctrl-C and SIGTERM it cleans up before it ends."""
    signal.signal(signal.SIGTERM, terminate)
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it at once: there is nothing to clean up yet
    from api.cli.main import main as command_line  # noqa: PLC0415 -- Ctrl-C must end the slow import as well

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdout, sys.stderr = _in_utf8(sys.stdout), _in_utf8(sys.stderr)
    try:
        command_line()
    finally:
        _discard_unwritten_output()


def terminate(*_: object) -> NoReturn:
    """Ends the process with its cleaning up, which a second SIGTERM does not interrupt."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(TERMINATED)


def _in_utf8(output: TextIO | None) -> TextIO:
    """The output in UTF-8, whatever the locale; a closed one becomes /dev/null."""
    if output is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 -- open as long as the process
    if isinstance(output, io.TextIOWrapper):
        output.reconfigure(encoding="utf-8", errors="backslashreplace")
    return output


def _discard_unwritten_output() -> None:
    """The failure is reported already; the interpreter would report it again."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
