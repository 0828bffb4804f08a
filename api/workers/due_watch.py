"""The due watch gives the commands whose time has come, each once.

What it looks for is the table ``watched``.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from api.workers.answered_tasks import ANSWERED_TASKS
from api.workers.command_failures import JUDGED_AGAIN
from api.workers.contract_lapses import CONTRACT_LAPSES
from api.workers.due import Due, DueCommand, JudgedStream
from api.workers.due_scanner import DueScanner
from api.workers.due_timers import timers_due
from api.workers.limited_firings import LimitedFirings
from api.workers.silent_customers import silent_customers
from api.workers.sla_alerts import SLA_ALERTS
from api.workers.tracked_segments import tracked_segments
from api.workers.usual_repurchases import usual_repurchases
from api.workers.watching import USUAL_SETTINGS, WatchSettings, present
from domain.command_context import CommandContext
from domain.command_handling.pending_command import CommandIdReused
from domain.command_handling.service_desk import Now, ServiceDesk
from domain.event_log import reader
from domain.event_log.advisory_locks import alerts_lock
from domain.event_log.append import Answer
from domain.refusal import Refusal
from projections.engine.checkpoints import ProjectionOutdated

_LOG = logging.getLogger(__name__)


def watched() -> tuple[Due, ...]:
    """What a watch looks for. The scans, and the firings of rules with a limit, are those of one watch."""
    firings = LimitedFirings()
    return (
        SLA_ALERTS,
        timers_due(firings),
        CONTRACT_LAPSES,
        tracked_segments(),
        silent_customers(firings),
        usual_repurchases(firings),
        ANSWERED_TASKS,
    )


class DueWatch:
    """Records what is due of a tenant. Any number of watches may run at once: a command that was judged on a stale
    history is refused and judged again, and its id lets it be recorded once. One of them judges the rules with a limit.
    It rests while a past is being imported.
    """

    def __init__(
        self,
        connection: Connection,
        tenant: str,
        desk: ServiceDesk,
        clock: Now | None = None,
        settings: WatchSettings = USUAL_SETTINGS,
        dues: Sequence[Due] | None = None,
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._desk = desk
        self._clock = clock
        self._poll = settings.listener.poll
        self._scanners = [
            DueScanner(connection, tenant, due, settings.scan) for due in (watched() if dues is None else dues)
        ]

    async def step(self) -> float:
        """Records a page of what is due of each kind; returns the seconds until the next one may be due."""
        if not await asyncio.to_thread(alerts_lock(self._tenant).is_free, self._connection):
            return self._poll
        now = await asyncio.to_thread(present, self._connection, self._clock)
        instants = [at for scanner in self._scanners if (at := await self._record(scanner, now)) is not None]
        if not instants:
            return self._poll
        if min(instants) <= now:
            return 0.0
        left = min(instants) - await asyncio.to_thread(present, self._connection, self._clock)
        return min(max(left.total_seconds(), 0.0), self._poll)

    async def _record(self, scanner: DueScanner, now: datetime) -> datetime | None:
        """The same of one kind; returns when the next one is due. No rows, or rows of another release, say nothing."""
        try:
            scan = await asyncio.to_thread(scanner.scan, now)
        except ProjectionOutdated:
            return None
        await asyncio.gather(*(self._give(scanner, judged) for judged in scan.judged))
        return now if scan.more else await asyncio.to_thread(scanner.next_at, now)

    async def _give(self, scanner: DueScanner, judged: JudgedStream) -> None:
        """One command after the other, each on the judged history and what the commands before it have recorded."""
        position, versions = judged.position, {due.stream: due.version for due in judged.commands}
        for due in judged.commands:
            by = due.given_by
            context = CommandContext(
                by.actor, due.command_id, by.origin, depth=by.depth, expected_version=versions[due.stream]
            )
            try:
                answer = await self._answer(due, context)
            except JUDGED_AGAIN:
                return
            except (CommandIdReused, Refusal) as error:
                if isinstance(error, CommandIdReused) and await self._has_moved(due.stream, versions[due.stream]):
                    return  # another watch, which judged a moment earlier or later, has recorded the same due instance
                if scanner.is_news(judged.candidate, due.version):
                    _LOG.warning("%s of %s cannot be recorded: %s", due.command_id, judged.candidate, error)
                return
            position, versions[due.stream] = answer.position, answer.version
        scanner.settle(judged, position if judged.position else 0)

    async def _has_moved(self, stream: UUID, version: int) -> bool:
        versions = await asyncio.to_thread(reader.versions, self._connection, self._tenant, [stream])
        return versions.get(stream, 0) > version

    async def _answer(self, due: DueCommand, context: CommandContext) -> Answer:
        try:
            return (await self._desk.handle(due.stream, due.command, context)).answer
        except Refusal:
            if due.if_refused is None:
                raise
            otherwise = replace(context, command_id=f"{context.command_id}/refused")
            return (await self._desk.handle(due.stream, due.if_refused, otherwise)).answer
