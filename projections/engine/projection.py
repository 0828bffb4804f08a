"""What a projection is: tables, and a pure fold from the events of one stream to that stream's rows.

The rows of a stream depend on its events and on the declared fold inputs. So every way to them gives the same rows:
live, in batches of any size, rebuilt, or at another instant. What depends on now, or on the rows of other streams,
belongs into the query.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, sql

from domain.envelope import RecordedEvent
from domain.messages import Event
from projections.engine.stream import Stream
from projections.engine.table import Table

Row = Any
"""An instance of the dataclass of one of the projection's tables."""


class FoldInputs(NamedTuple):
    """What a fold reads beside its stream: published policies and calendars, related streams, published definitions.

    All are in recorded order, and empty for a projection without an enrichment. ``related`` holds the streams that the
    stream is related to, directly or through another, by their ids; it may hold further ones.
    """

    rules: Sequence[RecordedEvent]
    related: Mapping[UUID, Sequence[RecordedEvent]]
    definitions: Sequence[RecordedEvent] = ()


NO_INPUTS = FoldInputs((), {})

Fold = Callable[[Stream, FoldInputs], Iterable[Row]]
"""Gives the rows of a stream; the class of a row says its table.

An append-only table gets the rows of the new events alone. Every other table gets all rows of the stream; they replace
those it had. Raises whatever is wrong with the events.
"""


def _none(*_arguments: object) -> Collection[UUID]:
    return ()


def _always(_event: RecordedEvent) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Enrichment:
    """What a projection reads beside its streams: the published rules and definitions, and related streams.

    ``related(rules, events)`` names the streams that a stream is related to by its events. It is asked of these streams
    too, until no further one is named. ``related_types`` are the types of the events that are read of related streams;
    None: all. ``dependents(connection, schema, rules, streams)`` names the streams that are folded again because these
    related streams have new events of such types; ``concerns(event)`` says whether such an event may have dependents.
    Many dependents of an event among ``paged`` are folded in transactions of their own, ahead of the checkpoint: for
    rows that are candidates, which the log judges.
    """

    related: Callable[[Sequence[RecordedEvent], Sequence[RecordedEvent]], Collection[UUID]] = _none
    dependents: Callable[[Connection, str, Sequence[RecordedEvent], Collection[UUID]], Collection[UUID]] = _none
    related_types: frozenset[type[Event]] | None = None
    concerns: Callable[[RecordedEvent], bool] = _always
    paged: frozenset[type[Event]] = frozenset()


@dataclass(frozen=True, slots=True)
class Projection:
    """``kinds`` names the kinds of streams that it folds, such as ``ticket``; None: all, those of plug-ins too.

    Raise ``version`` with every change of the tables or of what the fold gives: stored rows of another version are
    rebuilt. Recorded rows (``tests/projections/golden``) show when it is due. ``data`` names the version of the data of
    the program from which the rows are made, such as time zones: rows of other data are rebuilt too.
    """

    name: str
    version: int
    kinds: frozenset[str] | None
    tables: tuple[Table, ...]
    fold: Fold
    enrichment: Enrichment | None = None
    data: str | None = None

    @property
    def definition(self) -> str:
        """Stands beside the checkpoint and says which code and data made the rows."""
        return f"{self.name} version {self.version}" + (f", {self.data}" if self.data else "")

    def reads(self, kind: str) -> bool:
        """Whether it folds streams of a kind."""
        return self.kinds is None or kind in self.kinds

    def ddl(self, schema: str) -> sql.Composed:
        """The statements that make the tables."""
        return sql.Composed([table.ddl(schema) for table in self.tables])
