"""Rows of the backlog by name, and instants at which they are read."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.ticket.timeline import Entry
from projections.backlog.table import BACKLOG, BacklogCrossing, BacklogSegment
from tests.support.events import START
from tests.support.folded import rows_of, values

Log = Sequence[RecordedEvent]

MICROSECOND = timedelta(microseconds=1)

ENTRIES: tuple[Entry, ...] = get_args(Entry)

DAY = 24 * 60

instants = st.builds(
    lambda minute, microsecond: START + timedelta(minutes=minute, microseconds=microsecond),
    st.sampled_from([-DAY, -1, 0, 1, 2, 3, 7, 9, 60, 61, DAY, DAY + 7, 9 * DAY, 10 * DAY, 40 * DAY]),
    st.sampled_from([0, 0, -1, 1]),
)


def segments(ticket: Log) -> list[dict[str, Any]]:
    return [values(row) for row in rows_of(BacklogSegment, BACKLOG, ticket)]


def crossed(ticket: Log) -> list[dict[str, Any]]:
    return [values(row) for row in rows_of(BacklogCrossing, BACKLOG, ticket)]


def seen_at(ticket: Log, when: datetime) -> list[dict[str, Any]]:
    ends = datetime.max.replace(tzinfo=UTC)
    return [segment for segment in segments(ticket) if segment["began_at"] <= when < (segment["ended_at"] or ends)]
