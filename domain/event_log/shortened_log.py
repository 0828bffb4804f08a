"""A log that was shortened and is used on: what knew of the lost events forgets them."""

from psycopg import Connection

from domain.event_log.sql_files import sql_file

_SQL = sql_file("domain.event_log", "shortened_log.sql")


def forget_lost_events(connection: Connection, tenant: str) -> int:
    """Forgets what lies beyond the end of the log; returns how many answers of commands.

    Their commands are recorded anew when they are repeated. The connection is the owner's.
    """
    row = connection.execute(_SQL["forget"].of(tenant)).fetchone()
    return int(row[0]) if row else 0
