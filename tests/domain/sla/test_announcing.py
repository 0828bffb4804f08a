"""What is to be announced is what the SLA clock says, from the instant on at which it says so."""

from datetime import timedelta

from hypothesis import given, settings

from domain.envelope import RecordedEvent
from domain.sla import events as sla_events
from domain.sla.alerts import Alerted, due_alerts, next_alert, recorded_alerts
from domain.sla.calendar.microseconds import from_microseconds, to_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.events import BREACH
from domain.sla.policy.policy import DEFAULT_POLICY, Policy
from domain.ticket import events as e
from tests.support.drawn_clocks import policies, policy_history, short_histories
from tests.support.events import SYSTEM, at, history, instant, received, replied, resolved
from tests.support.examples import examples

NOTHING: Alerted = frozenset()
WARNING = Policy.model_validate({"name": "Warning", "rules": [{"resolution": {"duration": "60m", "warn_at": [0.5]}}]})
TICKET = history(at(0, received(priority="P1")))


def announced_at(minute: float, policy: Policy = WARNING, ticket: list[RecordedEvent] = TICKET) -> set[float]:
    """The fractions to announce of the ticket's resolution, so many minutes after START."""
    recorded = recorded_alerts(ticket)
    return {
        due.fraction
        for instance in clocks(ticket, policy_history(policy), instant(minute))
        for due in due_alerts(instance, recorded)
        if due.target == "resolution"
    }


def next_at(policy: Policy, ticket: list[RecordedEvent]) -> float | None:
    """Minutes after START."""
    (resolution,) = [instance for instance in clocks(ticket, policy_history(policy)) if instance.target == "resolution"]
    due_at = next_alert(resolution, recorded_alerts(ticket))
    return None if due_at is None else (from_microseconds(due_at) - instant(0)) / timedelta(minutes=1)


def test_a_warning_is_announced_from_its_instant_on() -> None:
    assert announced_at(29.999) == set()
    assert announced_at(30) == {0.5}


def test_a_breach_is_not_announced_at_the_deadline_but_right_after_it() -> None:
    assert announced_at(60) == {0.5}
    assert announced_at(60 + 1 / 60_000_000) == {0.5, BREACH}


def test_what_the_history_announces_is_not_announced_again() -> None:
    warned = sla_events.SlaWarned(
        target="resolution", instance=1, activated_by=1, fraction=0.5, reached_at=instant(30), due_at=instant(60)
    )
    breached = sla_events.SlaBreached(target="resolution", instance=1, activated_by=1, due_at=instant(60))
    ticket = history(at(0, received()), at(30, warned, SYSTEM))
    assert announced_at(90, ticket=ticket) == {BREACH}
    assert next_at(WARNING, ticket) == 60
    ticket = history(at(0, received()), at(30, warned, SYSTEM), at(60, breached, SYSTEM))
    assert announced_at(90, ticket=ticket) == set()
    assert next_at(WARNING, ticket) is None


def test_a_warning_before_the_deadline_is_one_announcement_whatever_share_of_the_target_it_is() -> None:
    """Half an hour before an hour's end is its half; of four hours, which it becomes, it is another share."""
    quick = {"priority": "P1", "resolution": {"duration": "60m", "warn_at": ["30m before"]}}
    slow = {"resolution": {"duration": "4h", "warn_at": ["30m before", 0.5]}}
    rules = policy_history(Policy.model_validate({"name": "Two", "rules": [quick, slow]}))
    ticket = (at(0, received(priority="P1")), at(40, e.TicketPrioritised(priority="P3")))
    (resolution,) = clocks(history(*ticket), rules, instant(220))
    warned = [(alert.fraction, alert.before, from_microseconds(alert.at)) for alert in due_alerts(resolution, NOTHING)]
    assert warned == [(0.5, 1_800, instant(30)), (0.5, None, instant(120))], "each point once"
    half, end = instant(30), instant(60)
    event = sla_events.SlaWarned(
        target="resolution", instance=1, activated_by=1, fraction=0.5, before=1_800, reached_at=half, due_at=end
    )
    known = recorded_alerts(history(*ticket, at(41, event, SYSTEM)))
    assert [alert.before for alert in due_alerts(resolution, known)] == [None]
    other = recorded_alerts(history(*ticket, at(41, event.model_copy(update={"before": None}), SYSTEM)))
    assert [alert.before for alert in due_alerts(resolution, other)] == [1_800], "a share is another point"


def test_an_announcement_of_one_instance_says_nothing_of_the_next() -> None:
    new_cycle = Policy.model_validate({"name": "New", "reopen": "new_cycle", "rules": [{"resolution": "60m"}]})
    ticket = history(
        at(0, received()),
        at(60, sla_events.SlaBreached(target="resolution", instance=1, activated_by=1, due_at=instant(60)), SYSTEM),
        at(70, resolved()),
        at(80, e.TicketReopened()),
    )
    recorded = recorded_alerts(ticket)
    due = [
        due
        for instance in clocks(ticket, policy_history(new_cycle), instant(200))
        for due in due_alerts(instance, recorded)
    ]
    assert [(alert.number, alert.fraction, from_microseconds(alert.at)) for alert in due] == [(2, BREACH, instant(140))]


def test_a_paused_clock_has_no_next_announcement_and_a_resumed_one_a_later_one() -> None:
    paused = history(at(0, received(priority="P1")), at(20, e.TicketPutOnHold(waiting_for="customer")))
    assert next_at(DEFAULT_POLICY, paused) is None
    resumed = history(
        at(0, received(priority="P1")), at(20, e.TicketPutOnHold(waiting_for="customer")), at(50, e.WorkResumed())
    )
    assert next_at(DEFAULT_POLICY, resumed) == 90


def test_a_late_end_is_announced_with_the_instant_of_the_breach() -> None:
    ticket = history(at(0, received(priority="P1")), at(40, replied()), at(90, resolved()))
    due = [due for instance in clocks(ticket, policy_history(DEFAULT_POLICY)) for due in due_alerts(instance, NOTHING)]
    assert [(alert.target, from_microseconds(alert.at)) for alert in due] == [
        ("first_response", instant(15)),
        ("resolution", instant(60)),
    ]
    assert all(alert.at == alert.due_at for alert in due)


def test_what_is_announced_late_names_the_deadline_that_was_passed_not_that_of_a_target_swapped_since() -> None:
    """A P1 of 60 minutes, warned of at 30, becomes a P3 of 48 hours after 90 minutes and waits; the watch was off."""
    quick = {"priority": "P1", "resolution": {"duration": "60m", "warn_at": [0.5], "pauses": ["customer"]}}
    rules = Policy.model_validate({"name": "Two", "rules": [quick, {"resolution": "48h"}]})
    ticket = history(at(0, received(priority="P1")), at(90, e.TicketPrioritised(priority="P3")))
    waiting = history(at(0, received(priority="P1")), at(45, e.TicketPutOnHold(waiting_for="customer")))
    for events, expected in ((ticket, [(0.5, 60), (BREACH, 60)]), (waiting, [(0.5, 60)])):
        (resolution,) = clocks(events, policy_history(rules), instant(200))
        due = [(alert.fraction, from_microseconds(alert.due_at)) for alert in due_alerts(resolution, NOTHING)]
        assert due == [(fraction, instant(minute)) for fraction, minute in expected]


def test_a_target_used_up_when_paused_is_breached_by_the_next_opening_after_it_goes_on() -> None:
    """The desk is open from 08:50 to 09:00 and from 09:20; what was used up by 08:40 goes on at 09:05."""
    target = {"duration": "30m", "calendar": "desk", "pauses": ["customer"]}
    on_desk = Policy.model_validate({"name": "Desk", "rules": [{"resolution": target}]})
    ticket = history(
        at(0, received()),
        at(1, e.TicketAssigned(team="billing", agent=None)),
        at(42, e.TicketPutOnHold(waiting_for="customer")),
        at(65, e.WorkResumed()),
    )
    assert next_at(on_desk, ticket) == 80
    assert announced_at(80, on_desk, ticket) == set()
    assert announced_at(81, on_desk, ticket) == {BREACH}


@settings(max_examples=examples(150))
@given(short_histories(), policies())
def test_the_next_announcement_is_the_first_one_that_time_brings(events: list[RecordedEvent], policy: Policy) -> None:
    """Asked right after that instant the clock says something to announce, and nothing of the instance before it."""
    rules = policy_history(policy)
    last = to_microseconds(max(event.occurred_at for event in events))

    def first_to_announce(known: TargetInstance, at_instant: int) -> int | None:
        seen = clocks(events, rules, from_microseconds(at_instant))
        (same,) = [alert for alert in seen if (alert.target, alert.number) == (known.target, known.number)]
        return min((due.at for due in due_alerts(same, NOTHING)), default=None)

    for known in clocks(events, rules):
        foreseen = next_alert(known, NOTHING)
        assert first_to_announce(known, max(last, foreseen or last) + 1) == foreseen
        if foreseen is not None and foreseen > last:
            assert first_to_announce(known, foreseen - 1) is None
