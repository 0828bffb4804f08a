"""At a deadline, at an event and a microsecond beside them, the clock says exactly what is so then."""

import pytest
from hypothesis import given, settings

from domain.envelope import RecordedEvent
from domain.sla.calendar.microseconds import from_microseconds, to_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.policy.policy import Policy
from domain.ticket import events as e
from tests.support.clock_answers import DAY, HOUR, ON_HOLD, RESUMED, kinds, under
from tests.support.drawn_clocks import MICROSECOND, policies, policy_history, short_histories
from tests.support.events import Fact, at, history, instant, received, resolved
from tests.support.examples import examples

HOURLY = under([{"resolution": {"duration": "1h", "warn_at": [0.5]}}])
IN_OFFICE = under([{"resolution": {"duration": "4h", "calendar": "office"}}])
"""From 08:00, 4 hours of the office are over at noon, when it closes until 13:00."""
PAUSING = under([{"resolution": {"duration": "1h", "pauses": ["customer"]}}])


def resolution(rules: object, minute: float, after: int, *facts: Fact) -> TargetInstance:
    """So many microseconds after a minute, of a ticket received at 08:00."""
    ticket = history(at(0, received()), *facts)
    (instance,) = clocks(ticket, rules, instant(minute) + after * MICROSECOND)  # type: ignore[arg-type]  # a policy_history
    return instance


@pytest.mark.parametrize(("after", "verdict"), [(-1, None), (0, None), (1, "breached")])
def test_it_is_late_a_microsecond_after_its_deadline(after: int, verdict: str | None) -> None:
    instance = resolution(HOURLY, HOUR, after)
    assert (instance.verdict, instance.elapsed) == (verdict, HOUR * 60_000_000 + after)


@pytest.mark.parametrize(("after", "warned"), [(-1, False), (0, True), (1, True)])
def test_it_is_warned_of_at_the_instant_of_the_warning(after: int, warned: bool) -> None:
    assert ("warned" in kinds(resolution(HOURLY, HOUR / 2, after))) == warned


@pytest.mark.parametrize(("after", "verdict"), [(-1, "met"), (0, "met"), (1, "breached")])
def test_it_is_met_by_an_end_at_its_deadline_and_not_a_microsecond_after_it(after: int, verdict: str) -> None:
    ends = Fact(instant(HOUR) + after * MICROSECOND, resolved())
    for judged_at in (after, after + 1):
        instance = resolution(HOURLY, HOUR, judged_at, ends)
        assert (instance.state, instance.verdict) == ("fulfilled", verdict)
    assert resolution(HOURLY, HOUR, after - 1, ends).state == "running", "what happens later is not seen"


@pytest.mark.parametrize(
    ("minute", "after", "verdict"),
    [(4 * HOUR, 0, None), (4 * HOUR, 1, None), (5 * HOUR, 0, None), (5 * HOUR, 1, "breached")],
)
def test_it_is_late_a_microsecond_after_the_office_opens_again(minute: int, after: int, verdict: str | None) -> None:
    assert resolution(IN_OFFICE, minute, after).verdict == verdict


@pytest.mark.parametrize(("after", "verdict"), [(0, None), (1, "breached")])
def test_used_up_when_it_is_paused_it_is_late_a_microsecond_after_it_goes_on(after: int, verdict: str | None) -> None:
    facts = at(1, e.TicketAssigned(team="a", agent=None)), at(HOUR, ON_HOLD), at(DAY, RESUMED)
    assert resolution(PAUSING, DAY, -1, *facts).state == "paused"
    instance = resolution(PAUSING, DAY, after, *facts)
    assert (instance.state, instance.verdict) == ("running", verdict)


@settings(max_examples=examples(100))
@given(short_histories(), policies())
def test_what_is_stored_says_the_same_as_the_clock_at_every_edge(events: list[RecordedEvent], policy: Policy) -> None:
    rules = policy_history(policy)
    edges = {to_microseconds(event.occurred_at) for event in events}
    for instance in clocks(events, rules):
        edges |= {fact.at for fact in instance.facts} | {at_instant for _, at_instant in instance.warnings}
        edges |= {edge for edge in (instance.due_at, instance.due_open_at, instance.late_after) if edge is not None}
    for now in sorted({edge + beside for edge in edges for beside in (-1, 0, 1)}):
        stored = clocks([event for event in events if to_microseconds(event.occurred_at) <= now], rules)
        for row, judged in zip(stored, clocks(events, rules, from_microseconds(now)), strict=True):
            late = row.breached_at is not None or (row.late_after is not None and row.late_after < now)
            assert late == (judged.breached_at is not None)
            assert (row.state, row.due_at, row.finished_at) == (judged.state, judged.due_at, judged.finished_at)
            if judged.state == "running" and "retargeted" not in kinds(judged):
                exceeded = judged.elapsed > judged.promise.duration
                # A reopening takes the time resolved out of a clock that runs until closed; what came true then stays.
                assert late == exceeded or (late and judged.promise.until_closed)
