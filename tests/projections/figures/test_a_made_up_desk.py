"""Three hundred tickets drawn at random: the figures are what plain Python makes of the exported events."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from api.simulation.desk import MadeUpDesk
from domain.command_context import CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.customer.events import CustomerMerged, CustomerMergeUndone
from domain.envelope import RecordedEvent
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.ticket import events as e
from projections.figures.registry import FIGURES
from projections.scope.report_scope import ReportScope
from tests.support.catching_up import catch_up
from tests.support.compared_reports import LATER, expected, reported, same
from tests.support.examples import THOROUGH
from tests.support.exported_events import exported_histories
from tests.support.exported_files import exported_to
from tests.support.figure_answers import question, rows_of_figure, the_row
from tests.support.plain_figures import PlainFigures
from tests.support.told import TENANT

FIRST, A_DAY, TICKETS = date(2026, 3, 2), 30, 300
AT_ONCE = 500
"""Commands that wait for their answers together; the desk takes them in order."""
SCOPE = ReportScope(datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC))
"""The middle of the drawn days, so that tickets lie before, within and behind it."""
SHARES = {
    "csat": ("satisfaction", "satisfied"),
    "reopen-rate": ("reopenings", "reopened"),
    "repeat-contact": ("repeat_contacts", "repeated"),
    "fcr": ("first_contact", "headline"),
    "fcr-gross": ("first_contact", "gross"),
    "fcr-one-touch": ("first_contact", "one_touch"),
    "fcr-no-recontact": ("first_contact", "no_recontact"),
    "fcr-one-owner": ("first_contact", "one_owner"),
    "fcr-customer-confirmed": ("first_contact", "customer_confirmed"),
}
"""The place of each share among the plain figures."""


@pytest.mark.parametrize("seed", range(1, 6 if THOROUGH else 2))
def test_every_figure_of_three_hundred_tickets_is_what_plain_python_makes_of_the_exported_events(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    record(database_url, seed)
    histories = exported_histories(exported_to(database_url, tmp_path / "events.jsonl", "events", "jsonl"))
    tickets = [history for history in histories if isinstance(history[0].payload, e.TicketReceived)]
    assert TICKETS * 0.8 < len(tickets) < TICKETS * 1.2
    plain = PlainFigures(tickets, SCOPE.start, SCOPE.end)
    survivors = survivors_in(histories)
    for ticket in plain.tickets:
        ticket.customer = survivors.get(ticket.customer, ticket.customer)
    with psycopg.connect(database_url, autocommit=True) as connection:
        same(reported(connection, SCOPE), expected(plain))
        query = question(connection, SCOPE.start, SCOPE.end, now=LATER)
        for name, (report, share) in SHARES.items():
            row = the_row(name, query)
            plainly = expected(plain)[report]
            assert (row.numerator, row.denominator) == plainly[share], name
            if FIGURES[name].left_out:
                assert {reason: row.left_out[reason] for reason in plainly["left_out"]} == plainly["left_out"], name
        days = question(connection, SCOPE.start, SCOPE.end, now=LATER, every="day")
        for row, span in zip(rows_of_figure("open-tickets", days), days.spans, strict=True):
            assert row.value == plain.backlog(span.judged_at), span
        received = Counter(ticket.channel for ticket in plain.tickets if SCOPE.start <= ticket.received_at < SCOPE.end)
        by_channel = question(connection, SCOPE.start, SCOPE.end, now=LATER, by=("channel",))
        received_by = {row.of["channel"]: row.parts["received"] for row in rows_of_figure("flow", by_channel)}
        assert {channel: count for channel, count in received_by.items() if count} == received


def record(dsn: str, seed: int) -> None:
    """A made-up desk of some days, as it happened, with its projections."""
    until = SCOPE.end + timedelta(days=7)
    days = TICKETS // A_DAY
    steps = takewhile(lambda step: step.at <= until, MadeUpDesk(seed, FIRST, A_DAY).steps())
    last = datetime.combine(FIRST + timedelta(days=days), time(), UTC)

    async def hand_in() -> None:
        desk = ServiceDesk(LogConnection(dsn, TENANT), lambda: LATER)
        known: set[UUID] = set()
        given = []
        for step in steps:
            if step.at >= last and step.stream not in known:
                continue
            known.add(step.stream)
            command = step.command.model_copy(update={"occurred_at": step.at})
            given.append(desk.handle(step.stream, command, CommandContext(step.actor, str(new_id()))))
        while given:
            await asyncio.gather(*given[:AT_ONCE])
            del given[:AT_ONCE]
        await desk.close()

    asyncio.run(hand_in())
    catch_up(dsn, TENANT)


def survivors_in(histories: Sequence[Sequence[RecordedEvent]]) -> dict[UUID, UUID]:
    """The last survivor of each customer that is merged."""
    merged: dict[UUID, UUID] = {}
    for event in sorted((event for history in histories for event in history), key=lambda event: event.position):
        if isinstance(event.payload, CustomerMerged):
            merged[event.stream] = event.payload.into
        elif isinstance(event.payload, CustomerMergeUndone):
            merged.pop(event.stream, None)
    last = {}
    for customer in merged:
        survivor = customer
        while survivor in merged:
            survivor = merged[survivor]
        last[customer] = survivor
    return last
