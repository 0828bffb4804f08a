"""The journey of a ticket: its states and teams in order, and its loops."""

from datetime import datetime

import pytest
from hypothesis import given

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from domain.ticket.journey import Journey, journey_of
from domain.ticket.state import Ticket, evolve
from domain.ticket.timeline import life_of
from tests.support.events import OTHER_TICKET, Fact, at, history, received, resolved
from tests.support.histories import histories
from tests.support.plain_team_time import states


def assigned(team: str | None, agent: str | None = None) -> e.TicketAssigned:
    return e.TicketAssigned(team=team, agent=agent)


def journey(*facts: Fact) -> Journey:
    return journey_of(life_of(history(at(0, received()), *facts)))


def test_seconds_are_not_cut() -> None:
    assert journey(at(5.999999 / 60, assigned("A", "an")), at(7.25 / 60, e.WorkStarted())).seconds == [
        5.999999,
        1.250001,
    ]


def test_the_path_of_a_ticket_that_is_worked_on_and_resolved() -> None:
    path = journey(
        at(5, assigned("A", "an")),
        at(10, e.WorkStarted()),
        at(20, e.TicketPutOnHold(waiting_for="customer")),
        at(50, e.WorkResumed()),
        at(60, resolved()),
        at(90, e.TicketClosed(closed_by="customer")),
    )
    assert path.states == [
        "received", "assigned", "in_progress", "waiting_customer", "in_progress", "resolved", "closed"
    ]  # fmt: skip
    assert path.seconds == [300, 300, 600, 1800, 600, 1800]
    assert path.teams == ["-", "A"]
    assert (path.loops, path.team_loops, path.left_from, path.closed_open) == (False, False, "in_progress", False)


def test_a_second_wait_and_a_reopening_are_loops_and_going_on_after_a_wait_is_none() -> None:
    wait = e.TicketPutOnHold(waiting_for="customer")
    assert not journey(at(1, e.WorkStarted()), at(2, wait), at(3, e.WorkResumed())).loops
    assert journey(at(1, e.WorkStarted()), at(2, wait), at(3, e.WorkResumed()), at(4, wait)).loops
    assert journey(at(1, assigned("A")), at(2, resolved()), at(3, e.TicketReopened())).loops


def test_a_ticket_that_goes_back_to_a_team_has_a_loop_of_teams() -> None:
    path = journey(at(1, assigned("A")), at(2, assigned("B")), at(3, assigned("A")))
    assert (path.teams, path.team_loops, path.loops) == (["-", "A", "B", "A"], True, False)
    assert journey(at(0, assigned("A")), at(2, resolved()), at(9, e.TicketReopened())).teams == ["A"]


def test_the_point_of_loss_is_the_state_that_the_ticket_left_last() -> None:
    cancel = e.TicketCancelled(cancelled_by="agent", cancelled_as="duplicate")
    assert journey(at(1, assigned("A")), at(2, cancel)).left_from == "assigned"
    merged = journey(at(1, e.TicketMerged(into=OTHER_TICKET)))
    assert (merged.left_from, merged.closed_open) == ("received", False)
    closed = journey(at(1, e.TicketClosed(closed_by="rule")))
    assert (closed.left_from, closed.closed_open) == ("received", True)
    assert not journey(at(1, resolved()), at(2, e.TicketClosed(closed_by="rule"))).closed_open
    undone = journey(at(1, e.TicketMerged(into=OTHER_TICKET)), at(2, e.MergeUndone(into=OTHER_TICKET)))
    assert (undone.left_from, undone.states) == (None, ["received"])
    twice = journey(
        at(1, resolved()), at(2, e.TicketMerged(into=OTHER_TICKET)), at(3, e.MergeUndone(into=OTHER_TICKET))
    )
    assert twice.states == ["received", "resolved"]


def plain_state(ticket: Ticket) -> str:
    return f"waiting_{ticket.waiting_for}" if ticket.state == "waiting" else ticket.state


@given(histories())
def test_states_and_teams_are_what_plain_python_finds(drawn: list[RecordedEvent]) -> None:
    journeyed = journey_of(life_of(drawn))
    ordered = sorted(drawn, key=lambda event: (event.version > 1, event.occurred_at, event.version))
    received_at = drawn[0].occurred_at
    path: list[str] = []
    entered: list[datetime] = []
    before_merge: tuple[list[str], list[datetime]] | None = None
    ticket = Ticket()
    for event in ordered:
        before, ticket = ticket, evolve(ticket, event.payload, event.occurred_at)
        if ticket.state == "merged" != before.state:
            before_merge = [*path], [*entered]
        elif type(event.payload) is e.MergeUndone and before.state == "merged" and before_merge:
            path, entered = before_merge
            before_merge = None
        if not path or path[-1] != plain_state(ticket):
            path.append(plain_state(ticket))
            entered.append(max(event.occurred_at, received_at))
    assert journeyed.states == path
    assert sum(journeyed.seconds) == pytest.approx((entered[-1] - entered[0]).total_seconds())
    teams: list[str] = []
    for _, state, _ in states(drawn):
        team = state.team or "-"
        if state.is_open and (not teams or teams[-1] != team):
            teams.append(team)
    assert journeyed.teams == teams
    assert (journeyed.left_from is None) == ticket.is_open
