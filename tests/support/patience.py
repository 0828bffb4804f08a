"""How long the desk of a test waits for its log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from domain.command_handling.service_desk import ServiceDesk
from domain.event_log.store import USUAL_SETTINGS

ENDLESS = 600.0  # seconds; whoever is still answered is answered sooner, on a busy computer too


PATIENT = replace(USUAL_SETTINGS, patience=ENDLESS)


@contextmanager
def short_patience(desk: ServiceDesk) -> Iterator[None]:
    """Commands to the desk fail soon in the block when the log does not answer."""
    settings, desk.log.settings = desk.log.settings, replace(USUAL_SETTINGS, patience=1.0)
    try:
        yield
    finally:
        desk.log.settings = settings
