"""What is due next by usual intervals, and what is overdue, are read from rows as the log would say."""

from datetime import datetime
from uuid import UUID

import psycopg
import pytest

from domain.due.of_purchases import REPURCHASE
from domain.event_log import reader
from projections.timers.table import source_of
from projections.timers.timed_rules import instances_of
from projections.timers.upcoming import LOOKED_BACK, DueQuery, overdue, upcoming_timers
from tests.support.buying import DAY, buy, buy_at_intervals, decline
from tests.support.events import IMPORT
from tests.support.reminding import BEGINNING, Reminded, reminded

pytestmark = pytest.mark.anyio
Instance = tuple[UUID, str, str, datetime]


async def test_rows_say_what_the_log_says(database_url: str) -> None:
    """Of customers who declined an offer, who were imported, whom a rule reached once; of rules that came or ended."""
    async with reminded(database_url) as desk:
        await desk.rule("repurchase", {"due": "repurchase"})
        await desk.rule("early", {"due": "repurchase", "time": "06:00", "rest_days": 5})
        await desk.rule("once", {"due": "repurchase"}, once_per="subject")
        await desk.rule("named", {"due": "repurchase", "products": {"Filter": 21}})
        await buy_at_intervals(desk)
        for number in range(8):
            customer = await desk.customer()
            await buy(desk, customer, "P", BEGINNING - (31 - 3 * number) * DAY)
            if number % 3 == 1:
                await decline(desk, customer, BEGINNING - 10 * number * DAY)
        reached = await desk.customer()
        await buy(desk, reached, "T", BEGINNING - 30 * DAY)
        desk.pass_by(hours=1)
        await desk.look()
        await buy(desk, reached, "U", BEGINNING - 25 * DAY)
        recorded_at(desk, "2030-01-10")
        for number in range(3):
            imported = await desk.customer()
            await buy(desk, imported, "I", BEGINNING - (30 - 3 * number) * DAY, IMPORT)
        await desk.rule("late", {"due": "repurchase"})
        await desk.rule("early", {"due": "repurchase", "time": "07:00", "rest_days": 0})
        desk.follow()
        for day in ("2030-01-08", "2030-01-12", "2030-01-20"):
            desk.now(day, "12:00")
            before, after = by_the_log(desk)
            assert counted(desk) == len(before)
            assert len(after) > 5
            for limit in (1, 3, 500):
                assert listed(desk, limit) == after


async def test_a_new_time_of_the_same_day_does_not_list_what_was_due_before(database_url: str) -> None:
    async with reminded(database_url) as desk:
        await desk.rule("repurchase", {"due": "repurchase", "time": "10:00"})
        await buy_at_intervals(desk)
        await buy(desk, await desk.customer(), "P", BEGINNING - 30 * DAY)
        recorded_at(desk, "2030-01-07 11:00+07")
        await desk.rule("repurchase", {"due": "repurchase", "time": "17:00"})
        desk.follow()
        desk.now("2030-01-07", "12:00")
        before, after = by_the_log(desk)
        assert counted(desk) == len(before)
        assert [each[3].hour for each in before if each[3].date() == BEGINNING.date()] == [3, 3]
        assert listed(desk, 500) == after


async def test_a_page_reads_no_more_rows_than_it_may_show(database_url: str) -> None:
    async with reminded(database_url) as desk:
        await desk.rule("repurchase", {"due": "repurchase"})
        await desk.rule("early", {"due": "repurchase", "time": "06:00"})
        await buy_at_intervals(desk)
        await buy(desk, await desk.customer(), "P", BEGINNING - 3 * DAY)
        desk.follow()
        with psycopg.connect(desk.url) as connection:
            connection.execute(MANY_MORE)
            connection.execute("analyze tenant_default.product_purchases")
            connection.commit()
            query = DueQuery(connection, "default", "tenant_default", desk.clock.now)
            assert query.context.usual_intervals
            page = upcoming_timers(query, desk.clock.now, limit=10)
            (read,) = connection.execute(ROWS_READ).fetchone() or (0,)
        assert len(page.timers) == 10
        assert page.following is not None
        assert read < 50


MANY_MORE = """
insert into tenant_default.product_purchases
select gen_random_uuid(), product, purchase, day - copy % 20, 1, null, true, settled, imported_at, declined
from tenant_default.product_purchases, generate_series(1, 3000) copy where purchase = 'P'
"""
ROWS_READ = """
select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = 'product_purchases'
"""


def recorded_at(desk: Reminded, instant: str) -> None:
    """Lets the log go on at a later instant."""
    with psycopg.connect(desk.url) as connection:
        connection.execute("update tenant_default.log_head set recorded_at = %s", [instant])


def by_the_log(desk: Reminded) -> tuple[set[Instance], list[Instance]]:
    """The instances that are overdue, and those that become due, in order."""
    with psycopg.connect(desk.url) as connection:
        query = DueQuery(connection, "default", "tenant_default", desk.clock.now)
        customers = [stream for (stream,) in connection.execute("select distinct stream from tenant_default.events")]
        histories = reader.streams(connection, "default", customers, reader.head(connection, "default"))
        instances = [
            (stream, source_of(each.rule), each.due.identity, each.due.due_at)
            for stream, history in histories.items()
            if history[0].topic == "customer.registered"
            for versions in query.sources.asking(REPURCHASE)
            for each in instances_of(versions, history, query.context)
        ]
    now = desk.clock.now
    of_rows = {each for each in instances if each[1] == "rule:named"}
    before = {each for each in instances if each[3] < now and (each in of_rows or each[3] >= now - LOOKED_BACK)}
    after = sorted((each for each in instances if each[3] >= now), key=lambda each: (each[3], *each[:3]))
    return before, after


def counted(desk: Reminded) -> int:
    with psycopg.connect(desk.url) as connection:
        return overdue(DueQuery(connection, "default", "tenant_default", desk.clock.now), desk.clock.now)


def listed(desk: Reminded, limit: int) -> list[Instance]:
    """All pages of what is due next, one behind the other."""
    instances: list[Instance] = []
    with psycopg.connect(desk.url) as connection:
        query = DueQuery(connection, "default", "tenant_default", desk.clock.now)
        following = None
        while True:
            page = upcoming_timers(query, desk.clock.now, after=following, limit=limit)
            instances += [(each.stream, each.source, each.identity, each.due_at) for each in page.timers]
            following = page.following
            if following is None:
                return instances
