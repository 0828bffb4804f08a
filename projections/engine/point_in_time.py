"""Any reading at another instant: the same fold over what was known and had happened by then, in temporary tables."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.engine.checkpoints import position_of
from projections.engine.projection import Projection
from projections.engine.replay import ReplayProgress, replay

TEMPORARY = "pg_temp"


@contextmanager
def as_it_was(
    connection: Connection,
    tenant: str,
    projections: Sequence[Projection],
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
    only: UUID | None = None,
) -> Iterator[str]:
    """The schema to ask instead of the live one; it is gone when the block ends.

    ``known_at`` leaves out what was recorded later, ``as_of`` what happened later; without either it is the live one.
    The cost is that of folding the log up to then once, or the one stream when ``only`` names it.

    Raises ProjectionOutdated for live rows that this code would misread.
    """
    if known_at is None and as_of is None:
        position_of(connection, tenant, projections)
        yield schema_of(tenant)
        return
    with connection.transaction(force_rollback=True):
        up_to = (
            reader.head(connection, tenant) if known_at is None else reader.position_at(connection, tenant, known_at)
        )
        fold_temporarily(connection, tenant, projections, up_to, only=only, keep=_happened_by(as_of))
        yield TEMPORARY


def fold_temporarily(
    connection: Connection,
    tenant: str,
    projections: Sequence[Projection],
    up_to: int,
    *,
    only: UUID | None = None,
    keep: Callable[[RecordedEvent], bool] | None = None,
    progress: ReplayProgress = lambda _: None,
) -> None:
    """Makes the projections' tables in TEMPORARY from the log up to a position; they go with the transaction."""
    for projection in projections:
        connection.execute(projection.ddl(TEMPORARY))
    replay(connection, connection, tenant, TEMPORARY, projections, up_to, only=only, keep=keep, progress=progress)


def _happened_by(as_of: datetime | None) -> Callable[[RecordedEvent], bool] | None:
    if as_of is None:
        return None
    return lambda event: event.envelope.occurred_at <= as_of
