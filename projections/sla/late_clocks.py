"""The condition that a clock is late, for statements over the clocks."""

from psycopg import sql


def is_late(now: sql.Composable) -> sql.Composed:
    """The condition that a clock has not ended and is over its target at an instant."""
    return sql.SQL("(finished_at is null and {})").format(is_over(now))


def is_over(now: sql.Composable) -> sql.Composed:
    """The condition that a clock, which has not ended, is over its target at an instant."""
    return sql.SQL("(breached_at is not null or coalesce(late_after < {}, false))").format(now)
