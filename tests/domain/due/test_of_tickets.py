"""What becomes due of a ticket: each with the identity of what makes it due, until it is done."""

import pytest

from domain.due.of_tickets import hold_until
from domain.sla.policy.policy import Policy
from domain.sla.policy.policy_history import always
from domain.ticket import events as e
from domain.ticket.timeline import life_of
from tests.support.due_instances import OFFICE, PLAIN, WITH_HOLIDAYS, due, instances, local, told
from tests.support.events import asked, received, replied, resolved

BEGUN = ("2026-03-02 09:00", received())
HELD = ("2026-03-05 10:00", e.TicketPutOnHold(waiting_for="customer"))


def test_a_customer_who_is_asked_is_reminded_after_open_days_until_the_third_time() -> None:
    assert instances("waiting-for-customer", told(BEGUN, HELD)) == [
        "hold/2/1 @ 2026-03-09 10:00",
        "hold/2/2 @ 2026-03-12 10:00",
        "hold/2/3 @ 2026-03-19 10:00",
    ]


@pytest.mark.parametrize("ends", [e.WorkResumed(), asked(), resolved()])
def test_nobody_is_reminded_who_wrote_or_whose_ticket_waits_no_longer(ends: e.TicketEvent) -> None:
    assert instances("waiting-for-customer", told(BEGUN, HELD, ("2026-03-06 10:00", ends))) == []


def test_another_wait_has_reminders_of_its_own() -> None:
    history = told(BEGUN, HELD, ("2026-03-06 10:00", e.WorkResumed()), ("2026-03-09 10:00", HELD[1]))
    assert instances("waiting-for-customer", history, open_days=2) == ["hold/4/1 @ 2026-03-11 10:00"]


def test_open_days_leave_out_tet() -> None:
    history = told(("2026-02-10 09:00", received()), ("2026-02-13 10:00", HELD[1]))
    assert instances("waiting-for-customer", history, WITH_HOLIDAYS, open_days=2) == ["hold/2/1 @ 2026-02-24 10:00"]
    assert instances("waiting-for-customer", history, PLAIN, open_days=2) == ["hold/2/1 @ 2026-02-17 10:00"]


def test_a_wait_inside_is_told_of_daily_and_not_for_ever() -> None:
    history = told(BEGUN, ("2026-03-05 10:00", e.TicketPutOnHold(waiting_for="third_party")))
    reminders = instances("waiting-inside", history, times=3)
    assert reminders == ["hold/2/1 @ 2026-03-06 10:00", "hold/2/2 @ 2026-03-09 10:00", "hold/2/3 @ 2026-03-10 10:00"]
    assert len(instances("waiting-inside", history)) == 20
    assert {reminder.placeholders["since"] for reminder in due("waiting-inside", history)} == {"10:00 05/03/2026"}
    assert instances("waiting-for-customer", history) == []


def test_a_rating_is_asked_for_twice_and_never_after_a_week() -> None:
    history = told(BEGUN, ("2026-03-03 09:30", resolved()))
    assert instances("csat-missing", history) == [
        "resolution/2/1 @ 2026-03-04 09:30",
        "resolution/2/2 @ 2026-03-06 09:30",
    ]
    assert instances("csat-missing", history, after=["24h", "8d"]) == ["resolution/2/1 @ 2026-03-04 09:30"]


def test_a_rating_or_a_reopening_ends_the_requests_and_a_new_resolution_has_its_own() -> None:
    done = ("2026-03-03 09:30", resolved())
    assert instances("csat-missing", told(BEGUN, done, ("2026-03-03 12:00", e.SatisfactionRated(score=5)))) == []
    reopened = told(BEGUN, done, ("2026-03-03 12:00", e.TicketReopened()))
    assert instances("csat-missing", reopened) == []
    again = told(BEGUN, done, ("2026-03-03 12:00", e.TicketReopened()), ("2026-03-05 10:00", resolved()))
    assert instances("csat-missing", again, after="24h") == ["resolution/4/1 @ 2026-03-06 10:00"]


def test_a_closed_ticket_is_still_asked_for_a_rating_and_is_closed_once() -> None:
    closed = told(BEGUN, ("2026-03-03 09:30", resolved()), ("2026-03-03 10:00", e.TicketClosed(closed_by="agent")))
    assert instances("csat-missing", closed, after="24h") == ["resolution/2/1 @ 2026-03-04 09:30"]
    assert instances("resolved-for", closed, after="3d") == []
    assert instances("resolved-for", closed[:2], after="3d") == ["resolution/2 @ 2026-03-06 09:30"]
    assert instances("resolved-for", closed[:2], open_days=4) == ["resolution/2 @ 2026-03-09 09:30"]


def promised(day: str) -> tuple[str, e.CallbackPromised]:
    return "2026-03-02 10:00", e.CallbackPromised(at=local(f"{day} 14:00"))


def test_a_promise_is_told_of_before_it_and_at_it_until_it_is_kept() -> None:
    both = (BEGUN, promised("2026-03-03"), promised("2026-03-04"))
    kept = ("2026-03-03 14:10", e.CallbackKept(promise=2))
    withdrawn = ("2026-03-03 15:00", e.CallbackWithdrawn(promise=3))
    assert instances("call-back", told(*both))[:3] == [
        "promise/2/1 @ 2026-03-03 13:45",
        "promise/2/2 @ 2026-03-03 14:00",
        "promise/3/1 @ 2026-03-04 13:45",
    ]
    assert instances("call-back", told(*both, kept), before="0m") == ["promise/3/1 @ 2026-03-04 14:00"]
    assert instances("call-back", told(*both, kept, withdrawn)) == []


def test_a_reply_is_due_at_three_quarters_and_at_the_whole_of_the_open_time() -> None:
    policy = Policy.model_validate(
        {"name": "p", "rules": [{"next_response": {"duration": "4h", "calendar": "Office"}, "resolution": "10d"}]}
    )
    context = PLAIN.__class__(policy_history=always(policy, [OFFICE]))
    history = told(BEGUN, ("2026-03-02 09:10", replied()), ("2026-03-02 15:00", asked()))
    assert instances("reply-due", history, context) == [
        "next_response/3/0.75 @ 2026-03-03 09:00",
        "next_response/3/1 @ 2026-03-03 10:00",
    ]
    assert instances("reply-due", [*history, *told(("2026-03-03 08:30", replied()))], context) == []


def test_a_hold_until_an_instant_ends_then() -> None:
    assert hold_until(life_of(told(BEGUN, HELD))) is None
    until = e.TicketPutOnHold(waiting_for="internal", until=local("2026-03-09 08:00"))
    end = hold_until(life_of(told(BEGUN, ("2026-03-05 10:00", until))))
    assert end is not None
    assert (end.identity, end.due_at) == ("hold/2", local("2026-03-09 08:00"))


def test_a_promise_ends_with_the_ticket() -> None:
    promised = BEGUN, ("2026-03-02 10:00", e.CallbackPromised(at=local("2026-03-02 15:00")))
    ended = ("2026-03-02 11:00", resolved())
    assert len(instances("call-back", told(*promised))) == 2
    assert instances("call-back", told(*promised, ended)) == []


def test_no_rating_is_asked_for_after_a_week_however_late_it_is_noticed() -> None:
    resolved_then = ("2026-03-02 11:00", resolved())
    ends = {each.not_after for each in due("csat-missing", told(BEGUN, resolved_then))}
    assert ends == {local("2026-03-09 11:00")}
