"""Procedures: the reaction that starts them, ends their steps, and ends them."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from psycopg import Connection

from api.workers.reaction import Page
from domain.automation.commands import PassOverRule
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.pending_command import CommandIdReused
from domain.definitions.procedure_book import ProcedureBook
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.messages import Command
from domain.procedure.conditions import named_by
from domain.procedure.events import ProcedureStarted
from domain.procedure.progress import ProgressCommand, RunningInstance, StaleStart, may_lead_on, progress, starts
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
    that happens by itself is stopped, events lead to nothing, and the steps stay open for people.
    """

    def __init__(self) -> None:
        self._definitions: Sequence[RecordedEvent] = ()
        self._book = ProcedureBook(())

    def topics(self, definitions: Sequence[RecordedEvent]) -> frozenset[str]:
        """Those that start, advance or end a procedure."""
        return self._book_of(definitions).topics

    async def react(self, page: Page) -> None:
        """Every event of a page."""
        book = self._book_of(page.definitions)
        events = [event for event in page.events if event.topic in book.topics and may_lead_on(event)]
        if not events or page.switches().stops("tenant", "all"):
            return
        names = frozenset[UUID]().union(*(named_by(event.stream, event.payload) for event in events))
        instances = await asyncio.to_thread(self._instances, page, book, names)
        for event in events:
            for command in list(progress(event, instances.named_by(event))):
                await self._give(page, event, command.stream, command.command_id, command.command)
                await self._reload(page, book, instances, command.stream)
            for found in starts(event, book.startable(event.topic, event.position, event.recorded_at)):
                await self._start(page, book, instances, event, found)

    async def _start(
        self,
        page: Page,
        book: ProcedureBook,
        instances: "_Instances",
        event: RecordedEvent,
        found: ProgressCommand | StaleStart,
    ) -> None:
        if isinstance(found, ProgressCommand):
            await self._give(page, event, found.stream, found.command_id, found.command)
            await self._reload(page, book, instances, found.stream)
            return
        name = f"procedure:{found.procedure.name}"
        passed_over = PassOverRule(
            subject_kind=found.procedure.definition.subject,
            rule=name[:200],
            version=found.procedure.version,
            cause=event.envelope.event_id,
            why="stale",
        )
        command_id = f"procedure/{found.procedure.name}/{found.subject}/{event.envelope.event_id}"
        await self._give(page, event, found.subject, command_id, passed_over)

    async def _give(self, page: Page, event: RecordedEvent, stream: UUID, command_id: str, command: Command) -> None:
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

    async def _reload(self, page: Page, book: ProcedureBook, instances: "_Instances", stream: UUID) -> None:
        loaded = await asyncio.to_thread(_running, page, book, [stream])
        instances.put(stream, loaded.get(stream))

    def _instances(self, page: Page, book: ProcedureBook, names: Collection[UUID]) -> "_Instances":
        """The procedures that run for some subjects and customers."""
        streams = running_streams(page.connection, page.tenant, names)
        instances = _Instances()
        for stream, instance in (_running(page, book, streams) if streams else {}).items():
            instances.put(stream, instance)
        return instances

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


def running_streams(connection: Connection, tenant: str, names: Collection[UUID]) -> set[UUID]:
    """The streams of procedures for some subjects and customers that may run: by the rows, which may lag, and by the
    log behind them.
    """
    found: set[UUID] = set()
    projected = 0
    try:
        projected = position_of(connection, tenant, [PROCEDURES])
        found.update(running_for(connection, schema_of(tenant), list(names)))
    except ProjectionOutdated:
        pass
    statement = reader.select_where(tenant, "where position > %s and topic = 'procedure.started'")
    for event in reader.decode_rows(connection.execute(statement, [projected], binary=True).fetchall()):
        started: ProcedureStarted = event.payload
        if not {started.subject, started.customer_id}.isdisjoint(names):
            found.add(event.stream)
    return found


def _running(page: Page, book: ProcedureBook, streams: Collection[UUID]) -> dict[UUID, RunningInstance]:
    """The instances of some streams that run by the log."""
    head = reader.head(page.connection, page.tenant)
    histories = reader.streams(page.connection, page.tenant, list(streams), head)
    instances = (RunningInstance.of(history, book.version) for history in histories.values())
    return {instance.stream: instance for instance in instances if instance is not None}
