"""Tables of projections that are filled from the log for one transaction."""

from collections.abc import Sequence
from functools import cache

from psycopg import Connection, sql

from projections.engine.past_histories import HistoriesThen
from projections.engine.projection import Projection
from projections.engine.replay import ReplayProgress, replay

TEMPORARY = "pg_temp"


def fold_temporarily(
    connection: Connection,
    tenant: str,
    projections: Sequence[Projection],
    up_to: int,
    *,
    then: HistoriesThen | None = None,
    progress: ReplayProgress = lambda _: None,
    among: str = "true",
) -> None:
    """Makes the projections' tables in TEMPORARY from the log up to a position; they go with the transaction.

    ``among`` is a condition on the streams (SQL, never from outside the program).
    """
    for projection in projections:
        connection.execute(_ddl(projection))
    replay(connection, connection, tenant, TEMPORARY, projections, up_to, then=then, progress=progress, among=among)


@cache
def _ddl(projection: Projection) -> sql.SQL:
    """The statements as one text: putting them together takes a sixth of a reading that folds little."""
    return sql.SQL(projection.ddl(TEMPORARY).as_string())
