"""The streams that are folded again because events of others have changed their fold inputs, in pages."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from projections.engine.fold_inputs import FoldInputLoader
from projections.engine.projection import Enrichment

DEPENDENTS_PAGE = 2_000
"""Streams that are folded again at once."""


def dependents_of(
    connection: Connection,
    schema: str,
    enrichment: Enrichment,
    events: Iterable[RecordedEvent],
    inputs: FoldInputLoader,
) -> Sequence[UUID]:
    """The dependents of some events. A definition may have every stream for one."""
    types = enrichment.related_types
    related = {
        event.stream
        for event in events
        if (types is None or type(event.payload) in types) and enrichment.concerns(event)
    }
    return list(enrichment.dependents(connection, schema, inputs.rules, related)) if related else []


def pages(dependents: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """The dependents in pages."""
    return (dependents[first : first + DEPENDENTS_PAGE] for first in range(0, len(dependents), DEPENDENTS_PAGE))


def is_large(dependents: Sequence[UUID]) -> bool:
    """Whether they are more than one page."""
    return len(dependents) > DEPENDENTS_PAGE
