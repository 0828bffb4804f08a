"""Judges whether a rule fires for an event or a due instance, and gives the explanation."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from domain.automation import commands as c
from domain.automation import events as e
from domain.automation.definition import AutomationRule
from domain.automation.effect_targets import Firing
from domain.automation.effects import commands_of
from domain.automation.facts import Facts, Subject
from domain.automation.fields import RuleCondition, actor_value, due_value, event_value
from domain.automation.template_values import values_of
from domain.command_context import MOST_DEPTH, Actor
from domain.due.instance import DueInstance, identity_of
from domain.envelope import RecordedEvent
from domain.local_time import LAST_INSTANT
from domain.predicate import Unmet, Value, first_unmet
from domain.text_folding import fold_name

MOST_FIRINGS = 20
"""A rule is suspended for a subject when it would fire more often than this within an hour."""
HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)

Verdict = Literal["fired", "shadowed", "passed_over", "suspended", "not_fired", "done"]
Why = Literal[
    "stale",
    "missed",
    "stopped",
    "suspended",
    "limit",
    "depth",
    "rate",
    "condition",
    "own_effect",
    "import",
    "disabled",
    "refused",
]


class NamedRule(NamedTuple):
    """A version of a rule, which counts for events behind ``position``. The rule was first published at ``since``."""

    name: str
    version: int
    position: int
    since: datetime
    body: AutomationRule

    @property
    def key(self) -> str:
        """The folded name."""
        return fold_name(self.name)

    @property
    def actor(self) -> Actor:
        """Who gives the commands of the rule."""
        return Actor(id=f"rule:{self.name}"[:200], kind="system")


class Trigger(NamedTuple):
    """The event or the due instance that a rule is judged for."""

    cause: RecordedEvent | None = None
    due: DueInstance | None = None


class Judgement(NamedTuple):
    """``command`` is what is recorded, under ``command_id``; None for nothing. ``then`` are the commands of the rule.

    ``unmet`` is the first condition that failed. ``depth`` is that of the command. ``stops``: no other rule fires for
    the event.
    """

    verdict: Verdict
    why: Why | None = None
    unmet: Unmet | None = None
    command_id: str = ""
    command: c.AutomationCommand | None = None
    then: tuple[c.RuleCommand, ...] = ()
    depth: int = 1
    stops: bool = False


History = Sequence[RecordedEvent]


def judge_rule(rule: NamedRule, trigger: Trigger, history: History, facts: Facts, now: datetime) -> Judgement:
    """Whether a rule fires on the subject with this history, and what is recorded of it.

    The judgement holds for the version that the history ends at: its command is given with that version.
    """
    recorded = Recorded.of(rule, history)
    answer = recorded.answer(rule, trigger, history)
    if answer is not None:
        return Judgement("done", stops=rule.body.stop and answer == "fired")
    if (why := _out_of_question(rule, trigger)) is not None:
        return Judgement("not_fired", why)
    unmet = first_unmet_of(rule.body, trigger, facts)
    if unmet is not None:
        return Judgement("not_fired", "condition", unmet)
    return _recorded_as(rule, trigger, history, facts, now, recorded)


class Recorded(NamedTuple):
    """What the history of a subject holds of a rule."""

    events: Sequence[tuple[RecordedEvent, e.AutomationEvent]]
    suspended: bool

    @classmethod
    def of(cls, rule: NamedRule, history: History) -> "Recorded":
        """The events of a rule by its name, whatever their version."""
        events = [
            (event, event.payload)
            for event in history
            if isinstance(event.payload, e.AutomationEvent) and fold_name(event.payload.rule) == rule.key
        ]
        switches = [
            payload for _, payload in events if isinstance(payload, e.AutomationSuspended | e.AutomationResumed)
        ]
        return cls(events, bool(switches) and isinstance(switches[-1], e.AutomationSuspended))

    def answer(self, rule: NamedRule, trigger: Trigger, history: History) -> Literal["fired", "other"] | None:
        """What was recorded for this trigger, or for an event of the same command, before; None for nothing."""
        due = trigger.due and trigger.due.identity
        causes = frozenset[str]() if trigger.cause is None else causes_of(trigger.cause, history)
        answers = e.AutomationFired | e.AutomationShadowed | e.AutomationPassedOver
        for payload in [payload for _, payload in self.events if isinstance(payload, answers)]:
            if payload.cause in causes if due is None else payload.due == due:
                return "fired" if isinstance(payload, e.AutomationFired) else "other"
        fired_once = any(isinstance(payload, e.AutomationFired) for _, payload in self.events)
        return "other" if fired_once and rule.body.once == "subject" else None

    def firings_lately(self, now: datetime) -> int:
        """How often it fired on this subject within an hour, and behind the last resumption by a person.

        What fired later than that fired before the clock was put back.
        """
        fired = 0
        for event, payload in self.events:
            if isinstance(payload, e.AutomationResumed):
                fired = 0
            elif isinstance(payload, e.AutomationFired) and abs(now - event.occurred_at) < HOUR:
                fired += 1
        return fired


def causes_of(cause: RecordedEvent, history: History) -> frozenset[str]:
    """The ids of an event and of the others of its command: they are one change."""
    same = cause.envelope.command_id
    return frozenset(event.envelope.event_id for event in history if event.envelope.command_id == same)


def _out_of_question(rule: NamedRule, trigger: Trigger) -> Why | None:
    if not rule.body.enabled:
        return "disabled"
    if trigger.cause is None:
        return None
    if trigger.cause.is_imported:
        return "import"
    own = fold_name(trigger.cause.envelope.actor.id) == fold_name(rule.actor.id)
    return "own_effect" if own and not rule.body.recursive else None


def first_unmet_of(rule: AutomationRule, trigger: Trigger, facts: Facts) -> Unmet | None:
    """The first condition of a rule that fails; the open time of ``quiet`` is the first of all."""

    def value_of(condition: RuleCondition) -> Value:
        known, value = _of_trigger(condition, trigger)
        return value if known else facts.value_of(condition)

    if rule.quiet is not None:
        is_open = RuleCondition(field="calendar.open", calendar=rule.quiet, value=True)
        if not is_open.is_met_by(has := facts.value_of(is_open)):
            return Unmet(is_open, has)
    return None if rule.when is None else first_unmet(rule.when, value_of)


def opening_of(judgement: Judgement, facts: Facts, now: datetime) -> datetime | None:
    """When the calendar opens that a rule with a time waits for; None when it waits for none."""
    condition = None if judgement.unmet is None else judgement.unmet.condition
    if condition is None or condition.calendar is None or condition.value is not True:
        return None
    opening = facts.later(condition.calendar, now, 1) - _SECOND
    return opening if opening > now else None


def _of_trigger(condition: RuleCondition, trigger: Trigger) -> tuple[bool, Value]:
    """Whether a condition is on the event or the due instance, and what stands there."""
    if trigger.cause is not None and condition.of == "event":
        return True, event_value(trigger.cause, condition.name)
    if trigger.cause is not None and condition.of == "actor":
        return True, actor_value(trigger.cause, condition.name)
    if trigger.due is not None and condition.of == "due":
        return True, due_value(trigger.due, condition.name)
    return False, None


def _recorded_as(
    rule: NamedRule, trigger: Trigger, history: History, facts: Facts, now: datetime, recorded: Recorded
) -> Judgement:
    """The judgement of a rule whose conditions hold."""
    subject = Subject(history[0].stream, history[0].kind)
    key = _key(rule, trigger)
    command_id = f"auto/{identity_of(rule.key)}/{subject.stream}/{key}"
    depth = (trigger.cause.envelope.depth or 0) if trigger.cause is not None else 0
    fields: dict[str, Any] = {
        "subject_kind": subject.kind,
        "rule": rule.name,
        "version": rule.version,
        "cause": trigger.cause and trigger.cause.envelope.event_id,
        "due": trigger.due and trigger.due.identity,
        "due_at": trigger.due and trigger.due.due_at,
    }
    passed = _passed_over(rule, trigger, facts, now, suspended=recorded.suspended)
    if passed is not None:
        command_id = command_id if rule.body.once != "subject" else f"{command_id}/{_trigger_key(trigger)}"
        command: c.AutomationCommand = c.PassOverRule(**fields, why=passed)
        return Judgement("passed_over", passed, None, command_id, command, depth=depth + 1)
    circling: c.SuspendedWhy | None = None
    if depth >= MOST_DEPTH:
        circling = "depth"
    elif recorded.firings_lately(now) >= MOST_FIRINGS:
        circling = "rate"
    if circling is not None:
        command = c.SuspendRule(subject_kind=subject.kind, rule=rule.name, version=rule.version, why=circling)
        command_id = f"auto/{identity_of(rule.key)}/{subject.stream}/{_trigger_key(trigger)}/suspend"
        return Judgement("suspended", circling, None, command_id, command, depth=depth + 1)
    due, not_after = (None, None) if trigger.due is None else (trigger.due.identity, trigger.due.not_after)
    firing = Firing(rule.name, subject, facts, command_id, now, _placeholders(trigger, facts), due, not_after)
    then = commands_of(rule.body.then, firing)
    if rule.body.shadow:
        command = c.ShadowRule(**fields, commands=tuple(given.name for given in then))
        command_id = command_id if rule.body.once != "subject" else f"{command_id}/{_trigger_key(trigger)}/shadow"
        return Judgement("shadowed", None, None, command_id, command, then, depth + 1)
    fire = c.FireRule(**fields, then=then)
    return Judgement("fired", None, None, command_id, fire, then, depth + 1, stops=rule.body.stop)


def _placeholders(trigger: Trigger, facts: Facts) -> dict[str, str]:
    """The values for templates that stand in the event or the due instance."""
    if trigger.due is not None:
        return {"due_at": facts.local(trigger.due.due_at), **trigger.due.placeholders}
    assert trigger.cause is not None  # noqa: S101 -- a trigger is one of the two
    return values_of(trigger.cause.payload, facts.local)


def _key(rule: NamedRule, trigger: Trigger) -> str:
    """What a rule fires once for: of several versions one fires."""
    return "once" if rule.body.once == "subject" else _trigger_key(trigger)


def _trigger_key(trigger: Trigger) -> str:
    if trigger.due is not None:
        return trigger.due.identity
    assert trigger.cause is not None  # noqa: S101 -- a trigger is one of the two
    return trigger.cause.envelope.event_id


def _passed_over(
    rule: NamedRule, trigger: Trigger, facts: Facts, now: datetime, *, suspended: bool
) -> c.PassedOverWhy | None:
    if suspended:
        return "suspended"
    if facts.stopped(rule.name):
        return "stopped"
    if (late := _too_late(rule, trigger, now)) is not None:
        return late
    limit = rule.body.limit
    return "limit" if limit is not None and facts.fired_lately(rule.name, limit) >= limit else None


def _too_late(rule: NamedRule, trigger: Trigger, now: datetime) -> c.PassedOverWhy | None:
    if trigger.due is not None:
        return "missed" if now > latest_of(rule, trigger.due) else None
    if trigger.cause is None:
        return None
    patience = timedelta(seconds=rule.body.stale_seconds)
    known_at, occurred_at = trigger.cause.known_at(now), trigger.cause.occurred_at
    if known_at - occurred_at > patience:
        return "stale"
    return "missed" if now - max(known_at, occurred_at) > patience else None


def latest_of(rule: NamedRule, due: DueInstance) -> datetime:
    """The last instant at which an instance is not too late for a rule."""
    stale = min(timedelta(seconds=rule.body.stale_seconds), LAST_INSTANT - due.due_at)
    return min(filter(None, (due.due_at + stale, due.not_after)))
