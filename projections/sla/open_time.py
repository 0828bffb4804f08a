"""The open time of calendars as SQL, so that the server sums up over any number of rows."""

from datetime import datetime
from itertools import accumulate

from psycopg import sql

from domain.event_log.sql_files import sql_file
from domain.sla.calendar.business_time import BusinessTime
from domain.sla.calendar.interval_index import covered
from domain.sla.calendar.microseconds import SECOND, from_microseconds

_SQL = sql_file("projections.sla", "open_time.sql")


def open_seconds(time: BusinessTime, since: str, earliest: datetime, until: datetime) -> sql.Composable:
    """The seconds of a calendar from the instant in the column ``since``, which is not before ``earliest``.

    They count up to ``until``. The statement holds an array of the open intervals between the two.
    """
    column = sql.Identifier(since)
    first, last = covered(earliest), covered(until)
    intervals = time.open_intervals_us(first, max(first, last))
    lengths = [(closes - opens) / SECOND for opens, closes in intervals]
    rest = list(accumulate(reversed(lengths)))[::-1]
    return _SQL["open seconds"].composed(
        since=column,
        rest=sql.Literal(rest),
        opens=_instants([opens for opens, _ in intervals]),
        closes=_instants([closes for _, closes in intervals]),
    )


def _instants(instants: list[int]) -> sql.Composed:
    return sql.SQL("{}::timestamptz[]").format(sql.Literal([from_microseconds(at) for at in instants]))
