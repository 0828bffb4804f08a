"""A file by its id."""

from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from projections.engine.projection import Row
from projections.files.table import FileRow


def file_row(connection: Connection, schema: str, file: UUID) -> FileRow | None:
    """The facts of a file; None when there is none."""
    statement = sql.SQL("select * from {} where file = %s").format(sql.Identifier(schema, "files"))
    with connection.cursor(row_factory=class_row(FileRow)) as cursor:
        return cursor.execute(statement, [file]).fetchone()


def file_in(rows: list[Row]) -> FileRow | None:
    """The same from the rows of one stream."""
    return rows[0] if rows else None
