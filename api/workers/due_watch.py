"""The due watch gives the commands whose time has come, each once. What it watches is the table DUES."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg import Connection

from api.workers.contract_lapses import CONTRACT_LAPSES
from api.workers.due import Due, DueCommand
from api.workers.sla_alerting import USUAL_SETTINGS, AlertSettings
from api.workers.tracked_segments import TRACKED_SEGMENTS
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandIdReused
from domain.command_handling.service_desk import Now, Overloaded, ServiceDesk
from domain.event_log import reader
from domain.event_log.advisory_locks import alerts_lock
from domain.event_log.soundness import LogDamaged
from domain.event_log.store import LogUnavailable
from domain.refusal import Refusal
from projections.engine.checkpoints import ProjectionOutdated, position_of

DUES: tuple[Due, ...] = (CONTRACT_LAPSES, TRACKED_SEGMENTS)
WATCH = Actor(id="due-watch", kind="system")
_ORIGIN = Origin(channel="due-watch")
_FIRST = UUID(int=0)
_LOG = logging.getLogger(__name__)


class DueWatch:
    """Records what is due of a tenant. Any number of watches may run at once: a command that was judged on a stale
    history is refused and judged again, and its id lets it be recorded once. It rests while a past is being imported.
    """

    def __init__(
        self,
        connection: Connection,
        tenant: str,
        desk: ServiceDesk,
        clock: Now | None = None,
        settings: AlertSettings = USUAL_SETTINGS,
        dues: Sequence[Due] = DUES,
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._desk = desk
        self._clock = clock
        self._settings = settings
        self._dues = dues
        self._after = dict.fromkeys((due.name for due in dues), _FIRST)
        self._settled: dict[UUID, int] = {}
        self._faulty: set[UUID] = set()

    async def announce(self) -> float:
        """Records a page of what is due of each kind; returns the seconds until the next one may be due."""
        poll = self._settings.listener.poll
        if not await asyncio.to_thread(alerts_lock(self._tenant).is_free, self._connection):
            return poll
        return min([await self._record(due, poll) for due in self._dues], default=poll)

    async def _record(self, due: Due, poll: float) -> float:
        """The same of one kind. No rows, or rows of another release, say nothing."""
        now = await asyncio.to_thread(self._now)
        try:
            page, more = await asyncio.to_thread(self._page, due, now)
        except ProjectionOutdated:
            return poll
        judged = await asyncio.to_thread(self._judge, due, page, now)
        await asyncio.gather(*map(self._give, judged))
        if more:
            return 0.0
        next_at = await asyncio.to_thread(due.next_at, self._connection, self._tenant, now)
        return poll if next_at is None else min(max((next_at - now).total_seconds(), 0.0), poll)

    def _page(self, due: Due, now: datetime) -> tuple[list[UUID], bool]:
        """The next candidates that are not settled, and whether there may be more."""
        projected = position_of(self._connection, self._tenant, [due.projection])
        self._settled = {stream: position for stream, position in self._settled.items() if position > projected}
        limit = self._settings.scan.page
        found = due.candidates(self._connection, self._tenant, now, self._after[due.name], limit)
        more = len(found) == limit
        self._after[due.name] = found[-1] if more else _FIRST
        return [stream for stream in found if stream not in self._settled], more

    def _judge(self, due: Due, candidates: Sequence[UUID], now: datetime) -> list[DueCommand]:
        """All together. When that fails, in halves, until the one is left that cannot be judged."""
        if not candidates:
            return []
        try:
            return due.judge(self._connection, self._tenant, candidates, now, self._settings.scan.quiet)
        except psycopg.Error:
            raise
        except Exception:  # noqa: BLE001 -- a fault in one history must not keep back the others
            if len(candidates) == 1:
                self._log_once(candidates[0], f"what is due of {candidates[0]} ({due.name}) cannot be judged")
                return []
            half = len(candidates) // 2
            return self._judge(due, candidates[:half], now) + self._judge(due, candidates[half:], now)

    async def _give(self, due: DueCommand) -> None:
        context = CommandContext(WATCH, due.command_id, _ORIGIN, expected_version=due.version)
        try:
            result = await self._desk.handle(due.stream, due.command, context)
        except (StaleVersion, Overloaded, LogUnavailable, LogDamaged):
            return  # it is judged again by the next page
        except (CommandIdReused, Refusal) as error:
            self._log_once(due.candidate, f"{due.command_id} cannot be recorded: {error}")
            return
        self._settled[due.candidate] = result.answer.position

    def _log_once(self, candidate: UUID, message: str) -> None:
        if candidate not in self._faulty:
            self._faulty.add(candidate)
            _LOG.warning(message)

    def _now(self) -> datetime:
        """The present instant by the database's clock, which also sets recorded_at."""
        return self._clock() if self._clock else reader.now(self._connection)
