"""How far each projection has folded the log, and which version of it made the rows."""

from collections.abc import Collection, Iterable

from psycopg import Connection, sql

from domain.errors import LedgerError
from domain.event_log.schema import schema_of
from projections.engine.projection import Projection


class ProjectionOutdated(LedgerError):  # noqa: N818 -- names the state of things
    """The rows were made by another version of a projection, which this code would misread."""

    kind = "unavailable"
    begins_small = True

    @property
    def detail(self) -> str:
        return "the readings are being made anew by another release"


def make_checkpoints(connection: Connection, schema: str, projections: Iterable[Projection]) -> None:
    """Sets projections of an empty schema to position 0."""
    statement = sql.SQL("insert into {}.projection_positions (name, definition, position) values (%s, %s, 0)")
    with connection.cursor() as cursor:
        cursor.executemany(
            statement.format(sql.Identifier(schema)),
            [(projection.name, projection.definition) for projection in projections],
        )


def position_of(connection: Connection, tenant: str, projections: Collection[Projection]) -> int:
    """The position of the slowest of some projections. Raises ProjectionOutdated."""
    return checkpoints_of(connection, tenant, projections)[0]


def checkpoints_of(connection: Connection, tenant: str, projections: Collection[Projection]) -> tuple[int, int]:
    """The positions of the slowest and of the furthest of some projections. Raises ProjectionOutdated."""
    statement = sql.SQL(
        "select count(*), min(position), max(position) from {}.projection_positions where definition = any(%s)"
    )
    definitions = list({projection.definition for projection in projections})
    row = connection.execute(statement.format(sql.Identifier(schema_of(tenant))), [definitions]).fetchone()
    if row is None or row[0] < len(definitions):
        raise ProjectionOutdated(
            f"the projections of {tenant} are those of another release, or are being rebuilt:"
            " run `migrate`, which rebuilds them and waits until it is done"
        )
    return int(row[1]), int(row[2])


def common_position(connection: Connection, tenant: str, projections: Collection[Projection]) -> int | None:
    """The position at which all of some projections stand; None when they stand at different ones or are outdated."""
    statement = sql.SQL("select position from {}.projection_positions where definition = any(%s)")
    definitions = [projection.definition for projection in projections]
    rows = connection.execute(statement.format(sql.Identifier(schema_of(tenant))), [definitions]).fetchall()
    positions = {position for (position,) in rows}
    return positions.pop() if len(rows) == len(definitions) and len(positions) == 1 else None


def outdated(connection: Connection, tenant: str, projections: Iterable[Projection]) -> list[Projection]:
    """The projections that have no rows yet, or rows of another version."""
    statement = sql.SQL("select definition from {}.projection_positions").format(sql.Identifier(schema_of(tenant)))
    stored = {definition for (definition,) in connection.execute(statement)}
    return [projection for projection in projections if projection.definition not in stored]
