"""How long the desk of a test waits for its log."""

import contextlib
from collections.abc import Iterator

import pytest

from domain.event_log import store

ENDLESS = 600.0  # seconds; whoever is still answered is answered sooner, on a busy computer too


@contextlib.contextmanager
def short_patience() -> Iterator[pytest.MonkeyPatch]:
    """Shortens the wait for a log that does not answer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "PATIENCE", 1.0)
        yield patch
