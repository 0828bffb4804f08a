"""Local days of instants, and the instants at which local days begin, as SQL.

The offsets of a zone are written into the statement: the zone files of the server may be of another release.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from psycopg import sql

from domain.zones import TimeZone
from projections.scope.zone_offsets import offset_at, offset_changes

_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Offsets are looked for between these instants; the first and the last one hold outside."""


class _Offsets(NamedTuple):
    """``seconds`` ahead of UTC from each instant on; on a clock at the wall, from each of ``walls`` on."""

    instants: list[datetime]
    walls: list[datetime]
    seconds: list[int]


def sql_local_day(instant: sql.Composable, zone: TimeZone) -> sql.Composed:
    """The local day of an expression that gives an instant."""
    offsets = _offsets(zone)
    return sql.SQL("({instant} at time zone 'UTC' + {offset})::date").format(
        instant=instant, offset=_offset(instant, sql.SQL("timestamptz[]"), offsets.instants, offsets)
    )


def day_begins_at(day: sql.Composable, zone: TimeZone) -> sql.Composed:
    """The instant at which the local day of an expression begins; where its midnight does not exist, after the gap."""
    offsets = _offsets(zone)
    wall = sql.SQL("{}::timestamp").format(day)
    return sql.SQL("(({wall} - {offset}) at time zone 'UTC')").format(
        wall=wall, offset=_offset(wall, sql.SQL("timestamp[]"), offsets.walls, offsets)
    )


def _offset(at: sql.Composable, kind: sql.SQL, since: list[datetime], offsets: _Offsets) -> sql.Composed:
    number = sql.SQL("greatest(width_bucket({}, {}::{}), 1)").format(at, sql.Literal(since), kind)
    return sql.SQL("make_interval(secs => ({}::float8[])[{}])").format(sql.Literal(offsets.seconds), number)


@lru_cache(64)
def _offsets(zone: TimeZone) -> _Offsets:
    """The offset at first, and that after each change."""
    offsets = _Offsets([_FIRST], [_FIRST.replace(tzinfo=None)], [offset_at(zone, _FIRST)])
    for changed, before, after in offset_changes(zone, _FIRST, _LAST):
        offsets.instants.append(changed)
        offsets.walls.append((changed + timedelta(seconds=max(before, after))).replace(tzinfo=None))
        offsets.seconds.append(after)
    return offsets
