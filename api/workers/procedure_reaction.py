"""Procedures: the reaction that starts them, ends their steps, and ends them."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import chain
from uuid import UUID

from api.workers.command_failures import AGAIN
from api.workers.fault_isolation import isolating_faults
from api.workers.faults import Faults
from api.workers.reaction import EventPage
from domain.automation.commands import PassedOverWhy, PassOverRule
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.pending_command import CommandIdReused
from domain.definitions.procedure_book import ProcedureBook
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.messages import Command
from domain.procedure.conditions import named_by
from domain.procedure.definition import HANDED_OVER
from domain.procedure.events import ProcedureStarted
from domain.procedure.progress import (
    ProgressCommand,
    RunningInstance,
    StaleStart,
    StartableProcedure,
    may_lead_on,
    progress,
    starts,
    step_told,
    subject_of,
)
from domain.refusal import Refusal
from projections.engine.checkpoints import ProjectionOutdated, position_of
from projections.procedures.queries import running_for
from projections.procedures.table import PROCEDURES

_ACTOR = Actor(id="procedures", kind="system")
_ORIGIN = Origin(channel="automation")
_LOG = logging.getLogger(__name__)


class ProcedureReaction:
    """Gives each event to the procedures that run for what it names, in the order of the log.

    A decision of the procedure says whether the command still fits, so that no version is expected. While everything
    that happens by itself is stopped, no procedure starts, which is recorded on the subject; those that run go on.
    """

    def __init__(self) -> None:
        self._definitions: Sequence[RecordedEvent] = ()
        self._book = ProcedureBook(())
        self._faults = Faults(_LOG)

    def topics(self, definitions: Sequence[RecordedEvent]) -> frozenset[str]:
        """Those that start, advance or end a procedure."""
        return self._book_of(definitions).topics

    async def react(self, page: EventPage) -> None:
        """Every event of a page, one after the other; the procedures that one event concerns side by side."""
        book = self._book_of(page.definitions)
        events = [event for event in page.events if event.topic in book.topics and may_lead_on(event)]
        if not events:
            return
        stopped = page.switches().stops("tenant", "all")
        names = frozenset[UUID]().union(*(named_by(event.stream, event.payload) for event in events))
        instances = await asyncio.to_thread(self._instances, page, book, names)
        completions = await asyncio.to_thread(_steps_told, page, [each for each in events if each.topic in HANDED_OVER])
        for event in events:
            given: defaultdict[UUID, list[ProgressCommand]] = defaultdict(list)
            for command in (*progress(event, instances.named_by(event)), *completions.get(event.position, ())):
                given[command.stream].append(command)
            await self._give_all(page, book, instances, event, given)
            started: defaultdict[UUID, list[ProgressCommand]] = defaultdict(list)
            for startable in book.startable(event.topic, event.position, event.known_at(page.now)):
                for start in starts(event, [startable], page.now):
                    if isinstance(start, StaleStart):
                        await self._pass_over(page, event, startable, "stale")
                    elif stopped:
                        await self._pass_over(page, event, startable, "stopped")
                    else:
                        started[start.stream].append(start)
            await self._give_all(page, book, instances, event, started)

    async def _give_all(
        self,
        page: EventPage,
        book: ProcedureBook,
        instances: "_Instances",
        event: RecordedEvent,
        given: Mapping[UUID, Sequence[ProgressCommand]],
    ) -> None:
        """Gives the commands of an event, those to one procedure in turn, and takes in what has become of it."""
        if not given:
            return

        async def give(commands: Sequence[ProgressCommand]) -> None:
            for command in commands:
                await self._give(page, event, command.stream, command.command_id, command.command)

        results = await asyncio.gather(*(give(commands) for commands in given.values()), return_exceptions=True)
        for failed in results:
            if failed is not None:
                raise failed
        loaded = await asyncio.to_thread(self._running, page, book, list(given))
        for stream in given:
            instances.put(stream, loaded.get(stream))

    async def _pass_over(
        self, page: EventPage, event: RecordedEvent, startable: StartableProcedure, why: PassedOverWhy
    ) -> None:
        """Records on the subject that a procedure did not start."""
        subject = subject_of(event, startable.definition)
        if subject is None:
            return
        passed_over = PassOverRule(
            subject_kind=startable.definition.subject,
            rule=f"procedure:{startable.name}"[:200],
            version=startable.version,
            cause=event.envelope.event_id,
            why=why,
        )
        command_id = f"procedure/{startable.name}/{subject}/{event.envelope.event_id}"
        await self._give(page, event, subject, command_id, passed_over)

    async def _give(
        self, page: EventPage, event: RecordedEvent, stream: UUID, command_id: str, command: Command
    ) -> None:
        """Gives a command once. Raises LogUnavailable, Overloaded, LogDamaged."""
        envelope = event.envelope
        context = CommandContext(
            _ACTOR,
            command_id,
            _ORIGIN,
            correlation_id=envelope.correlation_id,
            causation_id=envelope.event_id,
            depth=(envelope.depth or 0) + 1,
        )
        try:
            await page.desk.handle(stream, command, context)
        except (Refusal, CommandIdReused) as refused:
            _LOG.info("%s is not recorded: %s", command_id, refused)
        except AGAIN:
            raise
        except Exception as error:  # noqa: BLE001 -- a fault of one procedure must not keep back the others
            self._faults.log_once(stream, f"{command_id} cannot be decided: {error!r}")

    def _instances(self, page: EventPage, book: ProcedureBook, names: Collection[UUID]) -> "_Instances":
        """The procedures that run for some subjects and customers."""
        instances = _Instances()
        for stream, instance in self._running(page, book, self._running_streams(page, names)).items():
            instances.put(stream, instance)
        return instances

    def _running_streams(self, page: EventPage, names: Collection[UUID]) -> list[UUID]:
        """The streams of procedures for some subjects and customers that may run: by the rows, which may lag, and by
        the log behind them.
        """
        streams: set[UUID] = set()
        projected = 0
        try:
            projected = position_of(page.connection, page.tenant, [PROCEDURES])
            streams.update(running_for(page.connection, schema_of(page.tenant), list(names)))
        except ProjectionOutdated:
            pass
        statement = reader.select_where(page.tenant, "where topic = 'procedure.started' and position > %s")
        rows = page.connection.execute(statement, [projected], binary=True).fetchall()
        for event in self._faults.decoded(page.tenant, rows):
            started: ProcedureStarted = event.payload
            if not {started.subject, started.customer_id}.isdisjoint(names):
                streams.add(event.stream)
        return sorted(streams)

    def _running(self, page: EventPage, book: ProcedureBook, streams: Sequence[UUID]) -> dict[UUID, RunningInstance]:
        """The instances of some streams that run by the log, without those that cannot be read."""
        loaded = isolating_faults(partial(_running, page, book), streams, self._faults.leave_out)
        return dict(chain.from_iterable(map(dict.items, loaded)))

    def _book_of(self, definitions: Sequence[RecordedEvent]) -> ProcedureBook:
        """The book of these definitions; the same one while no other is published."""
        if len(definitions) != len(self._definitions):
            self._definitions, self._book = definitions, ProcedureBook(definitions)
        return self._book


class _Instances:
    """Running procedures, found by their subject and their customer."""

    def __init__(self) -> None:
        self._running: dict[UUID, RunningInstance] = {}
        self._named: defaultdict[UUID, set[UUID]] = defaultdict(set)

    def put(self, stream: UUID, instance: RunningInstance | None) -> None:
        """Takes in what an instance has become; None: it has ended."""
        self._running.pop(stream, None)
        if instance is not None:
            self._running[stream] = instance
            for name in (instance.procedure.subject, instance.procedure.customer):
                if name is not None:
                    self._named[name].add(stream)

    def named_by(self, event: RecordedEvent) -> list[RunningInstance]:
        """Those that an event may concern, by their streams."""
        named = named_by(event.stream, event.payload)
        streams = sorted({stream for name in named for stream in self._named.get(name, ())})
        return [self._running[stream] for stream in streams if stream in self._running]


def _steps_told(page: EventPage, handed_over: Sequence[RecordedEvent]) -> dict[int, list[ProgressCommand]]:
    """What the hand-overs of notices lead to, by their positions."""
    if not handed_over:
        return {}
    streams = {event.stream for event in handed_over}
    requests = reader.streams(page.connection, page.tenant, streams, page.head)
    commands = {event.position: step_told(event, requests[event.stream][0].payload.dedupe_key) for event in handed_over}
    return {position: [command] for position, command in commands.items() if command is not None}


def _running(page: EventPage, book: ProcedureBook, streams: Collection[UUID]) -> dict[UUID, RunningInstance]:
    """The instances of some streams that run by the log."""
    head = reader.head(page.connection, page.tenant)
    histories = reader.streams(page.connection, page.tenant, list(streams), head)
    instances = (RunningInstance.of(history, book.version) for history in histories.values())
    return {instance.stream: instance for instance in instances if instance is not None}
