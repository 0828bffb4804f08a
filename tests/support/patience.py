"""How long the desk of a test waits for its log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from domain.event_log.store import USUAL_SETTINGS, LogConnection

ENDLESS = 600.0  # seconds; whoever is still answered is answered sooner, on a busy computer too


PATIENT = replace(USUAL_SETTINGS, patience=ENDLESS)


@contextmanager
def short_patience(log: LogConnection) -> Iterator[None]:
    """Commands fail soon in the block when the log does not answer."""
    settings, log.settings = log.settings, replace(USUAL_SETTINGS, patience=1.0)
    try:
        yield
    finally:
        log.settings = settings
