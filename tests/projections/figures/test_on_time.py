"""On time and cycles late, against the clocks that the pure function gives."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.sla.calendar.microseconds import EPOCH, to_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.events import SlaCorrected, SlaResult
from domain.sla.policy.events import PolicyPublished
from domain.sla.policy.policy import Policy
from domain.sla.policy.published import policy_history_of
from domain.ticket import events as e
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.engine.projection import FoldInputs
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS
from tests.support.compared_reports import EVERYTHING
from tests.support.events import (
    MINUTE,
    OTHER_TICKET,
    START,
    THIRD_TICKET,
    Fact,
    asked,
    at,
    history,
    instant,
    received,
    replied,
    resolved,
)
from tests.support.examples import examples
from tests.support.figure_answers import behind, question, rows_of_figure, the_row
from tests.support.filled import add, filled
from tests.support.histories import logs, streams_of
from tests.support.log import append_events
from tests.support.plain_team_time import OFFICE
from tests.support.workforces import calendar_events

READ = (TICKETS, SLA_CLOCKS, CUSTOMERS, CUSTOMER_GROUPS)
POLICY = Policy.model_validate(
    {
        "name": "Both calendars",
        "rules": [
            {"priority": "P1", "resolution": {"duration": "1h", "calendar": "Office"}},
            {"next_response": "20m", "resolution": {"duration": "2h", "pauses": ["customer"]}},
        ],
    }
)
CALENDARS = calendar_events(OFFICE)
RULES = [
    *CALENDARS,
    *history(Fact(EPOCH, PolicyPublished(version=1, effective_from=EPOCH, policy=POLICY)), ticket=UUID(int=73)),
]
INPUTS = FoldInputs([event._replace(position=0) for event in RULES], {})


def test_on_time_counts_what_was_resolved_and_leaves_out_what_was_cancelled_late_or_not(database_url: str) -> None:
    """By the default policy a ticket of P1 is resolved in an hour."""
    tickets = [
        history(at(0, received(priority="P1")), at(60, resolved())),
        history(at(0, received(priority="P1")), at(61, resolved()), ticket=OTHER_TICKET),
        history(at(0, received(priority="P1")), at(90, e.TicketMerged(into=OTHER_TICKET)), ticket=THIRD_TICKET),
    ]
    with filled(database_url, READ, *tickets) as connection:
        over = question(connection, START, instant(60 * 24))
        row, of_sla = the_row("on-time", over), the_row("sla-resolution", over)
        assert [fact.subject for fact in behind("on-time", "within", over)] == [UUID(int=1)]
        none = the_row("on-time", question(connection, instant(60 * 24), instant(60 * 48)))
    assert (row.numerator, row.denominator, row.left_out) == (1, 2, {"cancelled": 1})
    assert (of_sla.numerator, of_sla.denominator) == (1, 3)
    assert (none.value, none.denominator) == (None, 0)


def test_on_time_counts_a_corrected_verdict(database_url: str) -> None:
    missed = SlaResult(
        verdict="breached", due_at=instant(60), policy="Default", policy_version=0, calendar="24x7", calendar_version=1
    )
    corrected = SlaCorrected(
        target="resolution",
        instance=1,
        activated_by=1,
        ended_at=instant(61),
        was=missed,
        now=missed.model_copy(update={"verdict": "met"}),
    )
    late = (at(0, received(priority="P1")), at(61, resolved()))
    with filled(database_url, READ, history(*late), history(*late, at(70, corrected), ticket=OTHER_TICKET)) as tables:
        row = the_row("on-time", question(tables, START, instant(60 * 24)))
    assert (row.numerator, row.denominator) == (1, 2)


def test_cycles_late_is_the_mean_of_how_many_targets_late_clocks_are_over(database_url: str) -> None:
    tickets = [
        history(at(0, received(priority="P1")), at(1, replied())),  # resolution in 1 h: 2 h over
        history(at(60, received(priority="P1")), at(61, replied()), ticket=OTHER_TICKET),  # 1 h over
        history(at(150, received(priority="P1")), at(151, replied()), ticket=THIRD_TICKET),  # in time
    ]
    with filled(database_url, READ, *tickets) as connection:
        asked_at = question(connection, START, instant(180) + MINUTE, now=instant(180))
        row = the_row("cycles-late", asked_at)
        assert (row.value, row.parts["late"], row.parts["most"]) == (1.5, 2, 2)
        assert len(behind("cycles-late", "late", asked_at)) == 2
        early = the_row("cycles-late", question(connection, START, instant(30) + MINUTE, now=instant(30)))
        assert (early.value, early.parts["late"]) == (None, 0)


def plain_cycles(tickets: Sequence[Sequence[RecordedEvent]], now: datetime) -> dict[str, list[float]]:
    """(elapsed - target) / target of each late clock that has not ended, by target; at least 0."""
    cycles: dict[str, list[float]] = {}
    history_of_rules = policy_history_of(INPUTS.rules)
    for ticket in tickets:
        for clock in clocks(ticket, history_of_rules, now):
            if clock.finished_at is None and clock.breached_at is not None:
                since, until = clock.running_since, to_microseconds(now)
                elapsed = clock.elapsed
                if since is not None and since < until:
                    elapsed += clock.promise.calendar.time.elapsed_us(since, until)
                target = clock.promise.duration
                cycles.setdefault(clock.target, []).append(max((elapsed - target) / target, 0))
    return cycles


def test_both_are_what_the_clocks_say_on_calendars_with_shifts_and_around_the_clock(database_url: str) -> None:
    with filled(database_url, READ) as connection:
        for event in CALENDARS:
            append_events(connection, UUID(int=81), event.payload)

        @settings(max_examples=examples(120))
        @given(logs(max_size=8).map(streams_of), st.integers(0, 60 * 24 * 9))
        def the_same(tickets: list[list[RecordedEvent]], later: int) -> None:
            now = max(event.occurred_at for ticket in tickets for event in ticket) + later * MINUTE
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets, inputs=INPUTS)
                given: Any = question(connection, START, now + MINUTE, now=now, by=("target",))
                rows = {row.of["target"]: row for row in rows_of_figure("cycles-late", given)}
                expected = plain_cycles(tickets, now)
                assert {target: row.parts["late"] for target, row in rows.items()} == {
                    target: len(cycles) for target, cycles in expected.items()
                }
                for target, cycles in expected.items():
                    assert rows[target].value == pytest.approx(sum(cycles) / len(cycles))
                over = the_row("on-time", question(connection, EVERYTHING.start, EVERYTHING.end))
                finished = [
                    clock
                    for ticket in tickets
                    for clock in clocks(ticket, policy_history_of(INPUTS.rules))
                    if clock.target == "resolution" and clock.state == "fulfilled"
                ]
                assert over.denominator == len(finished)
                assert over.numerator == sum(clock.verdict == "met" for clock in finished)

        the_same()


def test_a_message_that_nobody_answers_is_late_by_its_own_target(database_url: str) -> None:
    late = history(at(0, received()), at(1, replied()), at(10, asked()))
    with filled(database_url, READ) as connection:
        add(connection, READ, late, inputs=INPUTS)
        given = question(connection, START, instant(50) + MINUTE, now=instant(50), target="next_response")
        assert the_row("cycles-late", given).value == 1
