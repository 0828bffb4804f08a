"""Why a clock stands as it does, as data and as a timeline in two languages."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import CalendarDefinition, CalendarVersion
from domain.sla.calendar.microseconds import EPOCH, duration_text
from domain.sla.clock.clock import clocks
from domain.sla.clock.explain import Explanation, explain
from domain.sla.clock.explain_text import all_as_text, as_text, reasons_of
from domain.sla.policy.policy import Policy
from domain.sla.policy.policy_history import DEFAULT_POLICY_HISTORY
from domain.ticket import events as e
from domain.zones import TZDATA, zone_named
from tests.support.clock_answers import ON_HOLD, REOPENED, RESUMED, only, under
from tests.support.drawn_clocks import policies, policy_history, short_histories
from tests.support.events import MINUTE, OTHER_TICKET, START, SYSTEM, at, history, instant, received, resolved

TICKET = history(
    at(0, received(priority="P3")),
    at(10, ON_HOLD),
    at(70, RESUMED),
    at(75, e.TicketPrioritised(priority="P1")),
    at(100, resolved()),
    at(130, REOPENED),
)


def explained(minute: float) -> Explanation:
    return explain(only("resolution", TICKET, minute))


def test_the_timeline_reads_like_a_story_with_a_running_sum() -> None:
    assert (
        as_text(explained(140), "en", zone_named("Asia/Ho_Chi_Minh"))
        == """\
Resolution 1: 1 h on calendar 24x7 (version 1), policy Default (version 0)
  2026-03-02 15:00:00 - 2026-03-02 15:10:00  counted 10 min (= 10 min): ticket received
  2026-03-02 15:10:00 - 2026-03-02 16:10:00  paused: waiting for the customer
  2026-03-02 16:10:00 - 2026-03-02 16:15:00  counted 5 min (= 15 min): work resumed
  2026-03-02 16:15:00 - 2026-03-02 16:40:00  counted 25 min (= 40 min): priority changed, 48 h -> 1 h
  2026-03-02 16:40:00 - 2026-03-02 17:10:00  not counted, fulfilled: resolved
  2026-03-02 17:10:00 - 2026-03-02 17:20:00  counted 10 min (= 50 min): reopened
50 min of 1 h counted, 10 min left, due 2026-03-02 17:30:00"""
    )


def test_the_answer_ends_with_the_instant_asked_and_the_release_of_the_zone_data() -> None:
    zone = zone_named("Asia/Ho_Chi_Minh")
    english = all_as_text([explained(140)], instant(140), "en", zone)
    assert english == "\n\n".join(
        [
            as_text(explained(140), "en", zone),
            f"As of 2026-03-02 17:20:00; times are of Asia/Ho_Chi_Minh ({TZDATA}).",
        ]
    )
    assert all_as_text([], instant(140), "vi", zone).splitlines() == [
        "Không có cam kết nào.",
        "",
        f"Tính đến 17:20:00 02/03/2026; giờ theo Asia/Ho_Chi_Minh ({TZDATA}).",
    ]
    assert explained(140).time_zones == TZDATA


def test_a_resolution_by_a_bot_is_told_as_what_did_not_stop_the_response() -> None:
    ticket = history(at(0, received(priority="P1")), at(10, resolved(), SYSTEM))
    explanation = explain(only("first_response", ticket, 30))
    assert as_text(explanation, "en", zone_named("UTC")).splitlines()[2] == (
        "  2026-03-02 08:10:00 - 2026-03-02 08:30:00  counted 20 min (= 30 min):"
        " resolved, by a bot, which is no answer by a person"
    )
    assert "đã giải quyết, do bot, không phải phản hồi của người" in as_text(explanation, "vi", zone_named("UTC"))
    assert [(stretch.kind, stretch.by_bot) for stretch in explanation.stretches] == [
        ("counted", False),
        ("counted", True),
    ]


def test_the_same_in_vietnamese() -> None:
    text = as_text(explained(170), "vi", zone_named("UTC"))
    assert text.splitlines()[0] == (
        "Giải quyết 1: 1 giờ theo lịch 24x7 (phiên bản 1), chính sách mặc định (phiên bản 0)"
    )
    assert "tạm dừng: chờ khách hàng" in text
    assert text.splitlines()[-1] == (
        "Vi phạm: Đã tính 1 giờ 20 phút trên 1 giờ, quá 20 phút, hạn 10:30:00 02/03/2026, trễ sau 10:30:00 02/03/2026"
    )


def test_a_pause_leaves_no_deadline_and_lasts_until_the_instant_asked() -> None:
    explanation = explained(30)
    last = explanation.stretches[-1]
    assert (last.kind, last.cause, last.end) == ("paused", "ticket.put_on_hold", instant(30))
    assert as_text(explanation, "en", zone_named("UTC")).endswith(
        "10 min of 48 h counted, 47 h 50 min left, no deadline while paused"
    )


def test_a_deadline_at_a_closing_says_when_the_calendar_opens_again() -> None:
    rules = under([{"resolution": {"duration": "4h", "calendar": "office"}}])
    explanation = explain(only("resolution", TICKET[:1], 0, rules))
    assert as_text(explanation, "en", zone_named("UTC")).endswith(
        "due 2026-03-02 12:00:00, the calendar opens again 2026-03-02 13:00:00"
    )


def test_a_counted_stretch_lists_its_opening_hours_unless_it_is_long() -> None:
    rules = under([{"resolution": {"duration": "40h", "calendar": "office"}}])
    (short,) = explain(only("resolution", TICKET[:1], 360, rules)).stretches
    assert short.open_hours is not None
    hours = [(each.start, each.end) for each in short.open_hours]
    assert hours == [(instant(0), instant(240)), (instant(300), instant(360))]
    (evening,) = explain(only("resolution", history(at(600, received())), 700, rules)).stretches
    assert evening.open_hours == ()
    assert reasons_of(evening, "en") == "ticket received, the calendar is closed"
    (long,) = explain(only("resolution", TICKET[:1], 15 * 24 * 60, rules)).stretches
    assert long.open_hours is None


def test_an_explanation_goes_through_json_unchanged() -> None:
    explanation = explained(140)
    assert Explanation.model_validate_json(explanation.model_dump_json()) == explanation


@given(short_histories(), policies(), st.none() | st.integers(0, 800))
def test_the_stretches_follow_each_other_and_add_up_to_what_elapsed(
    events: list[RecordedEvent], policy: Policy, minute: int | None
) -> None:
    now = None if minute is None else START + minute * MINUTE
    for instance in clocks(events, policy_history(policy), now):
        explanation = explain(instance)
        stretches = explanation.stretches
        assert sum(stretch.elapsed_us for stretch in stretches) == explanation.elapsed_us
        for stretch in stretches:
            if stretch.open_hours is not None:
                opened = sum(((each.end - each.start) for each in stretch.open_hours), timedelta())
                assert opened == timedelta(microseconds=stretch.elapsed_us)
        assert all(first.end == then.start for first, then in pairwise(stretches))
        assert explanation.remaining_us == explanation.target_us - explanation.elapsed_us
        assert as_text(explanation, "vi", zone_named("UTC")).count("\n") == len(stretches) + 1
        until_closed = any(target.until == "closed" for rule in policy.rules for target in rule.targets.values())
        assert until_closed or "resolved" not in {stretch.kind for stretch in stretches}


def test_what_went_by_unpromised_is_told_as_it_counted_and_as_it_did_not() -> None:
    rules = under([{"category": "spam", "next_response": "1h"}, {"resolution": "1h"}])
    ticket = history(
        at(0, received(category="spam")),
        at(10, e.TicketMerged(into=OTHER_TICKET)),
        at(15, e.MergeUndone(into=OTHER_TICKET)),
        at(20, e.TicketCategorised(category="billing")),
    )
    stretches = explain(only("resolution", ticket, 30, rules)).stretches
    assert [(stretch.start, stretch.kind) for stretch in stretches] == [
        (instant(0), "counted"),
        (instant(10), "cancelled"),
        (instant(15), "counted"),
        (instant(20), "counted"),
    ]


def test_a_target_longer_than_the_day_of_its_calendar_is_told_in_hours() -> None:
    rules = under([{"resolution": {"duration": "24h", "calendar": "office"}}])
    explanation = explain(only("resolution", TICKET[:1], 0, rules))
    assert "24 h on calendar office" in as_text(explanation, "en", zone_named("UTC"))
    assert "24 giờ theo lịch office" in as_text(explanation, "vi", zone_named("UTC"))


def test_what_was_cancelled_is_told_as_cancelled_and_asks_for_nothing_any_more() -> None:
    ticket = history(at(0, received(priority="P1")), at(40, e.TicketCancelled(cancelled_by="agent")))
    explanation = explain(only("resolution", ticket, 300))
    assert as_text(explanation, "en", zone_named("UTC")).splitlines()[-1] == (
        "Cancelled 2026-03-02 08:40:00: 40 min of 1 h counted, 20 min left"
    )
    assert "Đã hủy lúc 08:40:00 02/03/2026: Đã tính 40 phút trên 1 giờ" in as_text(explanation, "vi", zone_named("UTC"))


def test_what_was_late_when_it_was_cancelled_is_told_as_both() -> None:
    ticket = history(at(0, received(priority="P1")), at(90, e.TicketCancelled(cancelled_by="agent")))
    explanation = explain(only("resolution", ticket, 300))
    assert as_text(explanation, "en", zone_named("UTC")).splitlines()[-1] == (
        "Breached, cancelled 2026-03-02 09:30:00: 1 h 30 min of 1 h counted, 30 min over,"
        " due 2026-03-02 09:00:00, late after 2026-03-02 09:00:00"
    )


def test_a_calendar_that_does_not_open_again_is_told_as_the_reason_for_no_deadline() -> None:
    once = {"name": "once", "zone": "UTC", "special_days": {"2026-03-02": ["08:00-09:00"]}}
    calendar = CalendarVersion(version=1, effective_from=EPOCH, calendar=CalendarDefinition.model_validate(once))
    target = {"duration": "2h", "calendar": "once", "pauses": "customer"}
    rules = under([{"resolution": target}], calendars=[calendar])
    ticket = history(at(0, received()), at(10, ON_HOLD), at(20, RESUMED))

    def told(minute: float) -> str:
        return as_text(explain(only("resolution", ticket, minute, rules)), "en", zone_named("UTC"))

    assert told(15).endswith("no deadline while paused")
    assert told(30).endswith("no deadline: calendar once is not open for long enough before 2100")


def test_the_time_that_a_clock_until_closed_ran_while_resolved_is_told_as_left_out_once_it_is_reopened() -> None:
    rules = under([{"resolution": {"duration": "4h", "until": "closed", "pauses": "customer"}}])
    ticket = history(at(0, received()), at(10, ON_HOLD), at(20, RESUMED), at(60, resolved()), at(180, REOPENED))
    explanation = explain(only("resolution", ticket, 210, rules))
    assert [(stretch.kind, stretch.start, stretch.cause) for stretch in explanation.stretches[2:]] == [
        ("counted", instant(20), "ticket.work_resumed"),
        ("resolved", instant(60), "ticket.reopened"),
        ("counted", instant(180), "ticket.reopened"),
    ]
    assert "not counted, resolved: reopened" in as_text(explanation, "en", zone_named("UTC"))
    still_resolved = explain(only("resolution", ticket, 170, rules))
    assert {stretch.kind for stretch in still_resolved.stretches} == {"counted", "paused"}


def test_a_clock_that_is_promised_nothing_any_more_when_its_ticket_is_reopened_is_explained_too() -> None:
    rules = under([{"category": "spam", "first_response": "1h"}, {"resolution": {"duration": "4h", "until": "closed"}}])
    spam = e.TicketCategorised(category="spam")
    ticket = history(at(0, received()), at(60, resolved()), at(100, spam), at(180, REOPENED))
    stretches = explain(only("resolution", ticket, 210, rules)).stretches
    assert [(stretch.kind, stretch.end) for stretch in stretches] == [
        ("counted", instant(60)),
        ("resolved", instant(100)),
    ]


def test_durations_are_told_to_the_microsecond() -> None:
    day = timedelta(days=1) // timedelta(microseconds=1)
    assert [duration_text(length) for length in (0, 1, 1_500_000, day + 1)] == [
        "0s",
        "0.000001s",
        "1.5s",
        "24h 0.000001s",
    ]


def test_the_default_policy_has_an_explanation_for_each_of_its_two_targets() -> None:
    targets = [explain(instance).target for instance in clocks(TICKET, DEFAULT_POLICY_HISTORY)]
    assert targets == ["first_response", "resolution"]
