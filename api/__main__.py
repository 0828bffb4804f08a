"""`python -m api` is the command line, as a process that minds signals, closed outputs and full disks."""

import io
import os
import signal
import sys
from typing import TextIO

TERMINATED = 128 + signal.SIGTERM


def main() -> None:
    """Runs the command line; Ctrl-C and SIGTERM let it put things away before it ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # there is nothing to put away yet
    from api.cli.main import main as command_line  # noqa: PLC0415 -- it takes a while, in which somebody may change their mind

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdout, sys.stderr = _in_utf8(sys.stdout), _in_utf8(sys.stderr)
    try:
        command_line()
    finally:
        _throw_away_what_cannot_be_written()


def _in_utf8(output: TextIO | None) -> TextIO:
    """The output for any locale: what is exported and answered to programs is UTF-8. One that is closed takes all."""
    if output is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 -- as long as the process
    if isinstance(output, io.TextIOWrapper):
        output.reconfigure(encoding="utf-8", errors="backslashreplace")
    return output


def _throw_away_what_cannot_be_written() -> None:
    """It has been told; the interpreter would tell it once more."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
