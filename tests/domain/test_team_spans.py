"""The spans during which teams held a ticket, and how they are judged."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import CalendarDefinition, CalendarVersion
from domain.sla.calendar.microseconds import EPOCH, SECOND, from_microseconds, to_microseconds
from domain.sla.policy.policy_history import PolicyHistory
from domain.ticket import events as e
from domain.ticket.timeline import life_of
from domain.workforce.definition import Workforce
from domain.workforce.team_clock import TeamTime, judge
from domain.workforce.team_rules import TeamRuleHistory, TeamRules
from domain.workforce.team_spans import team_spans
from tests.support.events import OTHER_TICKET, START, Fact, at, history, instant, received, resolved
from tests.support.examples import examples
from tests.support.histories import histories
from tests.support.plain_team_time import OFFICE, plain_minutes, plain_spans, plain_target

MINUTE_US = 60 * SECOND
WAIT = e.TicketPutOnHold


def assigned(team: str | None, agent: str | None = None) -> e.TicketAssigned:
    return e.TicketAssigned(team=team, agent=agent)


def calendars(*versions: CalendarVersion) -> PolicyHistory:
    return PolicyHistory([], versions or (CalendarVersion(version=1, effective_from=EPOCH, calendar=OFFICE),))


def rules(*teams: dict[str, Any]) -> TeamRuleHistory:
    return TeamRuleHistory([TeamRules(1, 0, 0, Workforce.model_validate({"teams": teams}))])


def judged(
    ticket: list[RecordedEvent], by: TeamRuleHistory | None = None, on: PolicyHistory | None = None
) -> list[TeamTime]:
    return [judge(span, by or rules(), on or calendars()) for span in team_spans(life_of(ticket))]


def shown(time: TeamTime) -> tuple[str, float, str | None, str | None]:
    """Team, minutes elapsed, what ended it, verdict."""
    return time.span.team, time.elapsed / MINUTE_US, time.span.ended_by, time.verdict


def ticket(*facts: Fact) -> list[RecordedEvent]:
    return history(at(0, received()), *facts)


def test_a_team_holds_a_ticket_from_the_assignment_until_it_passes_it_on_or_resolves_it() -> None:
    held = ticket(at(5, assigned("A")), at(25, assigned("B", "an")), at(40, resolved()))
    assert [shown(time) for time in judged(held)] == [("A", 20, "passed_on", None), ("B", 15, "resolved", None)]


def test_waits_for_others_are_taken_off_and_our_own_are_not() -> None:
    held = ticket(
        at(0, assigned("A")),
        at(10, WAIT(waiting_for="customer")),
        at(30, e.WorkResumed()),
        at(40, WAIT(waiting_for="internal")),
        at(45, WAIT(waiting_for="third_party")),
        at(60, resolved()),
    )
    (time,) = judged(held)
    assert (shown(time), time.paused) == (("A", 25, "resolved", None), 35 * MINUTE_US)
    (of_another,) = judged(held, rules({"name": "A", "pauses": ["internal"]}))
    assert (of_another.elapsed, of_another.paused) == (55 * MINUTE_US, 5 * MINUTE_US)


def test_a_wait_that_goes_on_over_a_change_of_team_is_taken_off_both() -> None:
    held = ticket(at(0, assigned("A")), at(10, WAIT(waiting_for="customer")), at(30, assigned("B")), at(50, resolved()))
    assert [shown(time)[:2] for time in judged(held)] == [("A", 10), ("B", 0)]


def test_a_name_in_another_spelling_and_a_new_agent_do_not_end_a_span() -> None:
    held = ticket(at(0, assigned("Đội mạng")), at(10, assigned("Đội  mạng", "an")), at(30, resolved()))
    assert [shown(time)[:2] for time in judged(held)] == [("Đội mạng", 30)]


def test_of_several_events_at_one_instant_only_the_outcome_counts() -> None:
    there_and_back = at(10, assigned("B")), at(10, assigned("A")), at(20, resolved()), at(20, e.TicketReopened())
    held = ticket(at(0, assigned("A")), *there_and_back)
    assert [shown(time) for time in judged(held)] == [("A", 0, None, None)]


def test_a_reopening_begins_a_span() -> None:
    held = ticket(at(0, assigned("A")), at(10, resolved()), at(60, e.TicketReopened()), at(70, resolved()))
    assert [shown(time)[:3] for time in judged(held)] == [("A", 10, "resolved")] * 2


def test_more_than_the_target_is_a_breach_and_exactly_the_target_is_not() -> None:
    by = rules({"name": "a", "target": 600}, {"name": "b", "target": 600})
    held = ticket(at(0, assigned("a")), at(10, assigned("b")), at(20 + 1 / 60, resolved()))
    assert [time.verdict for time in judged(held, by)] == ["met", "breached"]


def test_the_target_is_that_of_the_priority_with_which_the_team_held_the_ticket_last() -> None:
    by = rules({"name": "a", "target": 600, "targets": {"P1": 60}})
    held = ticket(at(0, assigned("a")), at(2, e.TicketPrioritised(priority="P1")), at(5, resolved()))
    assert [(time.target, time.verdict) for time in judged(held, by)] == [(60 * SECOND, "breached")]


@pytest.mark.parametrize(
    ("end", "text"),
    [
        (e.TicketMerged(into=OTHER_TICKET), "merged"),
        (e.TicketCancelled(cancelled_by="agent", cancelled_as="duplicate"), "duplicate"),
        (e.TicketCancelled(cancelled_by="agent", cancelled_as="other"), "cancelled"),
    ],
)
def test_what_is_merged_or_cancelled_in_time_has_no_verdict_and_what_was_late_by_then_is_breached(
    end: Any, text: str
) -> None:
    by = rules({"name": "a", "target": 600})
    assert [shown(time)[2:] for time in judged(ticket(at(0, assigned("a")), at(10, end)), by)] == [(text, None)]
    assert [shown(time)[2:] for time in judged(ticket(at(0, assigned("a")), at(11, end)), by)] == [(text, "breached")]


def test_a_span_keeps_the_versions_in_effect_at_its_end_among_those_recorded_by_then() -> None:
    def version(number: int, minute: float, position: int, target: int) -> TeamRules:
        workforce = Workforce.model_validate({"teams": [{"name": "a", "target": target}]})
        return TeamRules(number, to_microseconds(instant(minute)), position, workforce)

    held = ticket(at(0, assigned("a")), at(60, assigned("b")), at(120, resolved()))  # positions 1 to 4
    in_time, later = version(1, -10, 1, 60), version(2, 100, 1, 7_200)
    recorded_afterwards = version(3, -10, 4, 1)
    times = judged(held, TeamRuleHistory([in_time, later, recorded_afterwards]))
    assert [(time.workforce_version, time.verdict) for time in times] == [(1, "breached"), (2, None)]
    at_the_end = version(2, 60, 1, 7_200)
    (first, _) = judged(held, TeamRuleHistory([in_time, at_the_end]))
    assert (first.workforce_version, first.verdict) == (2, "met")


def test_the_calendar_version_is_that_of_the_end_too() -> None:
    shut = CalendarDefinition.model_validate({"name": "Office", "zone": "UTC", "week": {"sun": ["00:00-00:01"]}})
    on = calendars(
        CalendarVersion(version=1, effective_from=EPOCH, calendar=OFFICE),
        CalendarVersion(version=2, effective_from=instant(100), calendar=shut),
    )
    by = rules({"name": "a", "calendar": "office "}, {"name": "b", "calendar": "Office"})
    held = ticket(at(0, assigned("b")), at(60, assigned("c")), at(70, assigned("b")), at(120, resolved()))
    with pytest.raises(KeyError):
        judged(ticket(at(0, assigned("a"))), by, on)
    assert [(shown(time)[1], time.calendar.version) for time in judged(held, by, on) if time.span.team == "b"] == [
        (60, 1),
        (0, 2),
    ]


def test_a_day_of_25_hours_and_an_overnight_shift_count_their_real_hours() -> None:
    night = CalendarDefinition.model_validate(
        {"name": "Night", "zone": "Europe/Berlin", "week": {"mon-sun": ["22:00-06:00"]}}
    )
    on = calendars(CalendarVersion(version=1, effective_from=EPOCH, calendar=night))
    by = rules({"name": "a", "calendar": "Night", "target": "8h"})

    def hours(first: str, last: str) -> tuple[float, str | None]:
        start, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
        held = history(Fact(start, received()), Fact(start, assigned("a")), Fact(end, resolved()))
        (time,) = judged(held, by, on)
        return time.elapsed / 3_600 / SECOND, time.verdict

    assert hours("2026-10-24T12:00:00+02:00", "2026-10-25T12:00:00+01:00") == (9, "breached")
    assert hours("2026-03-28T12:00:00+01:00", "2026-03-29T12:00:00+02:00") == (7, "met")
    assert hours("2026-06-01T23:00:00+02:00", "2026-06-02T05:00:00+02:00") == (6, "met")


def test_what_is_still_held_is_late_after_the_instant_at_which_its_target_elapses() -> None:
    by = rules({"name": "a", "target": 600, "calendar": "24x7"}, {"name": "b", "target": 600, "calendar": "Office"})
    (running,) = judged(ticket(at(5, assigned("a"))), by)
    assert from_microseconds(running.late_after or 0) == instant(15)
    (paused,) = judged(ticket(at(5, assigned("a")), at(10, WAIT(waiting_for="customer"))), by)
    assert paused.late_after is None
    (late,) = judged(ticket(at(5, assigned("a")), at(20, WAIT(waiting_for="customer"))), by)
    assert from_microseconds(late.late_after or 0) == instant(20)
    (overnight,) = judged(ticket(at(60 * 3 - 10, assigned("b"))), by)  # closes at 12:00 in Berlin, 11:00 UTC
    assert from_microseconds(overnight.late_after or 0) == datetime.fromisoformat("2026-03-02T22:00:00+01:00")
    (without,) = judged(ticket(at(5, assigned("c"))), by)
    assert without.late_after is None


TEAMS = [
    {"name": "a", "calendar": "24x7", "target": 90 * 60, "targets": {"P1": 2 * 60}},
    {"name": "b", "calendar": "Office", "pauses": ["internal", "customer"], "target": 60 * 60},
]
OF_TEAM = {team["name"]: team for team in TEAMS}


@settings(max_examples=examples(200))
@given(histories(max_size=8), st.integers(0, 120))
def test_spans_and_verdicts_are_what_plain_python_counts_minute_by_minute(
    drawn: list[RecordedEvent], later: int
) -> None:
    expected = list(plain_spans(drawn))
    times = judged(drawn, rules(*TEAMS))
    assert [(time.span.team, from_microseconds(time.span.start)) for time in times] == [
        (span.team, span.start) for span in expected
    ]
    for time, span in zip(times, expected, strict=True):
        team: dict[str, Any] = OF_TEAM.get(span.team, {"pauses": ["customer", "third_party"], "calendar": "24x7"})
        pauses = set(team.get("pauses", ["customer", "third_party"]))
        target = plain_target(team, span.held.priority)
        assert time.target == (None if target is None else target * SECOND)
        if span.end is None:
            now = max(event.occurred_at for event in drawn) + later * (instant(1) - START)
            minutes = plain_minutes(drawn, span, max(now, span.start), pauses, str(team["calendar"]))
            late = time.late_after is not None and time.late_after < to_microseconds(now)
            assert late == (target is not None and minutes * 60 > target)
            continue
        minutes = plain_minutes(drawn, span, span.end, pauses, str(team["calendar"]))
        assert (from_microseconds(time.span.end or 0), time.elapsed) == (span.end, minutes * MINUTE_US)
        if target is not None:
            assert (time.verdict == "breached") == (minutes * 60 > target)
