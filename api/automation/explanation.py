"""Explains the rules on a subject: what fired, and which condition failed with what value where none did."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple
from uuid import UUID

from psycopg import Connection

from api.workers.automation_facts import FactsOfBatch
from api.workers.automation_world import World
from api.workers.reactor import WORKER as REACTOR
from domain.automation import events as e
from domain.automation.facts import Facts
from domain.automation.firing import Judgement, NamedRule, Recorded, Trigger, Verdict, Why, judge_rule
from domain.definitions.rule_book import RuleBook
from domain.due.of_purchases import REPURCHASE
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.messages import Message
from domain.predicate import Unmet
from domain.text_folding import fold_name
from projections.sla.ticket_histories import histories_with_tiers
from projections.timers.due_sources import due_sources_at
from projections.timers.timed_rules import RuleInstance
from projections.timers.usual_intervals import with_usual_intervals

MOST_EVENTS = 50
"""The newest events of a subject that one explanation of a rule judges."""
ExplainedVerdict = Literal["fired", "shadowed", "passed_over", "suspended", "not_fired", "waits", "due"]
Reason = Literal[
    "stale", "missed", "refused", "stopped", "suspended", "limit", "depth", "rate", "condition", "own_effect", "import",
    "disabled", "not_in_effect", "stop", "moved_on", "once",
]  # fmt: skip


class ExplainedCondition(Message):
    """A condition that failed, and what stood in its field. ``negated``: it held and stands under a ``not``."""

    field: str
    comparison: str
    wanted: bool | float | str | list[str]
    has: bool | float | str | list[str] | None
    negated: bool


class Explained(Message):
    """What became of a rule for one event or due instance of its subject.

    ``waits``: it fires as soon as the reactor reads the event. ``stop``: a rule before it fired and let no other one
    fire. ``moved_on``: its conditions held when the event was recorded, and no more when it was judged. ``once``: it
    has fired on the subject. ``due``: it is judged at ``at``. ``commands`` are the effects with the code of a refusal
    where there was one. ``suspended``: the rule is suspended for the subject now.
    """

    rule: str
    version: int | None
    topic: str | None
    cause: str | None
    due: str | None
    at: datetime
    verdict: ExplainedVerdict
    why: Reason | None = None
    condition: ExplainedCondition | None = None
    commands: tuple[str, ...] = ()
    suspended: bool = False


class ExplanationRequest(NamedTuple):
    """Where explanations are read from: the log up to a position, None for all of it."""

    connection: Connection
    tenant: str
    now: datetime
    up_to: int | None = None

    @property
    def head(self) -> int:
        """The last position that counts."""
        return reader.head(self.connection, self.tenant) if self.up_to is None else self.up_to


class _Shared:
    """What rules are judged by, read once for all of them: of a long history it takes long."""

    def __init__(self, question: ExplanationRequest, rules: Sequence[NamedRule], history: list[RecordedEvent]) -> None:
        self._question, self._rules, self._history = question, rules, history
        self._known: dict[int, tuple[list[RecordedEvent], Facts]] = {}

    def at(self, event: RecordedEvent) -> tuple[list[RecordedEvent], Facts]:
        """The events up to this one, and the facts when it was recorded."""
        if event.position not in self._known:
            known = [each for each in self._history if each.position <= event.position]
            world = World(self._question.connection, self._question.tenant, event.position, event.recorded_at)
            self._known[event.position] = known, FactsOfBatch(world, {event.stream: known}).of(event.stream)
        return self._known[event.position]

    @cached_property
    def by_now(self) -> list[RecordedEvent]:
        """All that is recorded of the subject."""
        return reader.stream(self._question.connection, self._question.tenant, self._history[0].stream)

    @cached_property
    def read_up_to(self) -> int | None:
        """How far the reactor has read; None before it began."""
        return reader.worker_position(self._question.connection, self._question.tenant, REACTOR)

    @cached_property
    def due(self) -> list[RuleInstance]:
        """What is still due by all rules with a time."""
        connection, tenant, head = self._question.connection, self._question.tenant, self._question.head
        sources = due_sources_at(connection, tenant, head)
        ((_, tiers),) = histories_with_tiers(
            connection, tenant, [self._history[0].stream], head, sources.context.policy_history
        )
        context = replace(sources.context, tiers=tiers)
        if any(rule.body.at is not None and rule.body.at.due == REPURCHASE.name for rule in self._rules):
            context = with_usual_intervals(context, connection, tenant, reader.now(connection))
        return sources.instances(self._history, context)


def explain(question: ExplanationRequest, subject: UUID, rule: str | None = None) -> list[Explained] | None:
    """What became of every rule that concerns a subject, or of one of them; None for an unknown subject.

    The rules stand in the order in which they fire, each with the newest event first.
    """
    connection, tenant, now, _ = question
    head = question.head
    history = reader.streams(connection, tenant, [subject], head).get(subject)
    if history is None:
        return None
    definitions = reader.definitions(connection, tenant, head)
    book = RuleBook(definitions)
    key = None if rule is None else fold_name(rule)
    rules = [each for each in book.in_effect(head + 1, now) if key in {None, each.key}]
    shared = _Shared(question, rules, history)
    return [
        explanation
        for each in rules
        if history[0].kind in each.body.kinds
        for explanation in sorted(
            _of_events(book, each, history, shared) if each.body.on else _of_due(each, history, shared),
            key=lambda explanation: explanation.at,
            reverse=True,
        )
    ]


def _of_events(book: RuleBook, rule: NamedRule, history: list[RecordedEvent], shared: _Shared) -> Iterator[Explained]:
    recorded = Recorded.of(rule, history)
    answers = {
        payload.cause: payload
        for _, payload in recorded.events
        if isinstance(payload, e.AutomationFired | e.AutomationShadowed | e.AutomationPassedOver)
    }
    suspensions = {
        event.envelope.causation_id: payload
        for event, payload in recorded.events
        if isinstance(payload, e.AutomationSuspended)
    }
    causes = {event.envelope.event_id: event.envelope.command_id for event in history}
    by_command = {causes[cause]: answer for cause, answer in answers.items() if cause in causes}
    for event in [event for event in history if event.topic in rule.body.on][-MOST_EVENTS:]:
        answer = by_command.get(event.envelope.command_id)
        if answer is not None:
            yield _as_recorded(rule, answer, event, suspended=recorded.suspended)
            continue
        suspension = suspensions.get(event.envelope.event_id)
        if suspension is not None:
            of_version = rule._replace(version=suspension.version)
            why: Any = suspension.why
            yield _judged(of_version, event, Judgement("suspended"), why, suspended=recorded.suspended)
            continue
        then = book.named(rule.name, event.position, event.recorded_at)
        if then is None or event.topic not in then.body.on:
            yield _judged(rule, event, Judgement("not_fired"), "not_in_effect", suspended=recorded.suspended)
            continue
        judgement = _judge_at(then, event, shared)
        reason: Why | Reason | None = judgement.why
        if judgement.verdict == "done" or judgement.verdict not in _VERDICTS:
            reason = _kept_back(book, then, event, history, shared)
            judgement = judgement if reason is None else Judgement("not_fired")
        yield _judged(then, event, judgement, reason, suspended=recorded.suspended)


def _kept_back(
    book: RuleBook, rule: NamedRule, event: RecordedEvent, history: Sequence[RecordedEvent], shared: _Shared
) -> Reason | None:
    """Why a rule did nothing although its conditions held when the event was recorded; None: it is not judged yet."""
    before = {each.envelope.event_id for each in history if each.position < event.position}
    fired = [payload for _, payload in Recorded.of(rule, history).events if isinstance(payload, e.AutomationFired)]
    if rule.body.once == "subject" and any(payload.cause in before for payload in fired):
        return "once"
    if book.has_ended(event, rule, history):
        return "stop"
    if shared.read_up_to is None or shared.read_up_to < event.position:
        return None
    answered_later = Recorded.of(rule, shared.by_now).answer(rule, Trigger(event), shared.by_now) is not None
    return None if answered_later else "moved_on"


def _judge_at(rule: NamedRule, event: RecordedEvent, shared: _Shared) -> Judgement:
    """The judgement of a rule as it was when the event was recorded."""
    known, facts = shared.at(event)
    return judge_rule(rule, Trigger(event), known, facts, event.recorded_at)


def _of_due(rule: NamedRule, history: list[RecordedEvent], shared: _Shared) -> Iterator[Explained]:
    """What is recorded of a rule with a time, and what is still due."""
    recorded = Recorded.of(rule, history)
    for event, payload in recorded.events:
        if isinstance(payload, e.AutomationFired | e.AutomationShadowed | e.AutomationPassedOver):
            yield _as_recorded(rule, payload, event, suspended=recorded.suspended)
    for instance in shared.due:
        if instance.rule.named.key == rule.key:
            yield Explained(
                rule=rule.name, version=instance.rule.named.version, topic=None, cause=None,
                due=instance.due.identity, at=instance.due.due_at, verdict="due", suspended=recorded.suspended,
            )  # fmt: skip


def _as_recorded(
    rule: NamedRule,
    payload: e.AutomationFired | e.AutomationShadowed | e.AutomationPassedOver,
    event: RecordedEvent,
    *,
    suspended: bool,
) -> Explained:
    verdict: ExplainedVerdict = "passed_over"
    why: Any = None
    commands: tuple[str, ...] = ()
    if isinstance(payload, e.AutomationFired):
        verdict = "fired"
        commands = tuple(
            each.command if each.refused is None else f"{each.command} ({each.refused})" for each in payload.outcomes
        )
    elif isinstance(payload, e.AutomationShadowed):
        verdict, commands = "shadowed", payload.commands
    else:
        why = payload.why
    return Explained(
        rule=rule.name,
        version=payload.version,
        topic=None if payload.cause is None else event.topic,
        cause=payload.cause,
        due=payload.due,
        at=payload.due_at or event.recorded_at,
        verdict=verdict,
        why=why,
        commands=commands,
        suspended=suspended,
    )


_VERDICTS: dict[Verdict, ExplainedVerdict] = {"not_fired": "not_fired", "done": "not_fired", "suspended": "suspended"}


def _judged(
    rule: NamedRule, event: RecordedEvent, judgement: Judgement, why: Why | Reason | None, *, suspended: bool
) -> Explained:
    """What is judged now of an event that nothing is recorded of; a rule whose conditions hold waits."""
    return Explained(
        rule=rule.name,
        version=rule.version,
        topic=event.topic,
        cause=event.envelope.event_id,
        due=None,
        at=event.recorded_at,
        verdict=_VERDICTS.get(judgement.verdict, "waits"),
        why=why,
        condition=None if judgement.unmet is None else explained_condition(judgement.unmet),
        suspended=suspended,
    )


def explained_condition(unmet: Unmet) -> ExplainedCondition:
    """A condition that failed, for answers."""
    condition = unmet.condition
    return ExplainedCondition(
        field=condition.field,
        comparison=condition.comparison,
        wanted=list(condition.value) if isinstance(condition.value, tuple) else condition.value,
        has=sorted(unmet.has) if isinstance(unmet.has, frozenset) else unmet.has,
        negated=unmet.negated,
    )
