"""What a rule would have done: the same judgement, over events that are long recorded."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from psycopg import Connection

from api.automation.what_if_result import RuleWhatIf, Tally, WouldFire
from api.workers.automation_facts import FactsOfBatch, about
from api.workers.automation_world import World
from api.workers.due_customers import DueCustomers
from domain.automation import events as e
from domain.automation.event_test import RuleIndex
from domain.automation.facts import Facts
from domain.automation.firing import HOUR, Judgement, NamedRule, Trigger, judge_rule, latest_of, opening_of
from domain.definitions.rule_book import RuleBook
from domain.due.due_function import DueFunction
from domain.due.instance import DueInstance
from domain.due.of_purchases import REPURCHASE
from domain.due.registry import due_function_named
from domain.due.time_context import TimeContext
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.switches.state import Switches
from domain.text_folding import fold_name
from projections.health.gather import GatheredCustomers, Source
from projections.sla.ticket_histories import histories_with_tiers
from projections.timers.time_context import time_context
from projections.timers.timed_rules import counting_since
from projections.timers.usual_intervals import with_usual_intervals

_SQL = sql_file("api.automation", "what_if.sql")
_TOPIC, _RECORDED_AT = map(reader.COLUMNS.split(", ").index, ("topic", "recorded_at"))
PAGE, SUBJECTS_AT_ONCE = 5_000, 200
MICROSECOND = timedelta(microseconds=1)
Progress = Callable[[int, int], object]
"""Takes how many events or streams are read, and how many will be at most."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one what-if reads: events of the log, judged events or due instances, streams, and seconds."""

    events: int = 1_000_000
    judged: int = 20_000
    streams: int = 20_000
    seconds: float = 60.0


USUAL_BOUNDS = Bounds()
SERVED_BOUNDS = Bounds(events=200_000, judged=5_000, streams=2_000, seconds=5.0)
"""What one what-if of a serving process reads; the command line reads more."""


class CannotBeTried(Exception):  # noqa: N818 -- names what is asked for
    """The rule reads several streams at once, which a what-if does not follow."""


def what_if(
    connection: Connection,
    tenant: str,
    rule: NamedRule,
    since: datetime,
    until: datetime,
    bounds: Bounds = USUAL_BOUNDS,
    progress: Progress = lambda *_: None,
) -> RuleWhatIf:
    """What a rule would have done if it had been published before ``since``. Raises CannotBeTried."""
    body = rule.body.model_copy(update={"enabled": True, "shadow": False})
    trial = _Trial(connection, tenant, rule._replace(body=body, position=0), since, until, bounds)
    if body.at is None:
        trial.read_events(progress)
    else:
        trial.read_streams(due_function_named(body.at.due), body.at.parameters, progress)
    return trial.result()


class _Trial:
    """One run: what would have been recorded is remembered beside the log, so that guards see it."""

    def __init__(
        self,
        connection: Connection,
        tenant: str,
        rule: NamedRule,
        since: datetime,
        until: datetime,
        bounds: Bounds,
    ) -> None:
        self._connection, self._tenant, self._rule = connection, tenant, rule
        self._since, self._until, self._bounds = since, until, bounds
        self._deadline = time.monotonic() + bounds.seconds
        self._head = reader.head(connection, tenant)
        self._book = RuleBook(reader.definitions(connection, tenant, self._head))
        self._recorded: defaultdict[UUID, list[RecordedEvent]] = defaultdict(list)
        self._firings: list[datetime] = []
        self._tally = Tally()
        self._complete = True

    def read_events(self, progress: Progress) -> None:
        """Judges every event of the span that may fire the rule by what it says itself."""
        index = RuleIndex([(self._rule.body, self._rule)])
        topics = frozenset(self._rule.body.on)
        position = reader.position_at(self._connection, self._tenant, self._since)
        first, matching = position, list[RecordedEvent]()
        most = min(self._head - first, self._bounds.events)
        while rows := reader.page_rows(self._connection, self._tenant, position, PAGE, reader.PAGE_BYTES):
            position = int(rows[-1][0])
            wanted = [row for row in rows if row[_TOPIC] in topics and row[_RECORDED_AT] <= self._until]
            events = reader.decode_rows(self._tenant, wanted)
            matching += [event for event in events if index.matching(event)]
            while len(matching) >= SUBJECTS_AT_ONCE:
                self._judge_events(matching[:SUBJECTS_AT_ONCE])
                del matching[:SUBJECTS_AT_ONCE]
            progress(min(position - first, most), most)
            if rows[-1][_RECORDED_AT] > self._until or self._is_over(position - first):
                break
        self._judge_events(matching)

    def read_streams(self, function: DueFunction, parameters: Any, progress: Progress) -> None:
        """Judges every due instance of the span, by what was recorded of its stream then."""
        if function.across:
            raise CannotBeTried("the rule looks at several streams at once: publish it with `shadow = true` instead")
        rules = reader.rules(self._connection, self._tenant, self._head)
        context = time_context(rules, reader.definitions(self._connection, self._tenant, self._head))
        if function is REPURCHASE:
            context = with_usual_intervals(context, self._connection, self._tenant, self._until)
        parameters_of = {"kinds": list(function.kinds), "limit": self._bounds.streams + 1}
        rows = self._connection.execute(_SQL["subjects"].of(self._tenant), parameters_of).fetchall()
        streams = [stream for (stream,) in rows]
        if len(streams) > self._bounds.streams:
            self._complete = False
        most = min(len(streams), self._bounds.streams)
        for start in range(0, most, SUBJECTS_AT_ONCE):
            batch = streams[start : start + SUBJECTS_AT_ONCE]
            with_tiers = list(
                histories_with_tiers(self._connection, self._tenant, batch, self._head, context.policy_history)
            )
            histories = [history for history, _ in with_tiers]
            customers = self._customers(histories)
            due_customers = DueCustomers(self._connection, self._tenant, histories)
            for history, tiers in with_tiers:
                of_stream = replace(context, tiers=tiers)
                self._judge_due(function, parameters, of_stream, history, customers, due_customers)
            progress(min(start + SUBJECTS_AT_ONCE, most), most)
            if self._is_over(0):
                break

    def result(self) -> RuleWhatIf:
        """What was found."""
        return self._tally.result(self._rule, self._since, self._until, complete=self._complete)

    def _is_over(self, events: int) -> bool:
        over = (
            events > self._bounds.events
            or self._tally.judged > self._bounds.judged
            or time.monotonic() > self._deadline
        )
        self._complete = self._complete and not over
        return over

    def _judge_events(self, events: Sequence[RecordedEvent]) -> None:
        """Judges each event on the history of its subject up to it, unless a rule before it let no other one fire."""
        streams = {event.stream for event in events}
        histories = reader.streams(self._connection, self._tenant, streams, self._head) if streams else {}
        customers = self._customers(list(histories.values()))
        for event in events:
            if self._book.has_ended(event, self._rule, histories[event.stream]):
                self._tally.ended += 1
                continue
            history = [each for each in histories[event.stream] if each.position <= event.position]
            judgement, _ = self._judgement(Trigger(event), history, event.recorded_at, customers)
            self._note(judgement, Trigger(event), history, event.recorded_at, event.topic)

    def _judge_due(
        self,
        function: DueFunction,
        parameters: Any,
        context: TimeContext,
        history: Sequence[RecordedEvent],
        customers: GatheredCustomers,
        due_customers: DueCustomers,
    ) -> None:
        """Judges what was due between each event of a stream and the next, as it stood then.

        What an event made due of a time before it was noticed when it was recorded.
        """
        if counting_since(self._since, history) is None:
            self._tally.imported += 1
            return
        self._tally.streams += 1
        settled = set[str]()
        ends = [*(event.recorded_at for event in history), self._until]
        for number, (begin, end) in enumerate(pairwise(ends), 1):
            if end <= self._since or begin >= self._until:
                continue
            known = history[:number]
            since = counting_since(self._since - MICROSECOND, known)
            standing = function.due(known, parameters, replace(context, since=since, settled=frozenset(settled)))
            for due in sorted(standing, key=lambda each: each.due_at):
                noticed_at = max(due.due_at, begin)
                if due.identity in settled or since is None or due.due_at <= since:
                    continue
                if noticed_at >= min(end, self._until):
                    continue
                if not due_customers.concerns(history[0].stream, due, noticed_at):
                    continue
                if self._judge_instance(due, known, noticed_at, min(end, self._until), customers):
                    settled.add(due.identity)

    def _judge_instance(
        self,
        due: DueInstance,
        known: Sequence[RecordedEvent],
        noticed_at: datetime,
        end: datetime,
        customers: GatheredCustomers,
    ) -> bool:
        """Judges an instance, at the opening of the calendar that the rule waits for if that is in time.

        Returns False when the next event comes before the opening: what stands behind it waits on.
        """
        now, trigger = noticed_at, Trigger(due=due)
        judgement, facts = self._judgement(trigger, known, now, customers)
        opening = opening_of(judgement, facts, now)
        if opening is not None and opening <= latest_of(self._rule, due):
            if end <= opening and end < self._until:
                return False
            if opening < end:
                now = opening
                judgement, _ = self._judgement(trigger, known, now, customers)
        self._note(judgement, trigger, known, now, due.identity)
        return True

    def _customers(self, histories: Sequence[Sequence[RecordedEvent]]) -> GatheredCustomers:
        wanted = {belongs.customer for belongs in map(about, histories) if belongs.customer is not None}
        reads = any(condition.of == "customer" for condition in self._rule.body.conditions)
        source = Source(self._connection, self._tenant, schema_of(self._tenant), self._head)
        return GatheredCustomers(source, wanted if reads else ())

    def _judgement(
        self, trigger: Trigger, known: Sequence[RecordedEvent], now: datetime, customers: GatheredCustomers
    ) -> tuple[Judgement, Facts]:
        subject = known[0].stream
        history = [*_without(self._rule, known), *self._recorded[subject]]
        world = World(self._connection, self._tenant, self._head, now, Switches())
        facts = FactsOfBatch(world, {subject: history}, customers).of(subject)
        counted = replace(facts, fired_lately=lambda *_: self._lately(now))
        return judge_rule(self._rule, trigger, history, counted, now), facts

    def _lately(self, now: datetime) -> int:
        return sum(at > now - HOUR for at in self._firings)

    def _note(
        self, judgement: Judgement, trigger: Trigger, known: Sequence[RecordedEvent], now: datetime, what: str
    ) -> None:
        self._tally.judged += 1
        if judgement.unmet is not None:
            self._tally.failed(judgement.unmet)
        elif judgement.verdict == "passed_over":
            self._tally.passed_over[str(judgement.why)] += 1
            self._remember(trigger, known, now, e.AutomationPassedOver, why=str(judgement.why))
        elif judgement.verdict == "suspended":
            self._tally.suspended += 1
            suspended = e.AutomationSuspended(rule=self._rule.name, version=self._rule.version, why=str(judgement.why))
            self._append(known, now, suspended)
        elif judgement.verdict == "fired":
            names = tuple(each.name for each in judgement.then)
            fired = WouldFire(subject=known[0].stream, kind=known[0].kind, at=now, trigger=what, commands=names)
            self._tally.fired(fired)
            self._firings.append(now)
            self._remember(trigger, known, now, e.AutomationFired)
        elif judgement.why == "import":
            self._tally.imported += 1

    def _remember(
        self,
        trigger: Trigger,
        known: Sequence[RecordedEvent],
        now: datetime,
        event_type: type[e.AutomationFired | e.AutomationPassedOver],
        **fields: Any,
    ) -> None:
        payload = event_type(
            rule=self._rule.name,
            version=self._rule.version,
            cause=trigger.cause and trigger.cause.envelope.event_id,
            due=trigger.due and trigger.due.identity,
            **fields,
        )
        self._append(known, now, payload)

    def _append(self, known: Sequence[RecordedEvent], now: datetime, payload: Any) -> None:
        """Remembers an event that the rule would have recorded."""
        last = known[-1]
        envelope = last.envelope.model_copy(update={"command_id": f"what if {len(self._firings)}", "event_id": ""})
        event = RecordedEvent(last.position, last.stream, last.version, payload.topic, now, envelope, payload)
        self._recorded[last.stream].append(event)


def _without(rule: NamedRule, history: Sequence[RecordedEvent]) -> Iterator[RecordedEvent]:
    """A history without what the rule itself recorded under its name."""
    for event in history:
        payload = event.payload
        if not isinstance(payload, e.AutomationEvent) or fold_name(payload.rule) != rule.key:
            yield event
