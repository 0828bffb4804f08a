"""The rows of projections that hold everything recorded so far, at one known position."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from psycopg import Connection

from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.engine.checkpoints import common_position
from projections.engine.point_in_time import as_at_position
from projections.engine.projection import Projection

PATIENCE = 2.0
"""Seconds that a reading waits for the follower before it folds the log itself."""
_PAUSE = 0.05


class RowsAt(NamedTuple):
    """The schema of the rows, and the position up to which the log is folded into them."""

    schema: str
    position: int


@contextmanager
def rows_at_head(
    connection: Connection,
    tenant: str,
    projections: Sequence[Projection],
    *,
    patience: float = PATIENCE,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[RowsAt]:
    """Rows that include every event recorded before the call.

    They are the live ones once the follower has come that far, else folded from the log. The connection must be in
    autocommit; the block is one transaction, which should be REPEATABLE READ.
    """
    head = reader.head(connection, tenant)
    tries = int(patience / _PAUSE)
    while tries and (common_position(connection, tenant, projections) or 0) < head:
        pause(_PAUSE)
        tries -= 1
    with connection.transaction():
        position = common_position(connection, tenant, projections)
        if position is not None and position >= head:
            yield RowsAt(schema_of(tenant), position)
            return
        with as_at_position(connection, tenant, projections, head) as schema:
            yield RowsAt(schema, head)
