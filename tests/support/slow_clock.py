"""The SLA clock in a slow and simple form, which steps through every minute of a ticket's life.

An instance remembers each minute in which it ran. How much has elapsed is asked anew every time: those of its minutes
in which its calendar is open. All events and targets are in whole minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import AROUND_THE_CLOCK, CalendarDefinition
from domain.sla.events import Before
from domain.sla.policy.policy import Policy, Rule, Target
from domain.ticket import events as e
from domain.ticket.state import Ticket, evolve
from tests.support import slow_calendar
from tests.support.plain_ticket import plain_thanks

MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=3)
UNENDED = {"running", "paused"}


@dataclass
class Instance:
    """``activated_by``: a version; ``facts``: (kind, at); ``ran``: the beginnings of the minutes in which it ran."""

    target: str
    activated_by: int
    promised: Target | None = None
    last_promised: Target | None = None
    state: str = "running"
    state_at_end: str = ""
    ran: list[datetime] = field(default_factory=list)
    paused: int = 0
    facts: list[tuple[str, datetime]] = field(default_factory=list)
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    elapsed: int = 0
    due_at: datetime | None = None
    cancelled_with_ticket: bool = False
    resolved_at: datetime | None = None
    unpromised_at: datetime | None = None
    paused_when_unpromised: bool = False


class SlowClock:
    """One ticket under one policy, from its receipt to ``until``."""

    def __init__(
        self, history: Sequence[RecordedEvent], policy: Policy, calendar: CalendarDefinition, until: datetime
    ) -> None:
        receipt = next(event for event in history if isinstance(event.payload, e.TicketReceived))
        self.received_at = receipt.envelope.occurred_at
        self.channel = receipt.payload.channel
        self.policy = policy
        self.open = slow_calendar.open_minutes(calendar, self.received_at, until + LONGEST)
        self.ticket = Ticket()
        self.instances: list[Instance] = []
        self.unanswered: RecordedEvent | None = None
        self.thanks = plain_thanks(history)
        others = [event for event in history if event is not receipt]
        events = [receipt, *sorted(others, key=lambda event: (event.envelope.occurred_at, event.version))]
        now = self.received_at
        while now <= until:
            while events and max(events[0].envelope.occurred_at, self.received_at) == now:
                self.happens(events.pop(0), now)
            if now < until:
                self.pass_minute(now)
            now += MINUTE
        for instance in self.instances:
            self.close_books(instance, until)
        promised = [instance for instance in self.instances if instance.facts]
        self.instances = sorted(promised, key=lambda instance: instance.facts[0][1])

    def latest(self, target: str) -> Instance | None:
        return next((instance for instance in reversed(self.instances) if instance.target == target), None)

    def unended(self) -> list[Instance]:
        return [instance for instance in self.instances if instance.state in UNENDED]

    def count(self, instance: Instance, promised: Target) -> int:
        always = promised.calendar == AROUND_THE_CLOCK.name
        return len([minute for minute in instance.ran if always or minute in self.open])

    def pass_minute(self, now: datetime) -> None:
        for instance in self.unended():
            if instance.state == "paused":
                instance.paused += 1
                continue
            instance.ran.append(now)
            if instance.promised is not None:
                elapsed = self.count(instance, instance.promised)
                self.warn(instance, instance.promised, elapsed, now + MINUTE)
                self.breach(instance, instance.promised, elapsed, now)

    def warn(self, instance: Instance, promised: Target, elapsed: int, at: datetime) -> None:
        for point in promised.warn_at:
            used = promised.duration - point.seconds if isinstance(point, Before) else point * promised.duration
            kind = f"warned {point}"
            if elapsed >= used / 60 and kind not in [kind for kind, _ in instance.facts]:
                instance.facts.append((kind, at))

    def breach(self, instance: Instance, promised: Target, elapsed: int, at: datetime) -> None:
        if elapsed > promised.duration / 60 and instance.breached_at is None:
            instance.breached_at = at
            instance.facts.append(("breached", at))

    def happens(self, event: RecordedEvent, now: datetime) -> None:
        payload, before = event.payload, self.ticket
        self.ticket = after = evolve(before, payload, now)
        for instance in self.unended():
            self.select(instance, now)
        if before.state == "none":
            self.begin("first_response", now, event)
            self.begin("resolution", now, event)
        if after.is_open and before.state != "none" and not before.is_open:
            self.leave_out_resolved(now)
            self.come_back(now)
            self.reopen(now, event)
        if isinstance(payload, e.MergeUndone) and after.state != before.state:  # no rule resolves a merged ticket
            self.come_back(now)
        by = event.envelope.actor
        bot = by.kind == "system" and not by.on_behalf_of
        if after.state != before.state and not after.is_open:
            self.leave(after.state, now, answers=not bot and not isinstance(payload, e.MergeUndone))
        if isinstance(payload, e.MessageReceived) and event.version not in self.thanks:
            self.ask(now, event)
        if isinstance(payload, e.ReplySent) and not payload.automated and not bot and by.kind != "customer":
            self.answer(now, event)
        for instance in self.unended():
            self.pause_or_resume(instance, now)

    def ask(self, now: datetime, message: RecordedEvent) -> None:
        if not self.ticket.is_open:
            self.unanswered = self.unanswered or message
        elif not any(instance.target == "next_response" for instance in self.unended()):
            self.begin("next_response", now, message)

    def answer(self, now: datetime, reply: RecordedEvent) -> None:
        self.unanswered = None
        for instance in self.unended():
            if instance.target != "resolution":
                self.end(instance, "fulfilled", now)
        if self.ticket.is_open:
            self.begin("periodic_update", now, reply)

    def rule(self) -> Rule:
        of_ticket = (self.ticket.priority, self.ticket.category, self.channel, None)
        for rule in self.policy.rules:
            wanted = (rule.priority, rule.category, rule.channel, rule.customer_tier)
            if all(not values or mine in values for values, mine in zip(wanted, of_ticket, strict=True)):
                return rule
        raise AssertionError("a policy ends with a rule that matches everything")

    def begin(self, target: str, now: datetime, event: RecordedEvent) -> None:
        instance = Instance(target, event.version)
        self.instances.append(instance)
        self.select(instance, now)

    def select(self, instance: Instance, now: datetime) -> None:
        old, new = instance.promised, self.rule().targets.get(instance.target)  # type: ignore[call-overload]  # any word
        instance.promised = new
        instance.last_promised = new or instance.last_promised
        if new == old:
            return
        if new is None:
            instance.facts.append(("cancelled", now))
            instance.unpromised_at, instance.paused_when_unpromised = now, instance.state == "paused"
            return
        kind = "retargeted" if old else "resumed" if instance.facts else "activated"
        instance.facts.append((kind, now))
        elapsed = self.count(instance, new)
        self.warn(instance, new, elapsed, now)
        self.breach(instance, new, elapsed, now)

    def pause_or_resume(self, instance: Instance, now: datetime) -> None:
        pauses = instance.promised is not None and self.ticket.waiting_for in instance.promised.pauses
        state = "paused" if pauses else "running"
        if state != instance.state:
            instance.state = state
            if instance.promised is not None:
                instance.facts.append(("paused" if pauses else "resumed", now))

    def end(self, instance: Instance, state: str, now: datetime) -> None:
        instance.state_at_end, instance.state, instance.ended_at = instance.state, state, now
        if instance.promised is not None:
            instance.facts.append((state, now))

    def take_back_end(self, instance: Instance, now: datetime) -> None:
        instance.state, instance.ended_at = "running", None
        instance.cancelled_with_ticket = False
        if instance.promised is not None:
            instance.facts.append(("resumed", now))
        self.select(instance, now)

    def leave(self, state: str, now: datetime, *, answers: bool) -> None:
        for instance in self.unended():
            by_bot = instance.target != "resolution" and not answers
            if state in {"merged", "cancelled"} or (by_bot and instance.target == "periodic_update"):
                instance.cancelled_with_ticket = True
                self.end(instance, "cancelled", now)
            elif by_bot:
                continue
            elif state == "closed" or instance.last_promised is None or instance.last_promised.until == "resolved":
                self.end(instance, "fulfilled", now)
            else:
                instance.resolved_at = instance.resolved_at or now

    def come_back(self, now: datetime) -> None:
        for instance in self.instances:
            if instance.cancelled_with_ticket:
                self.take_back_end(instance, now)

    def leave_out_resolved(self, now: datetime) -> None:
        resolution = self.latest("resolution")
        if self.policy.reopen == "continue" and resolution is not None and resolution.resolved_at is not None:
            since, resolution.resolved_at = resolution.resolved_at, None
            resolution.ran = [minute for minute in resolution.ran if minute < since]
            if resolution.promised is not None and resolution.state in UNENDED:
                resolution.facts.append(("resumed", now))

    def reopen(self, now: datetime, event: RecordedEvent) -> None:
        resolution = self.latest("resolution")
        if resolution is not None and resolution.state == "fulfilled":
            if self.policy.reopen == "continue":
                self.take_back_end(resolution, now)
            else:
                self.begin("resolution", now, event)
        if self.unanswered is not None:
            self.ask(now, self.unanswered)
            self.unanswered = None

    def close_books(self, instance: Instance, until: datetime) -> None:
        """The elapsed time, and the instant at which the target is exceeded if the clock runs on."""
        promised = instance.last_promised
        if promised is None:
            return
        if instance.promised is None and instance.unpromised_at is not None:
            ended_at: datetime | None = instance.unpromised_at
            instance.ran = [minute for minute in instance.ran if minute < instance.unpromised_at]
            ran_last = not instance.paused_when_unpromised
        else:
            ended_at = instance.ended_at
            ran_last = "running" in (instance.state, instance.state_at_end if instance.ended_at else "")
        instance.elapsed = self.count(instance, promised)
        minutes = list(instance.ran)
        if ran_last:
            start = ended_at or until
            minutes += [start + number * MINUTE for number in range(LONGEST // MINUTE)]
        always = promised.calendar == AROUND_THE_CLOCK.name
        counted = [minute for minute in minutes if always or minute in self.open]
        if len(counted) >= promised.duration // 60:
            instance.due_at = counted[promised.duration // 60 - 1] + MINUTE
