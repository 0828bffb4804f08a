"""The SLA clock: a pure function of a ticket's events, the policy and calendar versions, and the instant asked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import merge
from typing import NamedTuple

from domain.customer.events import CustomerRegistered, TierChanged
from domain.envelope import RecordedEvent
from domain.sla.calendar.interval_index import EARLIEST, LATEST
from domain.sla.calendar.microseconds import to_microseconds
from domain.sla.clock.target_clock import TargetClock
from domain.sla.clock.target_instance import Cause, TargetInstance
from domain.sla.policy.policy import TargetName
from domain.sla.policy.policy_history import PolicyHistory, SelectionAttributes
from domain.ticket import events as e
from domain.ticket.state import Ticket
from domain.ticket.timeline import LifeStep, is_answer_by_a_person, is_by_a_bot, life_of


class TierChange(NamedTuple):
    """The tier that the ticket's customer has from an instant on."""

    at: datetime
    cause: Cause
    tier: str


def clocks(
    history: Sequence[RecordedEvent],
    rulebook: PolicyHistory,
    at: datetime | None = None,
    tiers: Sequence[TierChange] = (),
) -> list[TargetInstance]:
    """Every target instance of one ticket, in the order they were activated.

    ``history`` are the ticket's events. They count in the order of the world, by (occurred_at, version), so that facts
    that came late lead to what they would have led to in time. ``at``: the instant asked, after which nothing is seen;
    None for all that is known, without what time alone will bring. ``tiers``: those of the ticket's customer. Total:
    any history has clocks, also one that our rules would have refused. An instant outside the years 1970 to 2099, which
    calendars cover, counts as the nearest inside. Raises KeyError for a target on a calendar that nobody defined.

    - first_response: from the receipt until the first public reply by a person. Notes and automated replies do not end
      it. A resolution (or a closing) by a person without a reply does: it is the first answer the customer gets. One by
      a bot does not; the clock runs on, while the ticket is resolved too.
    - next_response: from the oldest unanswered customer message until a public reply by a person, or a resolution (or a
      closing) by a person. A message to a ticket that is not open counts from the reopening on.
    - periodic_update: from each public reply by a person to the next; a resolution by a person ends the last one as an
      update, one by a bot cancels it until the ticket is reopened.
    - resolution: from the receipt until resolved, or until closed where the policy says so, less pauses.
    - Reopening concerns the resolution alone; the others stay fulfilled. Where the same clock goes on, the time between
      resolved and reopened does not count, also when the clock ran on meanwhile until the ticket would be closed. What
      was cancelled because the ticket was cancelled or merged goes on when that is taken back, the time between not
      counted.
    - A change of priority, category or tier gives every instance that has not ended the target of the rule that now
      matches, in the versions of its activation: elapsed time is counted anew on the new calendar, from the same
      origin, less the same pauses. Where that rule has no such target it is cancelled, until one has it again.
    - The SLA warnings and breaches recorded in the history announce what this function says; it does not read them.
    """
    if at is not None:
        history = [event for event in history if event.envelope.occurred_at <= at]
        tiers = [change for change in tiers if change.at <= at]
    life = life_of(history)
    if not life:
        return []
    walk = _Walk(rulebook, life[0].event.payload.channel)
    moments: Iterable[LifeStep | TierChange] = life
    if tiers:
        moments = merge(life, sorted(tiers, key=_in_world_order), key=_in_world_order)
    for moment in moments:
        if isinstance(moment, LifeStep):
            walk.step(moment)
        else:
            walk.change_tier(moment)
    return walk.instances(None if at is None else _instant(at))


def tiers_of(customer: Iterable[RecordedEvent]) -> list[TierChange]:
    """The tiers that a customer's history tells."""
    return [
        TierChange(event.envelope.occurred_at, Cause(event.topic, event.position), event.payload.tier)
        for event in customer
        if isinstance(event.payload, CustomerRegistered | TierChanged)
    ]


def _in_world_order(moment: LifeStep | TierChange) -> tuple[datetime, int]:
    return moment.at, moment.event.position if isinstance(moment, LifeStep) else moment.cause.position


def _cause(event: RecordedEvent) -> Cause:
    return Cause(event.topic, event.position)


def _instant(at: datetime) -> int:
    return min(max(to_microseconds(at), EARLIEST), LATEST)


class _Walk:
    """One ticket's clocks while its life passes by."""

    def __init__(self, rulebook: PolicyHistory, channel: str) -> None:
        self._rulebook = rulebook
        self._ticket = Ticket()
        self._traits = SelectionAttributes(channel=channel)
        self._clocks: list[TargetClock] = []
        self._latest: dict[TargetName, TargetClock] = {}
        self._cancelled: list[TargetClock] = []
        self._unanswered: RecordedEvent | None = None

    def step(self, step: LifeStep) -> None:
        at, before, after = _instant(step.at), step.before, step.after
        cause = _cause(step.event)
        self._ticket = after
        if (after.priority, after.category) != (before.priority, before.category):
            self._select(self._traits._replace(priority=after.priority, category=after.category), at, cause)
        if before.state == "none":
            self._start("first_response", at, step.event)
            self._start("resolution", at, step.event)
        if after.state != before.state:
            self._change_state(step, at, cause)
        if type(step.event.payload) is e.MessageReceived:
            self._ask(at, step.event)
        elif is_answer_by_a_person(step.event):
            self._answer(at, step.event)
        if after.waiting_for != before.waiting_for:
            for clock in self._alive():
                clock.wait(after.waiting_for, at, cause)

    def change_tier(self, change: TierChange) -> None:
        self._select(self._traits._replace(customer_tier=change.tier), _instant(change.at), change.cause)

    def instances(self, at: int | None) -> list[TargetInstance]:
        number: defaultdict[TargetName, int] = defaultdict(int)
        found: list[TargetInstance] = []
        for clock in self._clocks:
            instance = clock.instance(number[clock.target] + 1, self._ticket, at)
            if instance is not None:
                number[clock.target] = instance.number
                found.append(instance)
        return sorted(found, key=lambda instance: instance.facts[0].at)

    def _alive(self) -> list[TargetClock]:
        return [clock for clock in self._latest.values() if clock.is_alive]

    def _select(self, traits: SelectionAttributes, at: int, cause: Cause) -> None:
        self._traits = traits
        for clock in self._alive():
            self._promise(clock, at, cause)

    def _start(self, target: TargetName, at: int, event: RecordedEvent) -> None:
        """No event activates two instances of one target: it is what the instance is known by."""
        edition = self._rulebook.edition(at, event.position)
        if edition is not None and target in edition.names:
            clock = self._latest[target] = TargetClock(target, edition, at, event)
            self._clocks.append(clock)
            self._promise(clock, at, _cause(event))

    def _promise(self, clock: TargetClock, at: int, cause: Cause) -> None:
        target = clock.edition.target(clock.target, self._traits)
        promise = None if target is None else self._rulebook.promise(target, clock.origin, clock.position)
        clock.promise_is(promise, at, cause)
        clock.wait(self._ticket.waiting_for, at, cause)

    def _change_state(self, step: LifeStep, at: int, cause: Cause) -> None:
        before = step.before
        if not step.after.is_open:
            if type(step.event.payload) is e.MergeUndone:
                self._restore(at, cause)
            self._end(step, at, cause)
        elif not before.is_open and before.state != "none":
            self._leave_out_resolved(at, cause)
            self._restore(at, cause)
            self._reopen(at, step.event)

    def _end(self, step: LifeStep, at: int, cause: Cause) -> None:
        state = step.after.state
        answers = not is_by_a_bot(step.event) and type(step.event.payload) is not e.MergeUndone
        for clock in self._alive():
            answered = answers or clock.target == "resolution"
            if state in {"merged", "cancelled"} or (not answered and clock.target == "periodic_update"):
                clock.end("cancelled", at, cause, self._ticket)
                self._cancelled.append(clock)
            elif not answered:
                clock.run_on(at, cause)
            elif state == "closed" or not clock.until_closed:
                clock.end("fulfilled", at, cause, self._ticket)
            else:
                clock.resolve(at)

    def _restore(self, at: int, cause: Cause) -> None:
        for clock in self._cancelled:
            clock.go_on(at, cause)
            self._promise(clock, at, cause)
        self._cancelled.clear()

    def _leave_out_resolved(self, at: int, cause: Cause) -> None:
        resolution = self._latest.get("resolution")
        if resolution is not None and resolution.edition.continues:
            resolution.leave_out_resolved(at, cause)

    def _reopen(self, at: int, event: RecordedEvent) -> None:
        resolution = self._latest.get("resolution")
        if resolution is not None and resolution.is_fulfilled:
            if resolution.edition.continues:
                resolution.go_on(at, _cause(event))
                self._promise(resolution, at, _cause(event))
            else:
                self._start("resolution", at, event)
        if self._unanswered is not None:
            self._ask(at, self._unanswered)
            self._unanswered = None

    def _ask(self, at: int, message: RecordedEvent) -> None:
        if not self._ticket.is_open:
            self._unanswered = self._unanswered or message
            return
        waiting = self._latest.get("next_response")
        if waiting is None or not waiting.is_alive:
            self._start("next_response", at, message)

    def _answer(self, at: int, reply: RecordedEvent) -> None:
        self._unanswered = None
        for target, clock in self._latest.items():
            if target != "resolution":
                clock.end("fulfilled", at, _cause(reply), self._ticket)
        if self._ticket.is_open:
            self._start("periodic_update", at, reply)
