"""The rows that the fold of a projection gives of one history."""

from collections.abc import Sequence
from typing import Any, TypeVar

from domain.envelope import RecordedEvent
from projections.engine.projection import NO_INPUTS, FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import column_names

R = TypeVar("R")


def fold(
    projection: Projection, events: Sequence[RecordedEvent], new_from: int = 0, inputs: FoldInputs = NO_INPUTS
) -> list[Any]:
    """All rows of the stream, of all tables."""
    return list(projection.fold(Stream(events, new_from), inputs))


def rows_of(kind: type[R], projection: Projection, events: Sequence[RecordedEvent]) -> list[R]:
    """The rows of one class."""
    return [row for row in fold(projection, events) if type(row) is kind]


def values(row: Any) -> dict[str, Any]:
    """The columns of a row by name."""
    return {name: getattr(row, name) for name in column_names(type(row))}
