"""What a projection is: tables, and a pure fold from one stream's history to that stream's rows in them.

The rows of a stream depend on its history and on what the projection declares it reads beside it, so that every way to
them agrees: live, in batches of any size, rebuilt, or as it was known at another instant. What depends on the rows of
other streams, or on now, is asked of the rows when they are read.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent

Row = tuple[Any, ...]
History = tuple[Sequence[RecordedEvent], int]
"""A stream so far, and the index of its first event that is new."""

Fold = Callable[[Sequence[RecordedEvent], int], tuple[list[Row], ...]]
"""``fold(history, new_from)``: the rows for each table, in the order of ``Projection.tables``.

``history`` is the whole stream so far, in recorded order. A kept table wants the rows of ``history[new_from:]`` alone;
every other table wants all rows of the stream, which replace those it had. Raises whatever is wrong with the history.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` as in the rows; the first holds the stream's id. ``kept``: rows are added, never replaced."""

    name: str
    columns: tuple[str, ...]
    kept: bool = False


@dataclass(frozen=True, slots=True)
class FoldInputs:
    """What a fold reads beside its own stream: all published rules, and a companion; they stand before its history.

    ``companion(rules, history)``: another stream that this one is judged with, if any. ``touched(connection, schema,
    rules, events)``: streams whose rows a batch changes although none of their own events is in it.
    """

    companion: Callable[[Sequence[RecordedEvent], Sequence[RecordedEvent]], UUID | None]
    touched: Callable[[Connection, str, Sequence[RecordedEvent], Sequence[RecordedEvent]], Collection[UUID]]


@dataclass(frozen=True, slots=True)
class Projection:
    """``kinds`` names the streams it reads ("ticket", "customer"); ``ddl`` makes its tables in ``{schema}``."""

    name: str
    kinds: frozenset[str]
    ddl: LiteralString
    tables: tuple[Table, ...]
    fold: Fold
    beside: FoldInputs | None = None


def kind_of(event: RecordedEvent) -> str:
    """Whose stream an event stands in: the first word of its topic."""
    return event.topic.partition(".")[0]


def in_world_order(history: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """The events of one stream as they happened, by (occurred_at, version): where clocks and reports place facts."""
    return sorted(history, key=lambda event: (event.envelope.occurred_at, event.version))
