"""The rows of the backlog at every instant, its flow, and the law that binds them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given

from domain.ticket import events as e
from domain.ticket.state import Ticket, evolve
from projections.backlog.table import BACKLOG
from tests.support.backlog_rows import ENTRIES, Log, crossed, instants, seen_at, segments
from tests.support.events import OTHER_TICKET, at, history, instant, received, resolved
from tests.support.folded import fold
from tests.support.histories import histories


def state_at(ticket: Log, when: datetime) -> Ticket:
    """A second, slower way: everything that had happened by then, one event after the other; nothing before receipt."""
    happened = [event for event in ticket if event.occurred_at <= when]
    if not any(isinstance(event.payload, e.TicketReceived) for event in happened):
        return Ticket()
    state = Ticket()
    for event in sorted(happened, key=lambda event: (event.version > 1, event.occurred_at, event.version)):
        state = evolve(state, event.payload, event.occurred_at)
    return state


@given(histories(), instants)
def test_a_ticket_is_in_the_backlog_once_while_it_is_open_and_else_not_at_all(ticket: Log, when: datetime) -> None:
    expected = state_at(ticket, when)
    seen = seen_at(ticket, when)
    assert len(seen) == expected.is_open
    for segment in seen:
        assert (segment["state"], segment["team"], segment["agent"], segment["priority"], segment["category"]) == (
            expected.state,
            expected.team,
            expected.agent,
            expected.priority,
            expected.category,
        )


@given(histories(), instants, instants)
def test_between_any_two_instants_the_backlog_changes_by_what_entered_less_what_left(
    ticket: Log, start: datetime, end: datetime
) -> None:
    first, last = sorted([start, end])
    between = [crossing["kind"] in ENTRIES for crossing in crossed(ticket) if first < crossing["at"] <= last]
    entered, left = between.count(True), between.count(False)
    assert len(seen_at(ticket, last)) == len(seen_at(ticket, first)) + entered - left


def test_counting_events_instead_of_crossings_breaks_the_law() -> None:
    ticket = history(at(0, received()), at(1, resolved()), at(2, e.TicketClosed(closed_by="rule")))
    left = sum(isinstance(event.payload, e.TicketResolved | e.TicketClosed) for event in ticket)
    assert len(seen_at(ticket, instant(3))) != 1 - left
    assert [crossing["kind"] for crossing in crossed(ticket)] == ["received", "resolved"]


@given(histories())
def test_late_facts_end_in_the_same_rows_as_if_they_had_come_in_order(ticket: Log) -> None:
    order = sorted(ticket, key=lambda event: (event.version > 1, event.occurred_at, event.version))
    in_order = [event._replace(version=version) for version, event in enumerate(order, start=1)]
    version_of = {event.version: version for version, event in enumerate(order, start=1)}
    renumbered = [replace(row, version=version_of[row.version]) for row in fold(BACKLOG, ticket)]
    assert renumbered == fold(BACKLOG, in_order)


@given(histories(), instants)
def test_what_happens_later_changes_nothing_in_the_backlog_of_an_earlier_instant(ticket: Log, when: datetime) -> None:
    happened = [event for event in ticket if event.occurred_at <= when]
    if not happened:
        return
    without = ["version", "ended_at"]
    then, now = seen_at(happened, when), seen_at(ticket, when)
    assert [{**segment, **dict.fromkeys(without)} for segment in then] == [
        {**segment, **dict.fromkeys(without)} for segment in now
    ]


@given(histories())
def test_every_prefix_of_a_history_folds_and_folds_again_to_the_same_rows(ticket: Log) -> None:
    for size in range(1, len(ticket) + 1):
        assert fold(BACKLOG, ticket[:size]) == fold(BACKLOG, ticket[:size], size - 1)
        assert all(
            segment["ended_at"] is None or segment["began_at"] < segment["ended_at"]
            for segment in segments(ticket[:size])
        )


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ([at(1, resolved()), at(2, e.TicketClosed(closed_by="agent"))], ["received", "resolved"]),
        ([at(1, e.TicketClosed(closed_by="agent")), at(2, e.WorkStarted())], ["received", "closed", "reopened"]),
        ([at(1, e.TicketCancelled(cancelled_by="customer"))], ["received", "cancelled"]),
        ([at(1, e.TicketMerged(into=OTHER_TICKET))], ["received", "merged"]),
        (
            [at(1, e.TicketMerged(into=OTHER_TICKET)), at(2, e.MergeUndone(into=OTHER_TICKET))],
            ["received", "merged", "merge_undone"],
        ),
        ([at(1, resolved()), at(2, e.TicketMerged(into=OTHER_TICKET))], ["received", "resolved"]),
        ([at(0, resolved()), at(0, e.TicketReopened())], ["received", "resolved", "reopened"]),
        ([at(-5, e.WorkStarted())], ["received"]),
    ],
)
def test_a_ticket_crosses_only_between_open_and_not_open(facts: list[Any], kinds: list[str]) -> None:
    assert [crossing["kind"] for crossing in crossed(history(at(0, received()), *facts))] == kinds


def test_a_crossing_shows_the_ticket_as_it_came_in_or_as_it_left() -> None:
    assigned = e.TicketAssigned(team="billing", agent="an")
    ticket = history(at(0, received()), at(1, assigned), at(2, e.WorkStarted()), at(3, resolved()))
    assert [(crossing["kind"], crossing["state"], crossing["team"]) for crossing in crossed(ticket)] == [
        ("received", "received", None),
        ("resolved", "in_progress", "billing"),
    ]


def test_of_events_in_the_same_minute_only_the_outcome_is_seen_but_every_crossing_counts() -> None:
    ticket = history(at(0, received()), at(5, resolved()), at(5, e.TicketReopened()), at(5, e.WorkStarted()))
    assert [(segment["state"], segment["began_at"]) for segment in segments(ticket)] == [
        ("received", instant(0)),
        ("in_progress", instant(5)),
    ]
    assert len(crossed(ticket)) == 3


def test_a_history_without_its_receipt_has_no_rows() -> None:
    assert fold(BACKLOG, history(at(0, e.WorkStarted()))) == []
