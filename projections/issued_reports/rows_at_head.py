"""The rows of projections that hold everything recorded so far, at one known position."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from psycopg import Connection

from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.engine.checkpoints import common_position
from projections.engine.projection import Projection
from projections.point_in_time.readings import as_at_position
from projections.point_in_time.table_locks import hold_tables


class RowsAt(NamedTuple):
    """The schema of the rows, and the position up to which the log is folded into them."""

    schema: str
    position: int


@contextmanager
def rows_at_head(connection: Connection, tenant: str, projections: Sequence[Projection]) -> Iterator[RowsAt]:
    """Rows that include every event recorded so far: the live ones, or what the follower lacks folded beside them.

    The block is one transaction, which must be REPEATABLE READ. It holds the tables against the switch of a rebuild.
    """
    with connection.transaction():
        hold_tables(connection, tenant, projections)
        head = reader.head(connection, tenant)
        if common_position(connection, tenant, projections) == head:
            yield RowsAt(schema_of(tenant), head)
            return
        with as_at_position(connection, tenant, projections, head) as schema:
            yield RowsAt(schema, head)
