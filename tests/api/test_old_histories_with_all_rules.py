"""Old histories come in while everything shipped is in effect: nothing of it leads to anything."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.definitions.shipped import kinds_shipped
from domain.envelope import RecordedEvent
from tests.support.automating import automated, react
from tests.support.command_line import Run
from tests.support.importing.histories import row, write
from tests.support.mapping_texts import MAPPING
from tests.support.reminding import reminded

SAMPLES = Path(__file__).parent / "importing" / "samples" / "records"
OF_T = {"category": "khiếu nại", "priority": "P1", "channel": "email", "customer": "An", "agent": "linh", "team": "A"}
HISTORY = [
    row(status, minute, ticket, **OF_T)
    for ticket, states in {
        "T1": ["New", "Active", "Resolved"],
        "T2": ["New", "Active", "Waiting"],
        "T3": ["New"],
        "T4": ["New", "Active", "Resolved", "Active", "Resolved", "Closed"],
    }.items()
    for minute, status in enumerate(states)
]
BY_THEMSELVES = ("automation.", "notification.", "task.", "procedure.", "procedure_claim.")


def begun(url: str) -> None:
    """Lets a reactor begin at the head."""

    async def begin() -> None:
        async with automated(url) as desk, desk.reactor():
            pass

    asyncio.run(begin())


def afterwards(url: str, later: timedelta) -> list[RecordedEvent]:
    """The log, after a reactor and a due watch have looked at everything so much later."""

    async def look() -> list[RecordedEvent]:
        async with automated(url) as desk, desk.reactor() as reactor:
            await react(reactor)
        async with reminded(url) as due:
            due.clock.now = datetime.now(UTC) + later
            await due.look(2)
            return due.log()

    return asyncio.run(look())


def by_themselves(log: list[RecordedEvent]) -> Counter[str]:
    return Counter(event.topic for event in log if event.topic.startswith(BY_THEMSELVES))


@pytest.fixture
def url(run: Run, database_url: str) -> str:
    for kind in kinds_shipped():
        assert run("definition", "adopt", kind, "all").code == 0
    begun(database_url)
    return database_url


def test_nothing_is_told_asked_or_opened_because_of_old_tickets(url: str, run: Run, tmp_path: Path) -> None:
    """The control: a ticket of today leads to a notification."""
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    write(tmp_path / "history.csv", HISTORY)
    imported = run("import", str(tmp_path / "history.csv"), "--mapping", str(tmp_path / "map.toml"))
    assert imported.code == 0, imported.err + imported.out
    for later in (timedelta(minutes=1), timedelta(days=60)):
        log = afterwards(url, later)
        assert {"ticket.received": 4, "ticket.resolved": 3}.items() <= Counter(event.topic for event in log).items()
        assert by_themselves(log) == {}, later

    async def receive() -> None:
        async with automated(url) as desk:
            await desk.receive()

    asyncio.run(receive())
    assert by_themselves(afterwards(url, timedelta(0)))["notification.requested"] > 0


def test_nothing_is_told_asked_or_opened_when_old_customers_come_in(url: str, run: Run) -> None:
    for name in ("customers", "purchases", "contracts", "usage"):
        imported = run("import", str(SAMPLES / f"{name}.csv"), "--mapping", name, "--language", "en")
        assert "recorded" in imported.out, imported.err
    log = afterwards(url, timedelta(minutes=1))
    assert {"customer.registered", "customer.purchase_recorded", "contract.signed", "usage.recorded"} <= {
        event.topic for event in log
    }
    assert by_themselves(log) == {}
