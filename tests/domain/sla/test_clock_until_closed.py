"""The SLA clock of a policy that counts until a ticket is closed, in examples."""

import pytest

from domain.ticket import events as e
from tests.support.clock_answers import (
    CLOSED,
    DAY,
    HOUR,
    REOPENED,
    every,
    kinds,
    minute,
    minutes,
    only,
    under,
)
from tests.support.events import (
    IMPORT,
    OTHER_TICKET,
    Fact,
    at,
    history,
    received,
    resolved,
)


def test_a_policy_may_say_until_closed() -> None:
    rules = under([{"resolution": {"duration": "1h", "until": "closed"}}])
    ticket = history(at(0, received()), at(20, resolved()), at(70, CLOSED))
    assert only("resolution", ticket, 30, rules).state == "running"
    assert only("resolution", ticket, DAY, rules).verdict == "breached"


UNTIL_CLOSED = [{"resolution": {"duration": "4h", "until": "closed", "warn_at": [0.75]}}]


@pytest.mark.parametrize("closed", [[], [at(150, CLOSED)]], ids=["resolved", "resolved and closed"])
def test_the_time_spent_resolved_does_not_count_until_closed_either_once_it_is_reopened(closed: list[Fact]) -> None:
    ticket = history(at(0, received()), at(60, resolved()), *closed, at(180, REOPENED))
    meanwhile, after = (only("resolution", ticket, when, under(UNTIL_CLOSED)) for when in (140, 210))
    assert (minutes(meanwhile.elapsed), minute(meanwhile.due_at)) == (140, 4 * HOUR)
    assert (minutes(after.elapsed), minute(after.due_at), after.verdict) == (90, 6 * HOUR, None)
    assert kinds(after)[-1] == "resumed"
    again = history(at(0, received()), at(60, resolved()), at(180, REOPENED), at(200, resolved()), at(260, REOPENED))
    assert minutes(only("resolution", again, 270, under(UNTIL_CLOSED)).elapsed) == 60 + 20 + 10


def test_what_came_true_while_a_ticket_waited_for_its_closing_stays_true_when_it_is_reopened() -> None:
    ticket = history(at(0, received()), at(60, resolved()), at(300, REOPENED))
    resolution = only("resolution", ticket, 310, under(UNTIL_CLOSED))
    assert (minutes(resolution.elapsed), minute(resolution.due_at)) == (70, 480)
    assert (resolution.verdict, minute(resolution.breached_at)) == ("breached", 4 * HOUR)
    assert kinds(resolution) == ["activated", "warned", "breached", "resumed"]


def test_under_new_cycle_a_clock_until_closed_runs_through_a_reopening() -> None:
    ticket = history(at(0, received()), at(60, resolved()), at(180, REOPENED))
    (resolution,) = every("resolution", ticket, 210, under(UNTIL_CLOSED, reopen="new_cycle"))
    assert minutes(resolution.elapsed) == 210


def test_the_time_since_the_first_resolution_does_not_count_when_a_merge_came_between() -> None:
    resolved_merged_undone = (
        at(0, received()),
        at(60, resolved()),
        at(100, e.TicketMerged(into=OTHER_TICKET), IMPORT),
        at(150, e.MergeUndone(into=OTHER_TICKET), IMPORT),
    )
    resolution = only("resolution", history(*resolved_merged_undone, at(200, REOPENED)), 210, under(UNTIL_CLOSED))
    assert (resolution.state, minutes(resolution.elapsed), minute(resolution.due_at)) == ("running", 70, 380)
