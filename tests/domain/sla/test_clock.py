"""The SLA clock in examples: given what happened to a ticket, when it is asked at an instant, then this is said."""

import pytest

from domain.messages import Event
from domain.sla.clock.clock import clocks
from domain.sla.policy.policy import TargetName
from domain.ticket import events as e
from tests.support.clock_answers import (
    CLOSED,
    DAY,
    HOUR,
    ON_HOLD,
    REOPENED,
    RESUMED,
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
    SYSTEM,
    asked,
    at,
    history,
    instant,
    received,
    replied,
    resolved,
)


@pytest.mark.parametrize(("priority", "hours"), [("P1", 1), ("P2", 24), ("P3", 48), ("P4", 48), ("5 - Planning", 48)])
def test_by_default_p1_is_resolved_in_1_hour_p2_in_24_and_all_others_in_48(priority: str, hours: int) -> None:
    ticket = history(at(0, received(priority=priority)))
    assert minute(only("resolution", ticket, 0).due_at) == hours * HOUR
    assert minute(only("first_response", ticket, 0).due_at) == hours * HOUR / 4


def test_a_stop_exactly_at_the_target_is_met_and_a_microsecond_later_is_breached() -> None:
    in_time = only("resolution", history(at(0, received(priority="P1")), at(60, resolved())), DAY)
    too_late = only("resolution", history(at(0, received(priority="P1")), at(60 + 1 / 60e6, resolved())), DAY)
    assert (in_time.verdict, in_time.breached_at) == ("met", None)
    assert (too_late.verdict, minute(too_late.breached_at)) == ("breached", 60)


def test_late_is_late_even_if_nobody_looked() -> None:
    ticket = history(at(0, received(priority="P1")))
    assert only("resolution", ticket, 60).verdict is None
    assert only("resolution", ticket, 60 + 1 / 60e6).verdict == "breached"


def test_bots_and_notes_and_customers_do_not_stop_the_first_response_a_person_does() -> None:
    ticket = history(
        at(0, received(priority="P1")),
        at(1, replied(automated=True)),
        at(2, e.NoteAdded(body="who knows this?")),
        at(3, asked()),
        at(9, replied()),
    )
    first = only("first_response", ticket, HOUR)
    assert (first.verdict, minute(first.finished_at)) == ("met", 9)


def test_a_system_answers_as_a_person_only_on_behalf_of_one() -> None:
    rules = under([{"first_response": "1h", "next_response": "1h", "periodic_update": "1h"}])
    by_itself = history(at(0, received()), at(3, asked()), at(9, replied(), SYSTEM))
    for_somebody = history(
        at(0, received()), at(3, asked()), at(9, replied(), SYSTEM.model_copy(update={"on_behalf_of": "an"}))
    )
    for target in ("first_response", "next_response"):
        assert only(target, by_itself, 10, rules).state == "running"
        assert only(target, for_somebody, 10, rules).state == "fulfilled"
    assert every("periodic_update", by_itself, 10, rules) == []
    assert len(every("periodic_update", for_somebody, 10, rules)) == 1


def test_our_own_waiting_does_not_pause_the_first_response() -> None:
    ticket = history(at(0, received(priority="P1")), at(1, ON_HOLD), at(16, replied()))
    first = only("first_response", ticket, HOUR)
    assert (first.verdict, first.paused, minutes(first.elapsed)) == ("breached", 0, 16)


def test_a_resolution_without_a_reply_is_the_first_answer_the_customer_gets() -> None:
    first = only("first_response", history(at(0, received()), at(30, resolved())), DAY)
    assert (first.state, first.verdict, minute(first.finished_at)) == ("fulfilled", "met", 30)


ANSWERS = under([{"first_response": "1h", "next_response": "1h", "periodic_update": "1h", "resolution": "8h"}])
BOT_FOR_SOMEBODY = SYSTEM.model_copy(update={"on_behalf_of": "an"})


@pytest.mark.parametrize("end", [resolved(), CLOSED])
@pytest.mark.parametrize("target", ["first_response", "next_response"])
def test_a_resolution_or_closing_by_a_bot_stops_no_response_and_one_for_somebody_does(
    target: TargetName, end: Event
) -> None:
    by_bot = history(at(0, received()), at(3, asked()), at(9, end, SYSTEM))
    for_somebody = history(at(0, received()), at(3, asked()), at(9, end, BOT_FOR_SOMEBODY))
    assert only(target, by_bot, 30, ANSWERS).state == "running"
    assert only(target, by_bot, DAY, ANSWERS).verdict == "breached", "it runs on while the ticket is resolved"
    assert only(target, for_somebody, DAY, ANSWERS).verdict == "met"
    assert only("resolution", by_bot, DAY, ANSWERS).verdict == "met", "the resolution itself is kept"


def test_after_a_resolution_by_a_bot_the_next_act_of_a_person_is_the_answer() -> None:
    by_bot = (at(0, received()), at(9, resolved(), SYSTEM))
    closed = only("first_response", history(*by_bot, at(20, CLOSED)), DAY, ANSWERS)
    replied_to = only("first_response", history(*by_bot, at(20, REOPENED), at(50, replied())), DAY, ANSWERS)
    assert (closed.verdict, minute(closed.finished_at)) == ("met", 20)
    assert (replied_to.verdict, minutes(replied_to.elapsed)) == ("met", 50), "the time spent resolved counts"
    nobody = only("first_response", history(*by_bot, at(20, CLOSED, SYSTEM), at(50, REOPENED)), DAY, ANSWERS)
    assert (nobody.state, nobody.verdict) == ("running", "breached")


def test_a_resolution_by_a_bot_cancels_the_update_that_was_owed_until_the_ticket_is_reopened() -> None:
    by_bot = (at(0, received()), at(10, replied()), at(30, resolved(), SYSTEM))
    ended = only("periodic_update", history(*by_bot), DAY, ANSWERS)
    reopened = only("periodic_update", history(*by_bot, at(100, REOPENED)), 110, ANSWERS)
    assert (ended.state, ended.verdict) == ("cancelled", None)
    assert (reopened.state, minutes(reopened.elapsed), minute(reopened.due_at)) == ("running", 30, 140)


def test_an_undone_merge_of_what_a_bot_resolved_answers_nothing() -> None:
    merged, undone = e.TicketMerged(into=OTHER_TICKET), e.MergeUndone(into=OTHER_TICKET)
    ticket = history(at(0, received()), at(9, resolved(), SYSTEM), at(20, merged), at(40, undone))
    first = only("first_response", ticket, 50, ANSWERS)
    assert (first.state, minute(first.due_at)) == ("running", 80), "the time merged does not count"


@pytest.mark.parametrize("end", [resolved(), CLOSED])
def test_what_was_cancelled_and_then_resolved_stays_cancelled(end: Event) -> None:
    cancelled = e.TicketCancelled(cancelled_by="agent")
    facts = (at(0, received()), at(30, cancelled), at(40, end, IMPORT))
    in_time = history(*facts)
    late = history(at(0, received()), at(90, cancelled), at(100, end, IMPORT))
    for instance in clocks(in_time, ANSWERS, instant(DAY)):
        assert (instance.state, instance.verdict, minute(instance.finished_at)) == ("cancelled", None, 30)
    assert only("first_response", late, DAY, ANSWERS).verdict == "breached", "late by then"
    reopened = only("resolution", history(*facts, at(50, REOPENED, IMPORT)), 60, ANSWERS)
    assert (reopened.state, minutes(reopened.elapsed)) == ("running", 40), "a reopening takes the cancellation back"


def test_waiting_for_the_customer_pauses_the_resolution_and_other_waiting_does_not() -> None:
    ticket = history(
        at(0, received(priority="P1")),
        at(10, ON_HOLD),
        at(110, e.TicketPutOnHold(waiting_for="third_party")),
        at(120, RESUMED),
    )
    paused = only("resolution", ticket, 50)
    assert (paused.state, paused.due_at, minutes(paused.elapsed), minutes(paused.paused)) == ("paused", None, 10, 40)
    running = only("resolution", ticket, 130)
    assert (running.state, minute(running.due_at), minutes(running.elapsed)) == ("running", 160, 30)
    assert kinds(running) == ["activated", "paused", "resumed"]


def test_next_response_runs_from_the_oldest_unanswered_message_and_every_instance_is_kept() -> None:
    rules = under([{"next_response": "30m"}])
    ticket = history(
        at(0, received()), at(5, replied()), at(10, asked()), at(20, asked()), at(45, replied()), at(50, asked())
    )
    first, second = every("next_response", ticket, 55, rules)
    assert (minute(first.activated_at), first.verdict, minute(first.breached_at)) == (10, "breached", 40)
    assert (second.number, minute(second.activated_at), second.state, minute(second.due_at)) == (2, 50, "running", 80)


def test_the_resolution_answers_the_customer_too() -> None:
    ticket = history(at(0, received()), at(10, asked()), at(20, resolved()))
    assert only("next_response", ticket, DAY, under([{"next_response": "30m"}])).verdict == "met"


def test_a_message_that_reopens_a_ticket_is_answered_from_then_on() -> None:
    ticket = history(at(0, received()), at(10, resolved()), at(70, asked()), at(70, REOPENED), at(80, replied()))
    again = only("next_response", ticket, DAY, under([{"next_response": "30m"}]))
    assert (minute(again.activated_at), minutes(again.elapsed), again.verdict) == (70, 10, "met")


def test_of_several_messages_to_a_resolved_ticket_the_oldest_activates_the_clock_when_it_is_reopened() -> None:
    ticket = history(at(0, received()), at(10, resolved()), at(20, asked()), at(30, asked()), at(70, REOPENED))
    again = only("next_response", ticket, DAY, under([{"next_response": "30m"}]))
    assert (minute(again.activated_at), again.activated_by) == (70, 3)


def test_a_message_to_a_resolved_ticket_that_was_replied_to_starts_no_clock_when_it_is_reopened() -> None:
    rules = under([{"next_response": "30m"}])
    asked_of_resolved = (at(0, received()), at(10, resolved()), at(20, asked()))
    by_person = history(*asked_of_resolved, at(30, replied()), at(70, REOPENED))
    by_bot = history(*asked_of_resolved, at(30, replied(), SYSTEM), at(70, REOPENED))
    assert every("next_response", by_person, DAY, rules) == []
    assert only("next_response", by_bot, DAY, rules).activated_by == 3


def test_periodic_updates_run_from_each_public_reply_to_the_next_while_the_ticket_is_open() -> None:
    ticket = history(
        at(0, received()), at(10, replied()), at(40, replied(automated=True)), at(80, replied()), at(90, resolved()),
        at(95, replied()),
    )  # fmt: skip
    first, second = every("periodic_update", ticket, DAY, under([{"periodic_update": "1h"}]))
    assert (minute(first.activated_at), minute(first.finished_at), first.verdict) == (10, 80, "breached")
    assert (minute(second.activated_at), minute(second.finished_at), second.verdict) == (80, 90, "met")


def test_a_reopened_ticket_continues_its_clock_without_the_time_spent_resolved() -> None:
    ticket = history(at(0, received(priority="P1")), at(20, resolved()), at(200, REOPENED))
    assert only("resolution", ticket, 100).verdict == "met"
    again = only("resolution", ticket, 210)
    assert (again.state, again.verdict, minutes(again.elapsed), minute(again.due_at)) == ("running", None, 30, 240)
    assert kinds(again) == ["activated", "fulfilled", "resumed"], "the fulfilment is taken back, not erased"


def test_under_new_cycle_what_was_fulfilled_stays_and_a_new_instance_starts_at_the_reopening() -> None:
    rules = under([{"resolution": {"duration": "1h"}}], reopen="new_cycle")
    ticket = history(at(0, received()), at(20, resolved()), at(200, REOPENED), at(300, resolved()))
    first, second = every("resolution", ticket, DAY, rules)
    assert (first.number, first.verdict, minute(first.finished_at)) == (1, "met", 20)
    assert (second.number, minute(second.activated_at), second.verdict) == (2, 200, "breached")


def test_a_priority_change_keeps_origin_and_pauses_and_swaps_the_target() -> None:
    ticket = history(
        at(0, received(priority="P3")), at(10, ON_HOLD), at(40, RESUMED), at(50, e.TicketPrioritised(priority="P1"))
    )
    resolution = only("resolution", ticket, 55)
    assert (minute(resolution.activated_at), minutes(resolution.paused)) == (0, 30)
    assert (minute(resolution.due_at), minutes(resolution.elapsed)) == (90, 25)
    (retargeted,) = [fact for fact in resolution.facts if fact.kind == "retargeted"]
    assert retargeted.old is not None
    assert retargeted.new is not None
    assert (minutes(retargeted.old.duration), minutes(retargeted.new.duration)) == (48 * HOUR, HOUR)


def test_a_breach_already_recorded_stays_and_is_not_fired_again() -> None:
    ticket = history(
        at(0, received(priority="P1")),
        at(90, e.TicketPrioritised(priority="P2")),
        at(100, e.TicketPrioritised(priority="P1")),
        at(110, resolved()),
    )
    resolution = only("resolution", ticket, DAY)
    assert (resolution.verdict, kinds(resolution).count("breached"), minute(resolution.breached_at)) == (
        "breached",
        1,
        60,
    )


def test_a_shorter_target_that_is_over_already_is_breached_when_it_is_given() -> None:
    ticket = history(at(0, received(priority="P3")), at(90, e.TicketPrioritised(priority="P1")))
    resolution = only("resolution", ticket, 90)
    assert (minute(resolution.breached_at), minute(resolution.due_at)) == (90, 60)


def test_a_pause_exactly_at_the_target_leaves_it_due_then_and_late_once_it_goes_on() -> None:
    ticket = history(at(0, received(priority="P1")), at(60, ON_HOLD), at(100, RESUMED))
    paused, running = only("resolution", ticket, 90), only("resolution", ticket, 101)
    assert (paused.state, minute(paused.due_at), paused.verdict) == ("paused", 60, None)
    assert (running.verdict, minute(running.breached_at), minute(running.due_at)) == ("breached", 100, 60)
    assert minute(only("resolution", ticket, None).late_after) == 100, "as it is stored, without an instant"
