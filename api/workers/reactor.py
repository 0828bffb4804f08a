"""The reactor reads the log in order from where it began, and gives the commands that events lead to."""

import asyncio
import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from psycopg import Connection

from api.workers.command_failures import AGAIN, NO_ANSWER
from api.workers.faults import Faults
from api.workers.leader_election import Lead
from api.workers.procedure_reaction import ProcedureReaction
from api.workers.reaction import EventPage, Reaction
from api.workers.rule_reaction import RuleReaction
from api.workers.switches import SwitchBoard
from api.workers.watching import USUAL_SETTINGS, WatchSettings, present, watch
from domain.command_handling.service_desk import Now, ServiceDesk
from domain.event_log import reader
from domain.event_log.advisory_locks import reactor_lock
from domain.event_log.notifications import append_channel
from domain.event_log.store import LogConnection
from domain.switches.state import Switches

WORKER = "reactor"
PAGE = 5_000
"""Events that are read at once."""
RETRY_SECONDS = 0.5
_TOPIC = 3
"""The column of the topic in a row of the log."""
_LOG = logging.getLogger(__name__)


def reactions() -> Sequence[Reaction]:
    """What reacts to events, in order."""
    return (RuleReaction(), ProcedureReaction())


class Reactor:
    """Reacts to the events of a tenant behind the position at which it first began, which was the head then.

    One reactor of a tenant works at a time, so that limits hold. When it is killed, another one goes on where it has
    noted to be, and gives some commands again, which have one effect. Imports and rebuilds lead to nothing.
    """

    def __init__(
        self,
        connection: Connection,
        tenant: str,
        desk: ServiceDesk,
        clock: Now | None = None,
        settings: WatchSettings = USUAL_SETTINGS,
        *,
        log: LogConnection,
        reacting: Sequence[Reaction] | None = None,
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._desk = desk
        self._clock = clock
        self._poll = settings.listener.poll
        self._log = log
        self._reactions = reactions() if reacting is None else reacting
        self._switches = SwitchBoard(tenant)
        self._faults = Faults(_LOG)
        self._lead = Lead(reactor_lock(tenant))
        self._position: int | None = None

    async def step(self) -> float:
        """Reacts to a page of events; returns the seconds until the next one may be there."""
        if not await asyncio.to_thread(self._lead.is_held_by, self._connection):
            return self._poll
        position = await self._begun_at()
        rows, head = await asyncio.to_thread(self._read, position)
        if not rows:
            return self._poll
        try:
            await self._react(rows, head)
        except NO_ANSWER as error:
            _LOG.warning("the reactor of %s gets no answer (%s); trying again", self._tenant, type(error).__name__)
            return RETRY_SECONDS
        self._position = int(rows[-1][0])
        await self._log.keep_worker_position(WORKER, self._position)
        return 0.0

    async def _begun_at(self) -> int:
        """The position behind which it goes on; at its first start in a log that is the head."""
        noted = await asyncio.to_thread(reader.worker_position, self._connection, self._tenant, WORKER)
        if noted is None:
            head = await asyncio.to_thread(reader.head, self._connection, self._tenant)
            await self._log.keep_worker_position(WORKER, head, begins=True)
            return await self._begun_at()
        return max(noted, self._position or 0)

    def _read(self, position: int) -> tuple[list[tuple[Any, ...]], int]:
        """A page of rows, and the head of the log."""
        rows = reader.page_rows(self._connection, self._tenant, position, PAGE, reader.PAGE_BYTES)
        return rows, reader.head(self._connection, self._tenant) if rows else position

    async def _react(self, rows: Sequence[tuple[Any, ...]], head: int) -> None:
        """Every reaction with the events that it asks for; events that none asks for are not decoded."""
        connection, tenant = self._connection, self._tenant
        definitions = await asyncio.to_thread(reader.definitions, connection, tenant, head)
        now = await asyncio.to_thread(present, self._connection, self._clock)
        for reaction in self._reactions:
            topics = reaction.topics(definitions)
            events = self._faults.decoded(tenant, [row for row in rows if row[_TOPIC] in topics])
            if events:
                page = EventPage(connection, tenant, self._desk, events, definitions, self._stopped, head, now)
                await self._have_react(reaction, page)

    async def _have_react(self, reaction: Reaction, page: EventPage) -> None:
        """All events together. When that fails, in halves, until the one is left that cannot be reacted to."""
        try:
            await reaction.react(page)
        except AGAIN:
            raise
        except Exception:  # noqa: BLE001 -- a fault at one event must not keep back the others
            if len(page.events) == 1:
                _LOG.exception("event %s of %s cannot be reacted to", page.events[0].position, self._tenant)
                return
            half = len(page.events) // 2
            for events in (page.events[:half], page.events[half:]):
                await self._have_react(reaction, replace(page, events=events))

    def _stopped(self) -> Switches:
        return self._switches.read(self._connection)


async def run_reactor(dsn: str, tenant: str, stop: threading.Event, *, reading_dsn: str | None = None) -> None:
    """Reacts until ``stop`` is set. It wakes when events are appended."""
    log = LogConnection(dsn, tenant)
    make = partial(Reactor, log=log)
    try:
        await watch(dsn, tenant, stop, makes=(make,), reading_dsn=reading_dsn, wake=append_channel)
    finally:
        await log.close()
