"""What operators read on the error output: when, how grave, told by whom, what. Never a body, never a key."""

import logging
import time

from api.terminal_text import escaped


class _OneSafeLine(logging.Formatter):
    """Escapes what would act on a terminal. Lines of a traceback stay lines."""

    def format(self, record: logging.LogRecord) -> str:
        return escaped(super().format(record))


def configure_logging() -> None:
    """Warnings and worse of this process, with their time in UTC; where somebody has configured it, that stays."""
    form = _OneSafeLine("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    form.converter = time.gmtime
    output = logging.StreamHandler()
    output.setFormatter(form)
    logging.basicConfig(level=logging.WARNING, handlers=[output])
