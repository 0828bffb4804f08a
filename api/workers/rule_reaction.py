"""Rules on events: the reaction that judges them and gives their commands."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from api.workers.automation_facts import FactsOfBatch
from api.workers.automation_world import World
from api.workers.command_failures import AGAIN
from api.workers.fault_isolation import isolating_faults
from api.workers.faults import Faults
from api.workers.limited_firings import LimitedFirings
from api.workers.reaction import EventPage
from domain.automation.commands import FireRule
from domain.automation.firing import Judgement, NamedRule, Trigger, judge_rule
from domain.command_context import CommandContext, Origin
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandIdReused
from domain.command_handling.service_desk import Overloaded
from domain.definitions.rule_book import RuleBook
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.refusal import Refusal

ORIGIN = Origin(channel="automation")
SUBJECTS_AT_ONCE = 200
ATTEMPTS = 20
"""How often a rule is judged anew because its subject has moved on."""
_LOG = logging.getLogger(__name__)


class RuleMatch(NamedTuple):
    """An event, and a rule that may fire for it by what the event alone says."""

    event: RecordedEvent
    rule: NamedRule


class RuleReaction:
    """Judges each rule on its subject at the head of the log, and gives the commands with the version judged."""

    def __init__(self) -> None:
        self._definitions: Sequence[RecordedEvent] = ()
        self._book = RuleBook(())
        self._firings = LimitedFirings()
        self._faults = Faults(_LOG)

    def topics(self, definitions: Sequence[RecordedEvent]) -> frozenset[str]:
        """Those that any rule reacts to."""
        return self._book_of(definitions).topics

    async def react(self, page: EventPage) -> None:
        """Every match of a page: the subjects side by side, the rules on a subject one after the other."""
        matches = matching(self._book_of(page.definitions), page.events, page.now)
        by_subject: defaultdict[UUID, list[RuleMatch]] = defaultdict(list)
        for match in matches:
            by_subject[match.event.stream].append(match)
        subjects = list(by_subject)
        for start in range(0, len(subjects), SUBJECTS_AT_ONCE):
            batch = subjects[start : start + SUBJECTS_AT_ONCE]
            known = await asyncio.to_thread(self._loaded, page, batch)
            results = await asyncio.gather(
                *(self._fire_on(page, subject, by_subject[subject], each) for subject, each in known.items()),
                return_exceptions=True,
            )
            for failed in results:
                if failed is not None:
                    raise failed

    async def _fire_on(self, page: EventPage, subject: UUID, matches: Sequence[RuleMatch], known: "_Known") -> None:
        """The rules that may fire on one subject, in order. Raises AGAIN."""
        ended: set[str] = set()
        still: _Known | None = known
        for match in matches:
            event_id = match.event.envelope.event_id
            if event_id in ended:
                continue
            judgement, still = await self._fire_or_log(page, subject, match, still)
            if judgement.stops:
                ended.add(event_id)

    async def _fire_or_log(
        self, page: EventPage, subject: UUID, match: RuleMatch, known: "_Known | None"
    ) -> tuple[Judgement, "_Known | None"]:
        """The same as ``_fire``. A rule that fails on what is known of many subjects is judged on the one alone.

        When that fails too, the fault is logged once, and the rule does nothing for this event. Raises AGAIN.
        """
        alone = known is None or len(known.histories) == 1
        try:
            if known is None:
                known = await asyncio.to_thread(self._load, page, [subject])
            return await self._fire(page, subject, match, known)
        except AGAIN:
            raise
        except Exception as error:  # noqa: BLE001 -- a fault of one rule must not keep back the others
            self._firings.forget(match.rule, _trigger_of(match, subject))
            if not alone:
                return await self._fire_or_log(page, subject, match, None)
            self._faults.log_once(subject, f"the rule {match.rule.name} cannot be judged on {subject}: {error!r}")
            return Judgement("done"), None

    async def _fire(
        self, page: EventPage, subject: UUID, match: RuleMatch, known: "_Known"
    ) -> tuple[Judgement, "_Known | None"]:
        """Judges one rule and records the judgement; returns what is known of the subject while that has not changed.

        A judgement on a history that has moved on, or under an id that is taken, is made again on the present one.
        """
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
                self._firings.forget(match.rule, _trigger_of(match, subject))
                return await self._refused(page, subject, match, judgement, known, refusal)
            else:
                return judgement, None
        raise Overloaded(f"{subject} moved on {ATTEMPTS} times while a rule was judged")

    async def _refused(
        self, page: EventPage, subject: UUID, match: RuleMatch, judgement: Judgement, known: "_Known", refusal: Refusal
    ) -> tuple[Judgement, "_Known | None"]:
        """Records that a rule is passed over since its commands are refused, so that others go on; logs other ones."""
        judgement = judgement._replace(stops=False)
        if not isinstance(judgement.command, FireRule):
            self._faults.log_once(subject, f"{judgement.command_id} cannot be recorded: {refusal}")
            return judgement, known
        event_id = match.event.envelope.event_id
        passed_over = judgement._replace(command_id=f"{judgement.command_id}/{event_id}/refused")
        context = _context(match, passed_over, known.histories[subject])
        try:
            await page.desk.handle(subject, judgement.command.refused(), context)
        except (StaleVersion, CommandIdReused):
            pass  # what has happened meanwhile keeps the refused commands from being recorded as well
        except Refusal as again:
            self._faults.log_once(subject, f"{passed_over.command_id} cannot be recorded: {again}")
        return judgement, None

    def _judge(self, match: RuleMatch, subject: UUID, known: "_Known") -> Judgement:
        event, rule = match
        history, now = known.histories[subject], known.world.now
        return self._firings.judge(
            rule,
            _trigger_of(match, subject),
            known.facts.of(subject),
            now,
            lambda facts: judge_rule(rule, Trigger(event), history, facts, now),
        )

    def _loaded(self, page: EventPage, subjects: Sequence[UUID]) -> "dict[UUID, _Known]":
        """What is known of some subjects, without those whose histories cannot be read. Raises AGAIN."""

        def load(part: Sequence[UUID]) -> dict[UUID, _Known]:
            return dict.fromkeys(part, self._load(page, part))

        return dict(chain.from_iterable(map(dict.items, isolating_faults(load, subjects, self._faults.leave_out))))

    def _load(self, page: EventPage, subjects: Sequence[UUID]) -> "_Known":
        """The histories of subjects up to the head, which moves on with every firing, and their facts."""
        head = reader.head(page.connection, page.tenant)
        histories = reader.streams(page.connection, page.tenant, subjects, head)
        world = World(page.connection, page.tenant, head, page.now, page.switches())
        return _Known(histories, FactsOfBatch(world, histories), world)

    def _book_of(self, definitions: Sequence[RecordedEvent]) -> RuleBook:
        """The book of these definitions; the same one while no other is published."""
        if len(definitions) != len(self._definitions):
            self._definitions, self._book = definitions, RuleBook(definitions)
            for version in self._book.unreadable:
                _LOG.warning("version %s of the rule %s cannot be read by this release", version.version, version.name)
        return self._book


def _trigger_of(match: RuleMatch, subject: UUID) -> str:
    return f"{subject}/{match.event.envelope.event_id}"


def _context(match: RuleMatch, judgement: Judgement, history: Sequence[RecordedEvent]) -> CommandContext:
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


def matching(book: RuleBook, events: Sequence[RecordedEvent], now: datetime) -> Iterator[RuleMatch]:
    """The rules that may fire ``now`` for each event by what the event alone says, in order."""
    for event in events:
        if event.is_imported:
            continue
        reacting = book.reacting(event.position, event.known_at(now)).get(event.topic)
        if reacting is not None:
            yield from (RuleMatch(event, rule) for rule in reacting.matching(event))
