"""Local days in SQL are those of the pinned zones, whatever zone files the server has."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from psycopg import sql

from domain.zones import zone_named
from projections.scope.local_days import day_begins_at, sql_local_day
from tests.support.local_days import compared_days

ZONES = (
    "Asia/Ho_Chi_Minh", "Europe/Berlin", "UTC", "Asia/Beirut", "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca",
    "Asia/Kathmandu", "America/St_Johns",
)  # fmt: skip
DAYS = [date(1975, 6, 1) + timedelta(days=number) for number in range(30_000)]


@pytest.mark.parametrize("name", ZONES)
def test_every_day_begins_and_ends_in_sql_when_it_does_in_python(database_url: str, name: str) -> None:
    zone = zone_named(name)
    days, begins = zip(*compared_days(DAYS, zone), strict=True)
    instants = [begin + timedelta(seconds=shift) for begin in begins for shift in (-1, 0, 1, 3_600, 7_200)]
    statement = sql.SQL(
        "select (select array_agg({begins} order by n) from unnest(%s::date[]) with ordinality as d (day, n)),"
        " (select array_agg({days} order by n) from unnest(%s::timestamptz[]) with ordinality as t (at, n))"
    ).format(begins=day_begins_at(sql.Identifier("day"), zone), days=sql_local_day(sql.Identifier("at"), zone))
    with psycopg.connect(database_url, options="-c timezone=America/New_York") as connection:
        row = connection.execute(statement, [list(days), instants]).fetchone()
    assert row is not None
    assert [at.astimezone(UTC) for at in row[0]] == list(begins)
    assert row[1] == [at.astimezone(zone).date() for at in instants]


def test_an_instant_far_away_has_the_nearest_offset(database_url: str) -> None:
    zone = zone_named("Asia/Ho_Chi_Minh")
    at = sql.Literal(datetime(2500, 1, 1, 17, tzinfo=UTC))
    with psycopg.connect(database_url) as connection:
        row = connection.execute(sql.SQL("select {}").format(sql_local_day(at, zone))).fetchone()
    assert row == (date(2500, 1, 2),)
