"""The assigner gives tickets that wait for an agent to agents, as the published routing says."""

import asyncio
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from api.workers.bounded_memory import forget_oldest
from api.workers.command_failures import JUDGED_AGAIN
from api.workers.leader_election import Lead
from api.workers.switches import SwitchBoard
from api.workers.watching import USUAL_SETTINGS, WatchSettings, present
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.pending_command import CommandIdReused
from domain.command_handling.service_desk import Now, ServiceDesk
from domain.definitions.kind import InEffect
from domain.event_log.advisory_locks import alerts_lock, assigner_lock
from domain.ids import Namespace
from domain.messages import Command
from domain.refusal import Refusal
from domain.routing.definition import Routing
from domain.sla.calendar.microseconds import EPOCH
from domain.task.commands import OF_ROUTING, OpenTask
from domain.ticket.commands import AssignByRouting
from projections.assignments.queue import Planned, Planner, QueuedTicket, queue, queue_groups, returned, untold
from projections.assignments.readings import READS, routing_at
from projections.assignments.roster import Roster, roster_at
from projections.engine.checkpoints import ProjectionOutdated, position_of

ASSIGNER = Actor(id="assigner", kind="system")
_ORIGIN = Origin(channel="assigner")
_TASKS = Namespace(UUID("5d0f0a58-6c84-4c0c-8e0a-0a2f5f3b9d17"))
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AssignerSettings:
    """``page`` is how many commands are given together. ``every`` is how long after a look the next one follows
    although nothing has changed: time alone drops skills and tells leads. After a look it rests ``rest`` times as long
    as the look took. ``done`` is how many tickets are remembered of which nothing is recorded.
    """

    page: int = 200
    every: timedelta = timedelta(seconds=10)
    rest: float = 3.0
    done: int = 10_000


class _Given(NamedTuple):
    """A command for a ticket, judged on its first ``version`` events; ``version`` None: for a stream of its own.

    ``agent`` is the folded name of who gets the ticket of ``channel``.
    """

    ticket: UUID
    stream: UUID
    version: int | None
    command_id: str
    command: Command
    agent: str | None = None
    channel: str = ""


class _Settled(NamedTuple):
    """What was recorded at ``position``, while the rows do not show it yet."""

    position: int
    agent: str | None
    channel: str


class _Look(NamedTuple):
    """What a look at the rows leads to. ``next_at`` is when the next one may lead to something."""

    given: list[_Given]
    more: bool
    next_at: datetime | None


class Assigner:
    """Assigns the tickets of a tenant that wait for an agent, those that are due first in front.

    One assigner of a tenant works at a time: it holds a lock while its connection lasts. Two by accident give no ticket
    twice, since a choice is recorded on the version that it was made on; they may exceed the capacity of an agent,
    which is logged and shown.
    """

    def __init__(
        self,
        connection: Connection,
        tenant: str,
        desk: ServiceDesk,
        clock: Now | None = None,
        settings: WatchSettings = USUAL_SETTINGS,
        own: AssignerSettings = AssignerSettings(),
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._desk = desk
        self._clock = clock
        self._poll = settings.listener.poll
        self._settings = own
        self._switches = SwitchBoard(tenant)
        self._lead = Lead(assigner_lock(tenant))
        self._rest_until = 0.0
        self._seen = -1
        self._looked_at = EPOCH
        self._look_at: datetime | None = None
        self._told_at: datetime | None = None
        self._settled: dict[UUID, _Settled] = {}
        self._done: dict[UUID, int] = {}
        self._overloaded: set[str] = set()

    async def step(self) -> float:
        """Assigns a page of tickets; returns the seconds until the next look."""
        if not await asyncio.to_thread(self._may_work):
            return self._poll
        if (left := self._rest_until - time.monotonic()) > 0:
            return min(left, self._poll)
        now = await asyncio.to_thread(present, self._connection, self._clock)
        begun = time.monotonic()
        look = await asyncio.to_thread(self._look, now)
        self._rest_until = time.monotonic() + self._settings.rest * (time.monotonic() - begun)
        await asyncio.gather(*map(self._give, look.given))
        if look.more:
            return min(max(self._rest_until - time.monotonic(), 0.0), self._poll)
        return self._poll if look.next_at is None else min(max((look.next_at - now).total_seconds(), 0.0), self._poll)

    def _may_work(self) -> bool:
        """Whether this is the tenant's assigner, nobody has stopped the tenant, and no past is being entered."""
        if not self._lead.is_held_by(self._connection) or self._switches.read(self._connection).stops("tenant", "all"):
            return False
        return alerts_lock(self._tenant).is_free(self._connection)

    def _look(self, now: datetime) -> _Look:
        """What is to be given at ``now``. All rows are read in one state of the database."""
        nothing = _Look([], more=False, next_at=None)
        with self._connection.transaction():
            self._connection.execute("set transaction isolation level repeatable read, read only")
            routing = routing_at(self._connection, self._tenant, now)
            if routing is None:
                return nothing
            try:
                projected = position_of(self._connection, self._tenant, READS)
            except ProjectionOutdated:
                return nothing
            if projected == self._seen and self._look_at is not None and self._looked_at <= now < self._look_at:
                return nothing._replace(next_at=self._look_at)
            self._settled = {ticket: it for ticket, it in self._settled.items() if it.position > projected}
            roster = roster_at(self._connection, self._tenant, routing.body, now)
            self._report_overloaded(roster)
            for it in self._settled.values():
                if it.agent is not None:
                    roster.take(it.agent, it.channel)
            given, more = self._page(roster, routing)
            if not more and (self._told_at is None or not now < self._told_at <= now + self._settings.every):
                given += self._tasks(roster, routing)
                self._told_at = now + self._settings.every
        self._seen, self._looked_at = -1 if more else projected, now
        self._look_at = min(filter(None, (self._told_at, roster.next_change)), default=None)
        return _Look(given, more, self._look_at)

    def _page(self, roster: Roster, routing: InEffect[Routing]) -> tuple[list[_Given], bool]:
        """Commands for the tickets that come first, and whether more may follow."""
        given: list[_Given] = []
        planner = Planner(self._connection, self._tenant, roster, routing)
        groups = planner.hopeful(queue_groups(self._connection, self._tenant, routing.body))
        come_back = returned(self._connection, self._tenant, routing.body, roster)
        for tickets in chain([come_back], queue(self._connection, self._tenant, routing.body, groups)):
            for planned in planner.plan(list(filter(self._is_news, tickets))):
                given += self._assignment(planned)
                if len(given) >= self._settings.page:
                    return given, True
            if groups and not planner.hopeful(groups):
                return given, True
        return given, False

    def _tasks(self, roster: Roster, routing: InEffect[Routing]) -> list[_Given]:
        """Tasks for the leads of teams whose tickets nobody takes."""
        tickets = untold(self._connection, self._tenant, routing.body, roster.at, self._settings.page)
        planner = Planner(self._connection, self._tenant, roster, routing)
        after = routing.body.tell_lead_after or 0
        return [
            self._task(planned, roster)
            for planned in planner.plan(list(filter(self._is_news, tickets)))
            if planned.choice.chosen is None and planned.waited >= after
        ]

    def _is_news(self, ticket: QueuedTicket) -> bool:
        return ticket.ticket not in self._settled and self._done.get(ticket.ticket) != ticket.version

    def _assignment(self, planned: Planned) -> Iterator[_Given]:
        """The assignment of a ticket to an agent; to its team first where nobody can take it."""
        ticket, chosen = planned.ticket, planned.choice.chosen
        if chosen is None and not (ticket.team is None and ticket.agent is None):
            return
        agent, routing = None if chosen is None else chosen.agent, planned.choice.routing
        yield _Given(
            ticket.ticket,
            ticket.ticket,
            ticket.version,
            f"routing/{ticket.ticket}/{ticket.version}",
            AssignByRouting(team=planned.team, agent=agent, routing=routing),
            None if chosen is None else chosen.key,
            ticket.channel,
        )

    def _task(self, planned: Planned, roster: Roster) -> _Given:
        ticket, team = planned.ticket, roster.team(planned.team)
        name = f"routing/lead/{ticket.ticket}/{ticket.since.isoformat()}"
        task = OpenTask(
            title=_TITLES[roster.language].format(team=planned.team),
            about=ticket.ticket,
            about_kind="ticket",
            customer_id=ticket.customer,
            team=planned.team,
            agent=None if team is None else team.lead,
            due_at=roster.at,
            source=OF_ROUTING,
        )
        return _Given(ticket.ticket, _TASKS.id_of(name), None, name, task)

    async def _give(self, given: _Given) -> None:
        context = CommandContext(ASSIGNER, given.command_id, _ORIGIN, expected_version=given.version)
        try:
            result = await self._desk.handle(given.stream, given.command, context)
        except JUDGED_AGAIN:
            return
        except (CommandIdReused, Refusal) as error:
            if isinstance(error, Refusal) and error.code == "agent_unavailable":
                return
            if given.version is not None:
                self._note_done(given.ticket, given.version)
            if isinstance(error, Refusal):
                _LOG.warning("%s cannot be recorded: %s", given.command_id, error)
            return
        if result.answer.events or given.version is None:
            self._settled[given.ticket] = _Settled(result.answer.position, given.agent, given.channel)
        else:
            self._note_done(given.ticket, given.version)

    def _note_done(self, ticket: UUID, version: int) -> None:
        """Nothing is recorded of a ticket at this version."""
        self._done[ticket] = version
        forget_oldest(self._done, self._settings.done)

    def _report_overloaded(self, roster: Roster) -> None:
        """Logs each agent once who holds more than the capacity."""
        overloaded = {candidate.agent for candidate, _ in roster.all_candidates() if candidate.load > 1}
        for agent in sorted(overloaded - self._overloaded):
            _LOG.info("agent %s holds more than the capacity", agent)
        self._overloaded = overloaded


_TITLES = {"en": "No agent of {team} can take this ticket", "vi": "Không nhân viên nào của {team} nhận được phiếu này"}
"""The title of a lead's task, in the languages of the tenant."""
