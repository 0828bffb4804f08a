"""Which segments of the backlog reach into a span of time, by an index whose cost does not grow with the log.

Segments are sorted by how long they lasted. One that lasted less than a day and was open at noon began after the noon
before: of each length only a short stretch of beginnings has to be looked at, however many segments there are. (A tree
over ranges grows deeper with each segment that comes behind all others: ten times slower after 400,000 of them.)
"""

from typing import LiteralString

from psycopg import sql

_LENGTHS: tuple[LiteralString, ...] = ("1 hour", "24 hours", "168 hours", "720 hours", "8760 hours")
LASTED: LiteralString = "width_bucket(ended_at - began_at, array['" + "', '".join(_LENGTHS) + "']::interval[])"
"""How many of the lengths a segment reached; null while it lasts. To be indexed before ``began_at``."""

_BEGAN_LATE_ENOUGH = [
    sql.SQL("(lasted = {} and began_at > %(start)s - {}::interval)").format(number, length)
    for number, length in enumerate(_LENGTHS)
]
OPEN_BETWEEN = sql.SQL(
    "({} or lasted = {} or lasted is null) and began_at <= %(end)s and (ended_at > %(start)s or ended_at is null)"
).format(sql.SQL(" or ").join(_BEGAN_LATE_ENOUGH), len(_LENGTHS))
"""Segments that hold at some instant from ``start`` to ``end``, both included."""
