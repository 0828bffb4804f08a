"""What becomes due: a table row of the due watch, and the commands that it judges to be due."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.messages import Command
from projections.engine.projection import Projection


class DueCommand(NamedTuple):
    """A command to ``stream``, judged on its first ``version`` events.

    ``command_id`` says what has become due, so that it is recorded once. ``candidate`` is the stream whose rows said
    that it may be due.
    """

    candidate: UUID
    stream: UUID
    version: int
    command_id: str
    command: Command


class Due(NamedTuple):
    """Something that becomes due, by the rows of ``projection``, which may lag, and by the log, which does not.

    ``candidates(connection, tenant, now, after, limit)``: the streams whose rows say that they may be due, by their
    ids behind ``after``. ``judge(connection, tenant, candidates, now, quiet)``: what is due of them by the log; a past
    counts as complete when nothing was recorded of it for ``quiet``. ``next_at(connection, tenant, now)``: when the
    next one becomes due.
    """

    name: str
    projection: Projection
    candidates: Callable[[Connection, str, datetime, UUID, int], list[UUID]]
    judge: Callable[[Connection, str, Sequence[UUID], datetime, timedelta], list[DueCommand]]
    next_at: Callable[[Connection, str, datetime], datetime | None]
