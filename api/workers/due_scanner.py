"""Finds what is due of one row of the due watch's table: candidates by rows, judged by the log."""

import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from api.workers.bounded_memory import forget_oldest
from api.workers.due import BEGINNING, Due, DueCandidate, JudgedStream, Rest
from api.workers.fault_isolation import isolating_faults
from api.workers.watching import USUAL_SCAN, ScanSettings
from domain.event_log import reader
from domain.sla.calendar.microseconds import EPOCH
from projections.engine.checkpoints import position_of

_LOG = logging.getLogger(__name__)


class ScanResult(NamedTuple):
    """One page of what is due; ``more`` pages may follow."""

    judged: list[JudgedStream]
    more: bool


class DueScanner:
    """Pages through the candidates, the oldest first.

    A settled stream is not judged again until its rows have caught up with the log.
    """

    def __init__(self, connection: Connection, tenant: str, due: Due, settings: ScanSettings = USUAL_SCAN) -> None:
        self._connection = connection
        self._tenant = tenant
        self._due = due
        self._settings = settings
        self._settled: dict[UUID, int] = {}
        self._resting: dict[UUID, tuple[datetime, Rest]] = {}
        self._logged: dict[UUID, int] = {}
        self._after = BEGINNING
        self._now = EPOCH

    def scan(self, now: datetime) -> ScanResult:
        """The next page of what is due by ``now``. Raises ProjectionOutdated."""
        projected = position_of(self._connection, self._tenant, [self._due.projection])
        self._settled = {stream: position for stream, position in self._settled.items() if position > projected}
        self._now = now
        # A rest that began later than now is from before the clock was put back.
        self._resting = {each: known for each, known in self._resting.items() if known[0] <= now < known[1].until}
        page = self._due.candidates(self._connection, self._tenant, now, self._after, self._settings.page)
        more = len(page) == self._settings.page
        self._after = page[-1] if more else BEGINNING
        self._end_rests(page)
        streams = list(dict.fromkeys(each.stream for each in page if not self._is_left_alone(each)))

        def judge(part: Sequence[UUID]) -> list[JudgedStream]:
            return self._due.judge(self._connection, self._tenant, part, now, self._settings.quiet)

        return ScanResult(list(chain.from_iterable(isolating_faults(judge, streams, self._leave_out))), more)

    def next_at(self, now: datetime) -> datetime | None:
        """When the next one becomes due, of those that are not due ``now``."""
        return self._due.next_at(self._connection, self._tenant, now)

    def settle(self, judged: JudgedStream, position: int) -> None:
        """Notes that nothing else is due of a stream up to ``position`` of the log."""
        self._settled[judged.candidate] = position
        if judged.rest is not None:
            self._resting[judged.candidate] = self._now, judged.rest

    def is_news(self, stream: UUID, version: int) -> bool:
        """Whether a fault of the stream at this version is not logged yet; it counts as logged from now on."""
        known, self._logged[stream] = self._logged.pop(stream, None), version
        forget_oldest(self._logged, self._settings.logged)
        return known != version

    def _end_rests(self, page: Sequence[DueCandidate]) -> None:
        """Ends the rests of streams that have new events."""
        resting = self._resting.keys() & {each.stream for each in page}
        if resting:
            versions = reader.versions(self._connection, self._tenant, resting)
            for stream in resting:
                if versions.get(stream) != self._resting[stream][1].version:
                    del self._resting[stream]

    def _is_left_alone(self, candidate: DueCandidate) -> bool:
        """Whether a stream is settled, or rests and nothing has become due of it since."""
        if candidate.stream in self._settled:
            return True
        known = self._resting.get(candidate.stream)
        return known is not None and candidate.due_at <= known[0]

    def _leave_out(self, stream: UUID, error: Exception) -> None:
        """Logs a stream that cannot be judged, once until it has changed."""
        version = reader.versions(self._connection, self._tenant, [stream]).get(stream, 0)
        if self.is_news(stream, version):
            _LOG.error("what is due of %s (%s) cannot be judged", stream, self._due.name, exc_info=error)
