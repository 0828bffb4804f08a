"""The rows of the SLA clocks, as written to a real database, and the questions asked of them."""

from datetime import timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from projections.engine.fold_inputs import FoldInputLoader
from projections.engine.stream import Stream
from projections.engine.table import column_names
from projections.engine.table_writer import write_folded
from projections.sla.queries import ClockRow
from projections.sla.table import SLA_CLOCKS, StoredClock
from tests.support.events import TICKET, at, history, instant, received, replied, resolved


def written(connection: psycopg.Connection[Any], *streams: list[RecordedEvent]) -> None:
    connection.execute("create schema desk")
    connection.execute(SLA_CLOCKS.ddl("desk"))
    inputs = FoldInputLoader(connection, "default", 0)
    write_folded(connection, "desk", [SLA_CLOCKS], [Stream(stream) for stream in streams], inputs)


def test_a_row_tells_what_was_promised_and_how_it_went(database_url: str) -> None:
    ticket = history(
        at(0, received(priority="P1")),
        at(5, e.TicketAssigned(team="billing", agent="an")),
        at(20, replied()),
        at(30, e.TicketPutOnHold(waiting_for="customer")),
        at(90, e.WorkResumed()),
        at(100, resolved()),
    )
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        written(connection, ticket)
        first, resolution = connection.execute("select * from desk.sla_clocks order by target").fetchall()
    assert first["ticket"] == TICKET
    assert (first["verdict"], first["breached_at"], first["finished_at"]) == ("breached", instant(15), instant(20))
    assert (resolution["verdict"], resolution["target_seconds"]) == ("met", 3600)
    assert resolution["elapsed_us"] == timedelta(minutes=40) // timedelta(microseconds=1)
    assert resolution["paused_us"] == timedelta(minutes=60) // timedelta(microseconds=1)
    assert resolution["due_at"] == instant(120)
    assert (resolution["team"], resolution["agent"], resolution["priority"]) == ("billing", "an", "P1")


def test_a_row_holds_nothing_that_nobody_asks_for() -> None:
    """Rows of clocks are written most often: a column that only looks useful costs every event."""
    shown = set(column_names(ClockRow))
    assert set(column_names(StoredClock)) - shown == {"late_after", "gaps_began", "gaps_ended", "watch_at", "folded"}
