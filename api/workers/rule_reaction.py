"""Rules on events: the reaction that judges them and gives their commands."""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg

from api.workers.automation_facts import FactsOfBatch
from api.workers.automation_world import World
from api.workers.reaction import Page
from domain.automation.firing import HOUR, Judgement, NamedRule, Trigger, is_imported, judge_rule
from domain.command_context import CommandContext, Origin
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandIdReused
from domain.command_handling.service_desk import Overloaded
from domain.definitions.rule_book import RuleBook
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.soundness import LogDamaged
from domain.event_log.store import LogUnavailable
from domain.refusal import Refusal

ORIGIN = Origin(channel="automation")
SUBJECTS_AT_ONCE = 200
ATTEMPTS = 20
"""How often a rule is judged anew because its subject has moved on."""
FAULTS_KEPT = 10_000
_LOG = logging.getLogger(__name__)


class Match(NamedTuple):
    """An event, and a rule that may fire for it by what the event alone says."""

    event: RecordedEvent
    rule: NamedRule


class RuleReaction:
    """Judges each rule on its subject at the head of the log, and gives the commands with the version judged."""

    def __init__(self) -> None:
        self._definitions: Sequence[RecordedEvent] = ()
        self._book = RuleBook(())
        self._firings: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._faults: dict[tuple[UUID, str], None] = {}

    def topics(self, definitions: Sequence[RecordedEvent]) -> frozenset[str]:
        """Those that any rule reacts to."""
        return self._book_of(definitions).topics

    async def react(self, page: Page) -> None:
        """Every match of a page: the subjects side by side, the rules on a subject one after the other."""
        matches = matching(self._book_of(page.definitions), page.events)
        by_subject: defaultdict[UUID, list[Match]] = defaultdict(list)
        for match in matches:
            by_subject[match.event.stream].append(match)
        subjects = list(by_subject)
        for start in range(0, len(subjects), SUBJECTS_AT_ONCE):
            batch = subjects[start : start + SUBJECTS_AT_ONCE]
            known = await asyncio.to_thread(self._load, page, batch)
            results = await asyncio.gather(
                *(self._fire_on(page, subject, by_subject[subject], known) for subject in batch), return_exceptions=True
            )
            for subject, result in zip(batch, results, strict=True):
                self._judge_failure(subject, result)

    async def _fire_on(self, page: Page, subject: UUID, matches: Sequence[Match], known: "_Known") -> None:
        """The rules that may fire on one subject, in order."""
        ended: set[str] = set()
        still: _Known | None = known
        for match in matches:
            event_id = match.event.envelope.event_id
            if event_id in ended:
                continue
            if still is None:
                still = await asyncio.to_thread(self._load, page, [subject])
            judgement, still = await self._fire(page, subject, match, still)
            if judgement.stops:
                ended.add(event_id)

    async def _fire(
        self, page: Page, subject: UUID, match: Match, known: "_Known"
    ) -> tuple[Judgement, "_Known | None"]:
        """Judges one rule and records the judgement; returns what is known of the subject while that has not changed.

        A judgement on a history that has moved on, or under an id that is taken, is made again on the present one.
        """
        rule = match.rule
        for _ in range(ATTEMPTS):
            judgement = await asyncio.to_thread(self._judge, match, subject, known)
            if judgement.command is None:
                return judgement, known
            try:
                await page.desk.handle(subject, judgement.command, _context(match, judgement, known.histories[subject]))
            except (StaleVersion, CommandIdReused) as error:
                known = await asyncio.to_thread(self._load, page, [subject])
                if isinstance(error, CommandIdReused) and self._judge(match, subject, known).command is not None:
                    return Judgement("done"), known
            except Refusal as refusal:
                self._log_once(subject, f"{judgement.command_id} cannot be recorded: {refusal}")
                return judgement, known
            else:
                if judgement.verdict == "fired":
                    self._firings[rule.key].append(known.world.now)
                return judgement, None
        raise Overloaded(f"{subject} moved on {ATTEMPTS} times while a rule was judged")

    def _judge(self, match: Match, subject: UUID, known: "_Known") -> Judgement:
        event, rule = match
        facts = known.facts.of(subject, self._lately)
        return judge_rule(rule, Trigger(event), known.histories[subject], facts, known.world.now)

    def _lately(self, rule: str, now: datetime) -> int:
        """How often this reactor has fired a rule in the last hour."""
        firings = self._firings[rule]
        while firings and firings[0] <= now - HOUR:
            firings.popleft()
        return len(firings)

    def _load(self, page: Page, subjects: Sequence[UUID]) -> "_Known":
        """The histories of subjects up to the head, which moves on with every firing, and their facts."""
        head = reader.head(page.connection, page.tenant)
        histories = reader.streams(page.connection, page.tenant, subjects, head)
        world = World(page.connection, page.tenant, head, page.now, page.switches())
        return _Known(histories, FactsOfBatch(world, histories), world)

    def _judge_failure(self, subject: UUID, result: BaseException | None) -> None:
        """A fault in one history must not keep back the others; what the database has failed with comes again."""
        if result is None:
            return
        again = Overloaded | LogUnavailable | LogDamaged | psycopg.Error
        if isinstance(result, again) or not isinstance(result, Exception):
            raise result
        self._log_once(subject, f"the rules on {subject} cannot be judged: {result!r}")

    def _log_once(self, subject: UUID, message: str) -> None:
        if (subject, message) not in self._faults:
            self._faults[subject, message] = None
            _LOG.warning(message)
        if len(self._faults) > FAULTS_KEPT:
            del self._faults[next(iter(self._faults))]

    def _book_of(self, definitions: Sequence[RecordedEvent]) -> RuleBook:
        """The book of these definitions; the same one while no other is published."""
        if len(definitions) != len(self._definitions):
            self._definitions, self._book = definitions, RuleBook(definitions)
            for version in self._book.unreadable:
                _LOG.warning("version %s of the rule %s cannot be read by this release", version.version, version.name)
        return self._book


def _context(match: Match, judgement: Judgement, history: Sequence[RecordedEvent]) -> CommandContext:
    envelope = match.event.envelope
    return CommandContext(
        match.rule.actor,
        judgement.command_id,
        ORIGIN,
        correlation_id=envelope.correlation_id,
        causation_id=envelope.event_id,
        depth=judgement.depth,
        expected_version=len(history),
    )


class _Known(NamedTuple):
    """What a judgement rests on."""

    histories: dict[UUID, list[RecordedEvent]]
    facts: FactsOfBatch
    world: World


def matching(book: RuleBook, events: Sequence[RecordedEvent]) -> Iterator[Match]:
    """The rules that may fire for each event by what the event alone says, in order."""
    for event in events:
        if is_imported(event):
            continue
        reacting = book.reacting(event.position, event.recorded_at).get(event.topic)
        if reacting is not None:
            yield from (Match(event, rule) for rule in reacting.matching(event))
