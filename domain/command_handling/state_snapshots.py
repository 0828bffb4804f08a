"""States as text and back, with the version of the folds that made them."""

from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from domain.command_handling.aggregates import aggregate_of
from domain.command_handling.decide import StreamState
from domain.event_log.snapshots import Snapshot

VERSION = 17
"""Raise it with every change of a state's fields or of what ``evolve`` gives; ``tests/domain/golden`` shows when."""
FOLD = f"version {VERSION}"
"""Names the folds that a state comes from; a snapshot of another name is not used."""
EVERY = 100
"""A stream's state is kept each time this many more events have been folded."""


def is_due(before: int, now: int) -> bool:
    """Whether a multiple of EVERY lies between two versions of a stream."""
    return before // EVERY < now // EVERY


def snapshot_of(stream: UUID, folded: StreamState) -> Snapshot:
    """The snapshot of a stream's state."""
    state: str = _adapter(folded.kind).dump_json(folded.state).decode()
    return Snapshot(stream, folded.version, FOLD, f"{folded.kind} {state}")


def folded_from(snapshot: Snapshot) -> StreamState:
    """The state that a snapshot holds."""
    kind, _, state = snapshot.state.partition(" ")
    return StreamState(kind, _adapter(kind).validate_json(state), snapshot.version)


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(type(aggregate_of(kind).initial))
