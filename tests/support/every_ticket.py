"""All rows of the tickets' table."""

from psycopg import Connection, sql
from psycopg.rows import class_row

from projections.engine.table import selected
from projections.tickets.table import TicketRow


def every_ticket(connection: Connection, schema: str) -> list[TicketRow]:
    """The oldest first. They name their customers as recorded, merged or not."""
    statement = sql.SQL("select {} from {}.tickets order by received_at, ticket")
    with connection.cursor(row_factory=class_row(TicketRow)) as cursor:
        return cursor.execute(statement.format(selected(TicketRow), sql.Identifier(schema))).fetchall()
