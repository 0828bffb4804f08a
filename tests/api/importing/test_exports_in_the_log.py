"""Exports of one row for each ticket on a real log: the next one, people in between, and what the reports say."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.importing import importer
from api.importing.importer import import_file
from api.importing.outcome import ImportResult
from domain.envelope import RecordedEvent
from domain.event_log.reader import page
from domain.ticket import events as e
from domain.ticket.state import Ticket
from domain.ticket.timeline import life_of
from tests.support.examples import examples
from tests.support.importing.exports import HEADER, at, mapping
from tests.support.importing.histories import log, rejected, rejects_of, write
from tests.support.log import append_events, empty

TIMES = {"created", "first_reply", "waiting", "resolved", "closed", "due", "updated"}


def row(ticket: str, **cells: str) -> list[str]:
    written = {"id": ticket} | {name: at(cell) if name in TIMES else cell for name, cell in cells.items()}
    return [written.get(column, "") for column in HEADER]


def export(dsn: str, path: Path, rows: Sequence[Sequence[str]]) -> ImportResult:
    write(path, rows, HEADER)
    with psycopg.connect(dsn, autocommit=True) as connection:
        return import_file(connection, "default", path, mapping(), rejects_of(path))


def tickets(dsn: str) -> dict[str, Ticket]:
    """Each ticket as it is after its events, by its number."""
    streams: dict[UUID, list[RecordedEvent]] = {}
    with psycopg.connect(dsn) as connection:
        for event in page(connection, "default", 0, 10_000):
            if event.topic.startswith("ticket."):
                streams.setdefault(event.stream, []).append(event)
    return {history[0].payload.external_reference: life_of(history)[-1].after for history in streams.values()}


def test_the_next_day_adds_what_happened_since_and_nothing_else(database_url: str, tmp_path: Path) -> None:
    first = [
        row("S-1", status="Closed", created="02 08:00", first_reply="02 08:10", resolved="02 10:00", closed="02 10:00"),
        row("S-2", status="Active", created="02 09:00", first_reply="02 09:05"),
    ]
    outcome = export(database_url, tmp_path / "monday.csv", first)
    assert (outcome.recorded, outcome.rejected) == (2, 0)
    assert {name: ticket.is_open for name, ticket in tickets(database_url).items()} == {"S-1": False, "S-2": True}
    before = log(database_url)
    second = [
        first[0],
        row("S-2", status="Resolved", created="02 09:00", first_reply="02 09:05", resolved="03 09:00"),
        row("S-3", status="New", created="03 08:00"),
    ]
    outcome = export(database_url, tmp_path / "tuesday.csv", second)
    assert (outcome.known, outcome.recorded, outcome.rejected) == (1, 2, 0)
    added = sorted(event[2] for event in log(database_url) if event not in before)
    assert added == ["customer.registered", "ticket.received", "ticket.resolved"]
    assert tickets(database_url)["S-2"].since == datetime(2026, 3, 3, 9, tzinfo=UTC)
    again = export(database_url, tmp_path / "tuesday.csv", second)
    assert (again.known, again.events) == (3, 0)


def test_a_ticket_that_moved_backwards_is_counted_and_listed(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    export(database_url, path, [row("S-1", status="Resolved", created="02 08:00", resolved="02 10:00")])
    outcome = export(database_url, path, [row("S-1", status="Active", created="02 08:00", updated="03 09:00")])
    assert (outcome.moved_back, outcome.moved_back_lines) == (1, [2])
    assert tickets(database_url)["S-1"].state == "in_progress"


def test_an_older_export_is_rejected_with_its_reason(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    export(database_url, path, [row("S-1", status="Active", created="02 08:00", updated="03 09:00")])
    outcome = export(database_url, path, [row("S-1", status="New", created="02 08:00", updated="02 08:00")])
    assert (outcome.rejected, outcome.events) == (1, 0)
    assert rejected(path)[0][1].startswith("is older than what is recorded")


def test_what_somebody_decided_here_is_kept_and_said(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    export(database_url, path, [row("S-1", status="New", created="02 08:00")])
    with psycopg.connect(database_url, autocommit=True) as connection:
        stream = next(stream for stream, _, topic, _ in log(database_url) if topic == "ticket.received")
        append_events(
            connection, stream, e.TicketResolved(resolution="done", code="ok"), at=datetime(2026, 3, 2, 12, tzinfo=UTC)
        )
    outcome = export(database_url, path, [row("S-1", status="Active", created="02 08:00", updated="03 09:00")])
    assert (outcome.recorded, outcome.not_overwritten, outcome.moved_back) == (1, 1, 0)
    assert tickets(database_url)["S-1"].state == "resolved"


def test_a_time_ahead_of_the_clock_dates_no_other_ticket(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    rows = [row("S-1", status="New", created="02 08:00", priority="P3")]
    export(database_url, path, rows)
    rows = [row("S-1", status="New", created="02 08:00", priority="P1"), row("S-2", status="New", created="02 08:00")]
    rows[1][HEADER.index("updated")] = "2099-01-01T00:00:00Z"
    export(database_url, path, rows)
    with psycopg.connect(database_url) as connection:
        happened = [
            event.occurred_at for event in page(connection, "default", 0, 99) if event.topic.endswith("prioritised")
        ]
    assert len(happened) == 1
    assert happened[0] < datetime(2099, 1, 1, tzinfo=UTC)


_DAY = st.fixed_dictionaries(
    {"status": st.sampled_from(["New", "Active", "Waiting", "Resolved", "Closed"])},
    optional={
        "agent": st.sampled_from(["an", "binh"]),
        "resolved": st.just("03 08:00"),
        "note": st.text("ab", max_size=2),
    },
)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.dictionaries(st.sampled_from(["S-1", "S-2", "S-3"]), _DAY), max_size=4), at_once=st.integers(1, 4)
)
def test_however_many_tickets_are_recorded_at_once_the_log_is_the_same(
    database_url: str, tmp_path: Path, days: list[dict[str, dict[str, str]]], at_once: int
) -> None:
    files = [
        [row(ticket, created="02 08:00", updated=f"{day} 09:00", **cells) for ticket, cells in of_day.items()]
        for day, of_day in enumerate(days, 10)
    ]
    with psycopg.connect(database_url, autocommit=True) as connection:
        empty(connection)
        for rows in files:
            outcome = export(database_url, tmp_path / "export.csv", rows)
            assert outcome.recorded == len(rows)
        expected = log(database_url)
        empty(connection)
        with patch.object(importer, "ROWS_AT_ONCE", at_once):
            for rows in files:
                export(database_url, tmp_path / "export.csv", rows)
                again = export(database_url, tmp_path / "export.csv", rows)
                assert (again.known, again.events) == (len(rows), 0)
        assert log(database_url) == expected
