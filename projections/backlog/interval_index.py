"""Finds the segments of the backlog that overlap a span of time, at a cost that does not grow with the log.

The index sorts segments by length, then by beginning. A segment that lasted less than a day and was open at noon began
after noon of the day before, so for each length only a short range of beginnings is read. (An index over ranges is ten
times slower after 400,000 segments: each new one comes behind all others, and the tree grows deeper.)
"""

from typing import LiteralString

from psycopg import sql

_LENGTHS: tuple[LiteralString, ...] = ("1 hour", "24 hours", "168 hours", "720 hours", "8760 hours")
LASTED: LiteralString = "width_bucket(ended_at - began_at, array['" + "', '".join(_LENGTHS) + "']::interval[])"
"""The number of lengths that a segment reached; null while it lasts. The index has it before ``began_at``."""


def open_between(start: sql.Composable, end: sql.Composable) -> sql.Composed:
    """The condition of segments that hold at some instant from ``start`` to ``end``, both included."""
    began_late_enough = [
        sql.SQL("(lasted = {} and began_at > {} - {}::interval)").format(number, start, length)
        for number, length in enumerate(_LENGTHS)
    ]
    return sql.SQL(
        "({began_late_enough} or lasted = {longest} or lasted is null)"
        " and began_at <= {end} and (ended_at > {start} or ended_at is null)"
    ).format(began_late_enough=sql.SQL(" or ").join(began_late_enough), longest=len(_LENGTHS), start=start, end=end)


OPEN_BETWEEN = open_between(sql.Placeholder("start"), sql.Placeholder("end"))
"""The same with the parameters ``start`` and ``end``."""
