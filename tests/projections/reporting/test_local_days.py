"""Local days in views are those of the figures: of the pinned zones, and of the settings in effect now."""

from bisect import bisect_right
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version

import psycopg
import pytest

from domain.definitions.settings import SETTINGS
from domain.event_log.schema import in_schema
from domain.event_log.sql_files import Statement
from domain.local_time import midnight
from domain.zones import zone_named
from projections.engine.checkpoints import outdated
from projections.reporting.local_days import built_in_offsets, local_day_in_view, zone
from projections.reporting.local_offsets import LOCAL_OFFSETS, LocalOffset, offsets_of
from tests.support.filled import SCHEMA, filled
from tests.support.folded import rows_of
from tests.support.local_days import compared_days
from tests.support.settings import LONG_AGO, settings_published

ZONES = (
    "Asia/Ho_Chi_Minh", "Europe/Berlin", "UTC", "Asia/Beirut", "America/Sao_Paulo", "Africa/Casablanca",
    "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe",
)  # fmt: skip
DAYS = [date(1900, 1, 1) + timedelta(days=number) for number in range(80_000)]
TICK = timedelta.resolution


@pytest.mark.parametrize("name", ZONES)
def test_every_day_of_two_centuries_begins_where_reports_let_it_begin(name: str) -> None:
    offsets = offsets_of(zone_named(name))
    instants = [offset.begins_at for offset in offsets]

    def day(at: datetime) -> date:
        return (at + timedelta(seconds=offsets[bisect_right(instants, at) - 1].seconds)).date()

    begins = compared_days(DAYS, zone_named(name))
    assert [on for on, at in begins if day(at) != on or day(at - TICK) != on - timedelta(days=1)] == []
    assert instants == sorted(set(instants))


def test_a_day_that_a_clock_put_back_over_midnight_is_not_left_again() -> None:
    """In St. John's the clock went from 00:01 to 23:01 of the day before: the new day had begun for a minute."""
    offsets = offsets_of(zone_named("America/St_Johns"))
    changed = datetime(2010, 11, 7, 2, 31, tzinfo=UTC)
    (of_autumn,) = (offset for offset in offsets if changed <= offset.begins_at < changed + timedelta(days=1))
    assert of_autumn.begins_at == changed + timedelta(minutes=59)


def shown(connection: psycopg.Connection, *instants: datetime) -> list[date]:
    text = (
        f"select {local_day_in_view('x.at')} from unnest(:instants::timestamptz[]) with ordinality x (at, n) order by n"
    )
    statement = Statement("days", "The days of some instants.", text).composed(SCHEMA, **built_in_offsets())
    return [day for (day,) in connection.execute(statement, {"instants": list(instants)}).fetchall()]


@pytest.mark.parametrize("name", ZONES)
def test_a_view_shows_the_day_in_the_zone_of_the_settings_whatever_the_zone_of_the_session(
    database_url: str, name: str
) -> None:
    begins = [(midnight(on, zone_named(name)), on) for on in DAYS[45_000:47_000:3]]
    instants = [at + shift for at, _ in begins for shift in (-TICK, timedelta(), timedelta(hours=2))]
    expected = [on - timedelta(days=back) for _, on in begins for back in (1, 0, 0)]
    with filled(database_url, [LOCAL_OFFSETS], settings_published((LONG_AGO, name))) as connection:
        assert shown(connection, *instants) == expected


def test_without_settings_it_is_the_day_in_the_built_in_zone(database_url: str) -> None:
    assert SETTINGS.built_in is not None
    begins = [(midnight(on, zone_named(SETTINGS.built_in.zone)), on) for on in DAYS[::41]]
    with filled(database_url, [LOCAL_OFFSETS]) as connection:
        assert shown(connection, *(at for at, _ in begins)) == [on for _, on in begins]
        assert shown(connection, *(at - TICK for at, _ in begins)) == [on - timedelta(days=1) for _, on in begins]


def test_settings_count_when_they_are_in_effect_and_of_one_instant_the_later_ones(database_url: str) -> None:
    now, soon = datetime.now(UTC), datetime.now(UTC) + timedelta(days=30)
    midnight = datetime(2026, 3, 2, tzinfo=UTC)

    def zone_of(*zones: tuple[datetime, str]) -> tuple[str, date]:
        with filled(database_url, [LOCAL_OFFSETS], settings_published(*zones)) as connection:
            named = in_schema(f"select {zone()}", SCHEMA)
            (name,) = connection.execute(named).fetchone() or ("",)
            return name, shown(connection, midnight)[0]

    day_before = midnight.date() - timedelta(days=1)
    assert zone_of((soon, "America/New_York")) == ("Asia/Ho_Chi_Minh", midnight.date())
    assert zone_of((LONG_AGO, "America/New_York"), (soon, "Asia/Tokyo")) == ("America/New_York", day_before)
    assert zone_of((LONG_AGO, "America/New_York"), (now, "Asia/Tokyo")) == ("Asia/Tokyo", midnight.date())
    assert zone_of((now, "Asia/Tokyo"), (LONG_AGO, "America/New_York")) == ("Asia/Tokyo", midnight.date())
    assert zone_of((LONG_AGO, "Asia/Tokyo"), (LONG_AGO, "America/New_York")) == ("America/New_York", day_before)


def test_offsets_of_another_tzdata_are_made_anew(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert outdated(connection, "default", [LOCAL_OFFSETS]) == []
        of_next_tzdata = replace(LOCAL_OFFSETS, data="tzdata 2099a")
        assert outdated(connection, "default", [of_next_tzdata]) == [of_next_tzdata]
    assert LOCAL_OFFSETS.data == f"tzdata {version('tzdata')}"


def test_other_definitions_have_no_offsets() -> None:
    (published,) = settings_published((LONG_AGO, "Asia/Tokyo"))
    other = published._replace(payload=published.payload.model_copy(update={"kind": "health"}))
    assert rows_of(LocalOffset, LOCAL_OFFSETS, [other]) == []
    assert {row.zone for row in rows_of(LocalOffset, LOCAL_OFFSETS, [published])} == {"Asia/Tokyo"}
