"""States as text and back, stamped with the code that folded them."""

from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from domain.command_handling.aggregates import AGGREGATES, aggregate_of
from domain.command_handling.decide import StreamState
from domain.event_log import event_types
from domain.event_log.snapshots import Snapshot
from domain.source_code import source_id

EVERY = 100
"""A stream's state is kept each time this many more events have been folded."""


def is_due(before: int, now: int) -> bool:
    """Whether a stream that goes from one version to another passes a multiple of EVERY."""
    return before // EVERY < now // EVERY


def snapshot_of(stream: UUID, folded: StreamState) -> Snapshot:
    """A stream's state, to be kept."""
    state: str = _adapter(folded.kind).dump_json(folded.state).decode()
    return Snapshot(stream, folded.version, fold_id(), f"{folded.kind} {state}")


def folded_from(snapshot: Snapshot) -> StreamState:
    """What was kept."""
    kind, _, state = snapshot.state.partition(" ")
    return StreamState(kind, _adapter(kind).validate_json(state), snapshot.version)


@cache
def fold_id() -> str:
    """Changes whenever the source of an aggregate or an upcaster does: no state outlives the code it came from."""
    return source_id(folds())


def folds() -> list[str]:
    """The modules that a state comes from."""
    return [event_types.__name__, *(aggregate.evolve.__module__ for aggregate in AGGREGATES.values())]


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(type(aggregate_of(kind).initial))
