"""What becomes due: a row of the due watch's table, and what the row judges to be due."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.command_context import Actor, Origin
from domain.envelope import RecordedEvent
from domain.event_log.sql_files import Statement
from domain.messages import Command
from domain.sla.calendar.microseconds import EPOCH
from projections.engine.projection import Projection

FIRST = UUID(int=0)


class DueCandidate(NamedTuple):
    """A stream of which something is due by its rows, and since when."""

    due_at: datetime
    stream: UUID


BEGINNING = DueCandidate(EPOCH, FIRST)
"""Before every candidate."""


@dataclass(frozen=True, slots=True)
class GivenBy:
    """Who gives a command, through what, and how many reactions of automation lead to it."""

    actor: Actor
    origin: Origin
    depth: int | None = None


DUE_WATCH = GivenBy(Actor(id="due-watch", kind="system"), Origin(channel="due-watch"))


class DueCommand(NamedTuple):
    """A command to ``stream``, judged on its first ``version`` events.

    ``command_id`` says what has become due, so that it is recorded once. ``if_refused`` is given in its place when it
    is refused; None: the refusal is logged.
    """

    stream: UUID
    version: int
    command_id: str
    command: Command
    given_by: GivenBy = DUE_WATCH
    if_refused: Command | None = None


class Rest(NamedTuple):
    """What is due now of a stream at ``version`` waits until an instant. What becomes due later does not wait."""

    version: int
    until: datetime


class JudgedStream(NamedTuple):
    """What is due of a candidate, in the order in which it is recorded.

    Nothing else is due of it up to ``position`` of the log, nor while it rests; None where the log alone says when to
    look again.
    """

    candidate: UUID
    position: int
    commands: Sequence[DueCommand]
    rest: Rest | None = None


class Due(NamedTuple):
    """Something that becomes due, by the rows of ``projection``, which may lag, and by the log, which does not.

    ``candidates(connection, tenant, now, after, limit)``: what may be due by the rows, in order, behind ``after``.
    ``judge(connection, tenant, streams, now, quiet)``: what is due of streams by the log; a past counts as complete
    when nothing was recorded of it for ``quiet``. A stream that cannot be judged yet is left out.
    ``next_at(connection, tenant, now)``: when the next one becomes due.
    """

    name: str
    projection: Projection
    candidates: Callable[[Connection, str, datetime, DueCandidate, int], list[DueCandidate]]
    judge: Callable[[Connection, str, Sequence[UUID], datetime, timedelta], list[JudgedStream]]
    next_at: Callable[[Connection, str, datetime], datetime | None]


def candidates_by(
    statement: Statement, **facts: object
) -> Callable[[Connection, str, datetime, DueCandidate, int], list[DueCandidate]]:
    """Reads candidates by a statement with the parameters ``now``, ``due_at``, ``stream``, ``limit`` and ``facts``."""

    def candidates(
        connection: Connection, tenant: str, now: datetime, after: DueCandidate, limit: int
    ) -> list[DueCandidate]:
        parameters = {"now": now, "due_at": after.due_at, "stream": after.stream, "limit": limit, **facts}
        return [DueCandidate(*row) for row in connection.execute(statement.of(tenant), parameters)]

    return candidates


def is_being_entered(history: Sequence[RecordedEvent], due_at: datetime, clock: datetime, quiet: timedelta) -> bool:
    """Whether something was due before its stream was recorded, and events of the stream are still coming in.

    An event recorded later than the present was recorded before the database's clock was set back.
    """
    return due_at < history[0].recorded_at and clock - quiet < history[-1].recorded_at <= clock
