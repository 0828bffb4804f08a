"""A command of the terminal waits longer for a busy database than a caller over HTTP: nobody else waits for it."""

from collections.abc import Callable
from datetime import date
from typing import NoReturn

import pytest

from api.cli import demo, recording, simulate
from api.simulation.desk import MadeUpDesk
from domain.event_log.store import USUAL_SETTINGS, StoreSettings
from tests.support.events import AGENT

DESK = MadeUpDesk(1, date(2026, 3, 2), 1)


class _ConnectingError(Exception):
    """It is about to connect to a log with these settings."""


def _refuse(_dsn: str, _tenant: str, settings: StoreSettings = USUAL_SETTINGS) -> NoReturn:
    raise _ConnectingError(settings.patience)


@pytest.mark.parametrize(
    ("module", "command"),
    [
        (recording, lambda: recording.record_in_turn("", "default", [], AGENT)),
        (simulate, lambda: simulate._play("", "default", DESK, live=False, as_json=False)),
        (demo, lambda: demo._Stage("", "default", DESK)),
    ],
    ids=["one command", "simulate", "demo"],
)
def test_a_command_gives_the_database_a_minute(
    monkeypatch: pytest.MonkeyPatch, module: object, command: Callable[[], object]
) -> None:
    monkeypatch.setattr(module, "LogConnection", _refuse)
    with pytest.raises(_ConnectingError, match=r"^60\.0$"):
        command()
    assert USUAL_SETTINGS.patience < 60.0
