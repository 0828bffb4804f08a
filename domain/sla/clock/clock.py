"""The SLA clock: a pure function of a ticket's events, the policy and calendar versions, and an instant."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import merge

from domain.envelope import RecordedEvent
from domain.sla.calendar.interval_index import covered
from domain.sla.clock.facts import Cause
from domain.sla.clock.target_clock import TargetClock
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.clock.tiers import TierChange
from domain.sla.policy.policy import TargetName
from domain.sla.policy.policy_history import BoundTarget, PolicyHistory, SelectablePolicy, SelectionAttributes
from domain.ticket import events as e
from domain.ticket.state import Ticket
from domain.ticket.timeline import LifeStep, is_answer_by_a_person, is_by_a_bot, life_of, thanks_in


def clocks(
    history: Sequence[RecordedEvent],
    policy_history: PolicyHistory,
    at: datetime | None = None,
    tiers: Sequence[TierChange] = (),
) -> list[TargetInstance]:
    """Every target instance of one ticket, in the order of activation.

    ``history``: the ticket's events. They count in world order, by (occurred_at, version), so a late fact leads to what
    it would have led to in time. ``at``: nothing after this instant is seen; None: all that is known, without what time
    alone will bring. ``tiers``: those of the ticket's customer. Total: any history has clocks, also one that the rules
    refuse. Calendars cover the years 1970 to 2099; an instant outside counts as the nearest one inside. Raises KeyError
    for a target on an unknown calendar.

    - first_response: from the receipt to the first public reply by a person. Notes and automated replies do not end it.
      A resolution (or a closing) by a person without a reply does: it is the first answer that the customer gets. One
      by a bot does not; the clock runs on, also while the ticket is resolved.
    - next_response: from the oldest unanswered customer message to a public reply, or a resolution (or a closing), by a
      person. A message to a ticket that is not open counts from the reopening on. One that only says thanks waits for
      no answer.
    - periodic_update: from each public reply by a person to the next. A resolution by a person ends the last one as an
      update; one by a bot cancels it until the ticket is reopened.
    - resolution: from the receipt until resolved, or until closed where the policy says so, less pauses.
    - Reopening concerns the resolution alone; the others stay fulfilled. Where the same clock goes on, the time between
      resolved and reopened does not count, even if the clock ran on until the ticket would be closed. What was
      cancelled with the ticket (cancelled or merged) goes on when that is taken back, the time between not counted.
    - A change of priority, category or tier gives every instance that has not ended the target of the rule that matches
      now, in the versions of its activation: elapsed time counts anew on the new calendar, from the same origin, less
      the same pauses. Where that rule has no such target the instance is cancelled until a rule has one again.
    - SLA warnings and breaches in the history record what this function answers; it does not read them.
    """
    if at is not None:
        history = [event for event in history if event.envelope.occurred_at <= at]
        tiers = [change for change in tiers if change.at <= at]
    return clocks_along(life_of(history), policy_history, at, tiers)


def clocks_along(
    steps: Sequence[LifeStep],
    policy_history: PolicyHistory,
    at: datetime | None = None,
    tiers: Sequence[TierChange] = (),
) -> list[TargetInstance]:
    """`clocks` along steps that are known already (`StreamTimeline.steps`); none of steps and tiers is after ``at``."""
    if not steps:
        return []
    walk = _Walk(policy_history, steps[0].event.payload.channel, thanks_in(steps))
    moments: Iterable[LifeStep | TierChange] = steps
    if tiers:
        moments = merge(steps, sorted(tiers, key=_in_world_order), key=_in_world_order)
    for moment in moments:
        if isinstance(moment, LifeStep):
            walk.step(moment)
        else:
            walk.change_tier(moment)
    return walk.instances(None if at is None else covered(at))


def _in_world_order(moment: LifeStep | TierChange) -> tuple[datetime, int]:
    return moment.at, moment.event.position if isinstance(moment, LifeStep) else moment.cause.position


def _cause(event: RecordedEvent) -> Cause:
    return Cause(event.topic, event.position)


class _Walk:
    """The walk along one ticket's steps, which drives its clocks."""

    def __init__(self, policy_history: PolicyHistory, channel: str, thanks: frozenset[int]) -> None:
        self._policy_history = policy_history
        self._thanks = thanks
        self._ticket = Ticket()
        self._attributes = SelectionAttributes(channel=channel)
        self._clocks: list[TargetClock] = []
        self._latest: dict[TargetName, TargetClock] = {}
        self._cancelled: list[TargetClock] = []
        self._unanswered: RecordedEvent | None = None

    def step(self, step: LifeStep) -> None:
        instant, event, before, after, crossing = step
        self._ticket = after
        selects = after.priority != before.priority or after.category != before.category
        closes = after.state != before.state and not after.is_open
        asks = type(event.payload) is e.MessageReceived and event.version not in self._thanks
        answers = is_answer_by_a_person(event)
        waits = after.waiting_for != before.waiting_for
        if not (selects or closes or crossing or asks or answers or waits):
            return
        at, cause = covered(instant), Cause(event.topic, event.position)
        if selects:
            self._select(self._attributes._replace(priority=after.priority, category=after.category), at, cause)
        if before.state == "none":
            self._start("first_response", at, event, cause)
            self._start("resolution", at, event, cause)
        if closes:
            self._close(step, at, cause)
        elif crossing is not None and before.state != "none":
            self._take_out_resolved(at, cause)
            self._restore(at, cause)
            self._reopen(at, event, cause)
        if asks:
            self._ask(at, event)
        elif answers:
            self._answer(at, event, cause)
        if waits:
            for clock in self._alive():
                clock.wait(after.waiting_for, at, cause)

    def change_tier(self, change: TierChange) -> None:
        self._select(self._attributes._replace(customer_tier=change.tier), covered(change.at), change.cause)

    def instances(self, at: int | None) -> list[TargetInstance]:
        number: defaultdict[TargetName, int] = defaultdict(int)
        instances: list[TargetInstance] = []
        for clock in self._clocks:
            instance = clock.instance(number[clock.target] + 1, self._ticket, at)
            if instance is not None:
                number[clock.target] = instance.number
                instances.append(instance)
        return sorted(instances, key=lambda instance: instance.facts[0].at)

    def _alive(self) -> list[TargetClock]:
        return [clock for clock in self._latest.values() if clock.is_alive]

    def _select(self, attributes: SelectionAttributes, at: int, cause: Cause) -> None:
        self._attributes = attributes
        for clock in self._alive():
            self._retarget(clock, at, cause)

    def _start(self, target: TargetName, at: int, event: RecordedEvent, cause: Cause) -> None:
        """Begins a clock if the policy has the target. An event identifies its instance, so it begins only one."""
        policy = self._policy_history.policy(at, event.position)
        if policy is not None and target in policy.names:
            bound = self._bound(policy, target, at, event.position)
            clock = self._latest[target] = TargetClock(target, policy, at, event.version, cause, bound)
            self._clocks.append(clock)
            clock.wait(self._ticket.waiting_for, at, cause)

    def _retarget(self, clock: TargetClock, at: int, cause: Cause) -> None:
        clock.retarget(self._bound(clock.policy, clock.target, clock.origin, clock.position), at, cause)
        clock.wait(self._ticket.waiting_for, at, cause)

    def _bound(self, policy: SelectablePolicy, name: TargetName, at: int, position: int) -> BoundTarget | None:
        target = policy.target(name, self._attributes)
        return None if target is None else self._policy_history.bind(target, at, position)

    def _close(self, step: LifeStep, at: int, cause: Cause) -> None:
        state, undone = step.after.state, type(step.event.payload) is e.MergeUndone
        if undone:
            self._restore(at, cause)
        answers = not undone and not is_by_a_bot(step.event)
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
            self._retarget(clock, at, cause)
        self._cancelled.clear()

    def _take_out_resolved(self, at: int, cause: Cause) -> None:
        resolution = self._latest.get("resolution")
        if resolution is not None and resolution.policy.continues:
            resolution.take_out_resolved(at, cause)

    def _reopen(self, at: int, event: RecordedEvent, cause: Cause) -> None:
        resolution = self._latest.get("resolution")
        if resolution is not None and resolution.is_fulfilled:
            if resolution.policy.continues:
                resolution.go_on(at, cause)
                self._retarget(resolution, at, cause)
            else:
                self._start("resolution", at, event, cause)
        if self._unanswered is not None:
            self._ask(at, self._unanswered)
            self._unanswered = None

    def _ask(self, at: int, message: RecordedEvent) -> None:
        if not self._ticket.is_open:
            self._unanswered = self._unanswered or message
            return
        waiting = self._latest.get("next_response")
        if waiting is None or not waiting.is_alive:
            self._start("next_response", at, message, _cause(message))

    def _answer(self, at: int, reply: RecordedEvent, cause: Cause) -> None:
        self._unanswered = None
        for target, clock in self._latest.items():
            if target != "resolution":
                clock.end("fulfilled", at, cause, self._ticket)
        if self._ticket.is_open:
            self._start("periodic_update", at, reply, cause)
