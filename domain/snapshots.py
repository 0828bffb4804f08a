"""States as text and back, stamped with the code that folded them."""

import hashlib
import inspect
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from domain.event_log import versions
from domain.event_log.snapshots import Snapshot
from domain.event_log.versions import EVENT_CLASSES
from domain.judging import Folded
from domain.routes import route_of_stream

EVERY = 100
"""A stream's state is kept each time this many more events have been folded."""


def is_due(before: int, now: int) -> bool:
    """Whether a stream that goes from one version to another passes a multiple of EVERY."""
    return before // EVERY < now // EVERY


def snapshot_of(stream: UUID, folded: Folded) -> Snapshot:
    """A stream's state, to be kept."""
    state: str = _adapter(folded.kind).dump_json(folded.state).decode()
    return Snapshot(stream, folded.version, fold_id(), f"{folded.kind} {state}")


def folded_from(snapshot: Snapshot) -> Folded:
    """What was kept."""
    kind, _, state = snapshot.state.partition(" ")
    return Folded(kind, _adapter(kind).validate_json(state), snapshot.version)


@cache
def fold_id() -> str:
    """Changes whenever the source of a fold, an event or an upcaster does: no state outlives what it came from."""
    return hashlib.sha256(b"".join(Path(source).read_bytes() for source in sorted(_sources()))).hexdigest()[:16]


def _sources() -> set[str]:
    folds = {inspect.getfile(route_of_stream(topic.partition(".")[0]).evolve) for topic in EVENT_CLASSES}
    events = {inspect.getfile(event) for event in EVENT_CLASSES.values()}
    return folds | events | {versions.__file__}


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(type(route_of_stream(kind).initial))
