"""The SLA clock in examples: calendars, warnings, versions, tiers, merges, and histories that came in odd orders."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from domain.customer.events import CustomerRegistered, TierChanged
from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import CalendarDefinition, CalendarVersion
from domain.sla.calendar.microseconds import EPOCH
from domain.sla.clock.clock import clocks
from domain.sla.clock.tiers import tiers_of
from domain.sla.policy.policy import BUILT_IN, PolicyVersion
from domain.sla.policy.policy_history import DEFAULT_POLICY_HISTORY, PolicyHistory
from domain.ticket import events as e
from tests.support.clock_answers import (
    CLOSED,
    DAY,
    HOUR,
    OFFICE_HOURS,
    ON_HOLD,
    REOPENED,
    every,
    kinds,
    minute,
    minutes,
    only,
    policy,
    under,
)
from tests.support.events import OTHER_TICKET, Fact, asked, at, history, instant, received, replied, resolved
from tests.support.histories import histories

IN_OFFICE_HOURS = {"duration": "4h", "calendar": "office"}
LONG_DAYS = CalendarDefinition.model_validate({"name": "office", "zone": "UTC", "week": {"mon-sun": ["00:00-24:00"]}})


def test_24_hours_of_a_calendar_are_24_of_its_hours_not_a_day() -> None:
    rules = under([{"resolution": {"duration": "24h", "calendar": "office"}}])
    resolution = only("resolution", history(at(0, received())), 0, rules)
    assert minute(resolution.due_at) == 2 * DAY + 9 * HOUR, "8 of its hours a day, so Wednesday 17:00"


def test_a_target_that_ends_at_a_closing_is_met_until_the_calendar_opens_again() -> None:
    rules = under([{"resolution": IN_OFFICE_HOURS}])
    received_at_eight = at(0, received())
    resolution = only("resolution", history(received_at_eight), HOUR, rules)
    assert (minute(resolution.due_at), minute(resolution.due_open_at)) == (4 * HOUR, 5 * HOUR)
    over_lunch = only("resolution", history(received_at_eight, at(5 * HOUR, resolved())), DAY, rules)
    after_lunch = only("resolution", history(received_at_eight, at(5 * HOUR + 1, resolved())), DAY, rules)
    assert (over_lunch.verdict, minutes(over_lunch.elapsed)) == ("met", 240)
    assert (after_lunch.verdict, minute(after_lunch.breached_at)) == ("breached", 5 * HOUR)


def test_a_pause_keeps_its_cause_under_another_target() -> None:
    waiting = history(at(0, received(priority="P3")), at(10, ON_HOLD), at(20, e.TicketPrioritised(priority="P1")))
    *_, before, after = only("resolution", waiting, 30).intervals
    assert before.target != after.target
    assert before.cause == after.cause


def test_a_warning_is_given_when_its_fraction_is_reached_and_once_only() -> None:
    rules = under(
        [
            {"priority": "P1", "resolution": {"duration": "1h", "warn_at": [0.5, 0.75], "pauses": ["customer"]}},
            {"resolution": {"duration": "4h", "warn_at": [0.5, 0.75]}},
        ]
    )
    ticket = history(at(0, received(priority="P1")), at(40, e.TicketPrioritised(priority="P3")))
    assert [fact.at for fact in only("resolution", ticket, 29, rules).facts if fact.kind == "warned"] == []
    warned = [fact for fact in only("resolution", ticket, 181, rules).facts if fact.kind == "warned"]
    assert [(fact.fraction, minute(fact.at)) for fact in warned] == [(0.5, 30), (0.75, 180)]


def test_an_instance_keeps_the_policy_version_of_its_activation_for_ever() -> None:
    second = PolicyVersion(version=1, effective_from=instant(100), position=3, policy=policy([{"resolution": "2h"}]))
    policy_history = PolicyHistory([BUILT_IN, second])
    ticket = history(at(0, received(priority="P3")), at(200, e.TicketPrioritised(priority="P1")))
    resolution = only("resolution", ticket, DAY, policy_history)
    assert (resolution.policy.version, minutes(resolution.promise.duration)) == (0, HOUR)
    for minute_after in (100, 101):
        later = only(
            "resolution", history(at(minute_after, received(priority="P3")), first_position=7), DAY, policy_history
        )
        assert (later.policy.version, minutes(later.promise.duration)) == (1, 2 * HOUR)


def test_a_version_recorded_later_changes_no_promise_whatever_instant_it_is_effective_from() -> None:
    retroactive = PolicyVersion(version=1, effective_from=EPOCH, position=5, policy=policy([{"resolution": "2h"}]))
    policy_history = PolicyHistory([BUILT_IN, retroactive])
    assert only("resolution", history(at(0, received()), first_position=4), 0, policy_history).policy.version == 0
    assert only("resolution", history(at(0, received()), first_position=6), 0, policy_history).policy.version == 1


def test_an_instance_keeps_the_calendar_version_of_its_activation() -> None:
    changed = CalendarVersion(version=2, effective_from=instant(60), position=2, calendar=LONG_DAYS)
    rules = under([{"resolution": IN_OFFICE_HOURS}], calendars=[OFFICE_HOURS, changed])
    before, after = (
        only("resolution", history(at(when, received()), first_position=9), when, rules) for when in (30, 90)
    )
    assert (before.promise.calendar.version, minute(before.due_at)) == (1, 330)
    assert (after.promise.calendar.version, minute(after.due_at)) == (2, 330)


def test_a_new_rule_on_another_calendar_counts_the_same_time_anew() -> None:
    rules = under([{"priority": "P1", "resolution": "6h"}, {"resolution": IN_OFFICE_HOURS}])
    ticket = history(at(4 * HOUR, received(priority="P3")), at(6 * HOUR, e.TicketPrioritised(priority="P1")))
    assert minutes(only("resolution", ticket[:1], 6 * HOUR, rules).elapsed) == HOUR
    assert minutes(only("resolution", ticket, 6 * HOUR, rules).elapsed) == 2 * HOUR


def test_category_channel_and_customer_tier_select_the_rule() -> None:
    rules = under(
        [
            {"customer_tier": "gold", "resolution": "1h"},
            {"category": ["refund", "billing"], "channel": "zalo", "resolution": "2h"},
            {"resolution": "3h"},
        ]
    )
    mailed, chatted = (history(at(0, received(channel=channel))) for channel in ("email", "zalo"))
    assert minutes(only("resolution", mailed, 0, rules).promise.duration) == 3 * HOUR
    assert minutes(only("resolution", chatted, 0, rules).promise.duration) == 2 * HOUR
    customer = history(
        Fact(instant(-DAY), CustomerRegistered(name="Lan")), at(30, TierChanged(tier="gold")), ticket=OTHER_TICKET
    )
    (resolution,) = clocks(mailed, rules, instant(40), tiers_of(OTHER_TICKET, {OTHER_TICKET: customer}))
    assert (minutes(resolution.promise.duration), kinds(resolution)) == (HOUR, ["activated", "retargeted"])


@pytest.mark.parametrize(
    ("position", "facts"),
    [(1, ["activated"]), (3, ["activated", "retargeted"])],
    ids=["recorded before the receipt", "recorded after it"],
)
def test_of_a_tier_and_a_receipt_of_one_instant_the_one_recorded_first_counts_first(
    position: int, facts: list[str]
) -> None:
    rules = under([{"customer_tier": "gold", "resolution": "1h"}, {"resolution": "3h"}])
    ticket = history(at(0, received()), first_position=2)
    customer = history(at(0, TierChanged(tier="gold")), ticket=OTHER_TICKET, first_position=position)
    (resolution,) = clocks(ticket, rules, instant(40), tiers_of(OTHER_TICKET, {OTHER_TICKET: customer}))
    assert (minutes(resolution.promise.duration), kinds(resolution)) == (HOUR, facts)


def test_the_tier_of_a_customer_does_not_change_the_order_of_what_is_said_to_have_happened_before_the_receipt() -> None:
    ticket = history(at(0, received()), at(0, e.WorkStarted()), at(-9, CLOSED), at(20, REOPENED))
    customer = history(at(-DAY, CustomerRegistered(name="Lan", tier="gold")), ticket=OTHER_TICKET, first_position=9)
    with_tier = clocks(ticket, DEFAULT_POLICY_HISTORY, instant(40), tiers_of(OTHER_TICKET, {OTHER_TICKET: customer}))
    assert with_tier == clocks(ticket, DEFAULT_POLICY_HISTORY, instant(40))
    assert {instance.target for instance in with_tier} == {"first_response", "resolution"}


def test_a_cancelled_ticket_cancels_what_runs_and_leaves_what_was_fulfilled() -> None:
    ticket = history(at(0, received()), at(5, replied()), at(9, e.TicketCancelled(cancelled_by="customer")))
    assert only("first_response", ticket, DAY).verdict == "met"
    resolution = only("resolution", ticket, 9 * DAY)
    assert (resolution.state, resolution.verdict, minute(resolution.finished_at)) == ("cancelled", None, 9)


@pytest.mark.parametrize("ending", [e.TicketMerged(into=OTHER_TICKET), e.TicketCancelled(cancelled_by="agent")])
def test_what_is_late_when_it_is_cancelled_stays_breached(ending: e.TicketEvent) -> None:
    life = (at(0, received(priority="P1")), at(90, ending))
    resolution = only("resolution", history(*life), DAY)
    assert (resolution.state, resolution.verdict, minute(resolution.breached_at)) == ("cancelled", "breached", 60)
    assert minute(resolution.finished_at) == 90
    back = only("resolution", history(*life, at(100, e.MergeUndone(into=OTHER_TICKET)), at(110, REOPENED)), DAY)
    assert (back.state, back.verdict, back.finished_at) == ("running", "breached", None)


@pytest.mark.parametrize(("minutes_after", "verdict"), [(60, None), (61, "breached")])
def test_a_rule_that_promises_nothing_takes_back_no_breach(minutes_after: int, verdict: str | None) -> None:
    rules = under([{"category": "spam", "first_response": "1h"}, {"resolution": "1h"}])
    ticket = history(at(0, received()), at(minutes_after, e.TicketCategorised(category="spam")), at(200, resolved()))
    resolution = only("resolution", ticket, DAY, rules)
    assert (resolution.state, resolution.verdict) == ("cancelled", verdict)
    assert minute(resolution.finished_at) == minutes_after


def test_an_undone_merge_brings_the_clocks_back_without_the_time_between() -> None:
    ticket = history(
        at(0, received(priority="P1")),
        at(10, ON_HOLD),
        at(20, e.TicketMerged(into=OTHER_TICKET)),
        at(100, e.MergeUndone(into=OTHER_TICKET)),
        at(130, e.WorkResumed()),
        at(140, resolved()),
    )
    assert only("resolution", ticket, 50).state == "cancelled"
    resolution = only("resolution", ticket, DAY)
    assert (resolution.verdict, minutes(resolution.elapsed), minutes(resolution.paused)) == ("met", 20, 40)
    assert kinds(resolution) == ["activated", "paused", "cancelled", "resumed", "paused", "resumed", "fulfilled"]


def test_a_rule_without_the_target_cancels_it_until_a_rule_has_it_again_from_the_same_origin() -> None:
    rules = under([{"category": "spam", "next_response": "1h"}, {"resolution": "1h"}])
    ticket = history(
        at(0, received()), at(10, e.TicketCategorised(category="spam")), at(50, e.TicketCategorised(category="billing"))
    )
    assert only("resolution", ticket, 20, rules).state == "cancelled"
    assert minute(only("resolution", ticket, 55, rules).due_at) == HOUR


def test_a_hold_that_is_logged_late_counts_from_when_it_happened() -> None:
    in_time = [at(0, received(priority="P1")), at(10, ON_HOLD), at(90, e.WorkResumed()), at(100, resolved())]
    late = [in_time[0], in_time[3], in_time[1]._replace(recorded_at=instant(300)), in_time[2]]
    assert only("resolution", history(*in_time), DAY).verdict == "met"
    assert only("resolution", history(*late), DAY).verdict == "met"
    assert only("resolution", history(*late[:2]), DAY).verdict == "breached", "as it was known before"


def test_closed_without_being_resolved_and_active_again_as_real_logs_have_it() -> None:
    ticket = history(at(0, received()), at(10, CLOSED), at(30, e.WorkStarted()), at(40, CLOSED), at(50, REOPENED))
    resolution = only("resolution", ticket, 60)
    assert (resolution.state, minutes(resolution.elapsed)) == ("running", 30)


def test_before_the_receipt_there_is_no_clock_and_before_every_policy_no_promise() -> None:
    assert clocks([], DEFAULT_POLICY_HISTORY) == []
    assert clocks(history(at(5, received())), DEFAULT_POLICY_HISTORY, instant(4)) == []
    later = PolicyVersion(version=1, effective_from=instant(100), policy=policy([{"resolution": "2h"}]))
    assert every("resolution", history(at(0, received())), DAY, PolicyHistory([later])) == []


def test_instants_beyond_the_calendars_have_clocks_too() -> None:
    for year in (1, 1969, 2099, 9999):
        far = Fact(datetime(year, 12, 31, 23, tzinfo=UTC), received(priority="P3"))
        instances = clocks(history(far), under([{"resolution": IN_OFFICE_HOURS}]))
        assert [instance.state for instance in instances] == ["running"]
        assert (instances[0].due_at is None) == (year >= 2099)


@given(histories())
def test_every_history_has_clocks_also_one_that_our_rules_would_have_refused(ticket: list[RecordedEvent]) -> None:
    assert {instance.target for instance in clocks(ticket, DEFAULT_POLICY_HISTORY)} == {"first_response", "resolution"}


def test_a_rule_that_pauses_for_the_wait_under_way_pauses_from_the_change_on() -> None:
    pausing = {"duration": "2h", "pauses": ["third_party"]}
    rules = under([{"priority": "P1", "resolution": pausing, "next_response": pausing}, {"resolution": "4h"}])
    waiting = e.TicketPutOnHold(waiting_for="third_party")
    ticket = history(at(0, received()), at(10, waiting), at(30, e.TicketPrioritised(priority="P1")), at(40, asked()))
    resolution = only("resolution", ticket, 60, rules)
    assert (resolution.state, minutes(resolution.elapsed), minutes(resolution.paused)) == ("paused", 30, 30)
    assert kinds(only("next_response", ticket, 60, rules)) == ["activated", "paused"]


def test_a_message_that_was_counted_from_a_reopening_is_not_counted_from_the_next_one() -> None:
    ticket = history(
        at(0, received()),
        at(10, resolved()),
        at(20, asked()),
        at(20, REOPENED),
        at(30, resolved()),
        at(40, REOPENED),
    )
    assert minute(only("next_response", ticket, DAY, under([{"next_response": "1h"}])).finished_at) == 30


def test_the_deadline_of_an_instance_without_a_target_stands_still_whatever_happens_to_the_ticket() -> None:
    rules = under([{"priority": "P1", "resolution": "4h"}, {"first_response": "1h"}])
    ticket = [at(0, received(priority="P1")), at(60, e.TicketPrioritised(priority="P3"))]
    gap = [at(100, e.TicketMerged(into=OTHER_TICKET)), at(200, e.MergeUndone(into=OTHER_TICKET))]
    for events in (ticket, [*ticket, *gap[:1]], [*ticket, *gap]):
        resolution = only("resolution", history(*events), 300, rules)
        assert (resolution.state, minute(resolution.finished_at)) == ("cancelled", 60)
        assert (minutes(resolution.elapsed), minute(resolution.due_at)) == (60, 240)
