"""What a reporting tool counts over the views equals the figures of the registry, over drawn histories."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings

from domain.envelope import RecordedEvent
from domain.local_time import midnight
from domain.ticket.events import SatisfactionRated
from domain.zones import zone_named
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.figures.figure import FigureRow
from projections.first_contact.table import FIRST_CONTACT
from projections.reporting.local_offsets import LOCAL_OFFSETS
from projections.reporting.registry import READ_BY_VIEWS
from projections.scope.report_scope import Dimension
from tests.support.events import START, at, received, resolved
from tests.support.events import history as history_of
from tests.support.examples import examples
from tests.support.figure_answers import question, rows_of_figure
from tests.support.filled import add, filled
from tests.support.histories import logs, returns, streams_of
from tests.support.settings import LONG_AGO, settings_published

TICKETS = tuple(p for p in READ_BY_VIEWS if p.reads("ticket"))
READ = (*TICKETS, CUSTOMERS, CUSTOMER_GROUPS, FIRST_CONTACT)
ZONE = zone_named("America/St_Johns")
IN_ZONE = settings_published((LONG_AGO, ZONE.key))
FIRST, LAST = date(2026, 1, 1), date(2026, 9, 30)
DIMENSIONS: tuple[Dimension, ...] = ("team", "priority", "category", "channel")
HISTORIES = logs(max_size=9).map(streams_of) | returns()
CORRECTED = """
update tenant_default.sla_clocks set corrected_verdict = case verdict when 'met' then 'breached' else 'met' end
where verdict is not null and target = 'resolution'
"""
Groups = dict[tuple[Any, ...], tuple[Any, ...]]
OF_RESOLUTIONS = """
select date_trunc('month', resolved_local_date)::date, count({what}) filter (where {which}), count({what})
from reporting_of_default.ticket_resolution where counts_as_resolved and number > 0 group by 1
"""


def figure(connection: psycopg.Connection, name: str, by: tuple[Dimension, ...] = ()) -> list[FigureRow]:
    """The months of a figure in which something counts or is left out."""
    query = question(
        connection,
        midnight(FIRST, ZONE),
        midnight(LAST + timedelta(days=1), ZONE),
        now=datetime.now(UTC),
        zone=ZONE,
        every="month",
        by=by,
    )
    return [row for row in rows_of_figure(name, query) if row.final + row.provisional + sum(row.left_out.values())]


def shares(rows: Sequence[FigureRow]) -> Groups:
    return {(row.period, *row.of.values()): (row.numerator, row.denominator) for row in rows if row.denominator}


def grouped(connection: psycopg.Connection, statement: str, keys: int = 1) -> Groups:
    rows = connection.execute(statement).fetchall()
    return {row[:keys]: row[keys:] for row in rows}


def satisfaction(connection: psycopg.Connection) -> None:
    statement = """
    select date_trunc('month', rated_local_date)::date, team, agent, priority, category, channel,
        count(*) filter (where is_satisfied), count(*)
    from reporting_of_default.ticket_resolution where score is not null group by 1, 2, 3, 4, 5, 6
    """
    by: tuple[Dimension, ...] = ("team", "agent", "priority", "category", "channel")
    assert grouped(connection, statement, 6) == shares(figure(connection, "csat", by))


def resolutions(connection: psycopg.Connection) -> None:
    answered = grouped(connection, OF_RESOLUTIONS.format(what="*", which="is_answered"))
    assert answered == shares(figure(connection, "response-rate"))
    reopened = grouped(connection, OF_RESOLUTIONS.format(what="distinct ticket_id", which="is_reopened"))
    assert reopened == shares(figure(connection, "reopen-rate"))


def handling(connection: psycopg.Connection) -> None:
    statement = """
    select date_trunc('month', last_resolved_local_date)::date, count(*), avg(handling_seconds),
        percentile_cont(0.9) within group (order by handling_seconds),
        sum(effort_seconds), count(*) filter (where effort_seconds > 0)
    from reporting_of_default.ticket where handling_left_out_reason is null group by 1
    """
    undecided = (
        "select count(*) from reporting_of_default.ticket"
        " where (handling_seconds is null) <> (handling_left_out_reason is not null)"
    )
    assert connection.execute(undecided).fetchone() == (0,)
    efforts = {row.period: row for row in figure(connection, "effort")}
    assert grouped(connection, statement) == {
        (row.period,): (row.parts["resolved"], pytest.approx(row.value), pytest.approx(row.parts["p90"]),
                        efforts[row.period].parts["effort"], efforts[row.period].parts["handled"])
        for row in figure(connection, "handling-time") if row.parts["resolved"]
    }  # fmt: skip


def left_out(connection: psycopg.Connection) -> None:
    statement = """
    select date_trunc('month', case when handling_left_out_reason = 'open_again'
        then last_resolved_local_date else left_backlog_local_date end)::date, handling_left_out_reason, count(*)
    from reporting_of_default.ticket where handling_left_out_reason <> 'not_resolved' group by 1, 2
    """
    assert grouped(connection, statement, 2) == {
        (row.period, reason): (tickets,)
        for row in figure(connection, "handling-time")
        for reason, tickets in row.left_out.items()
        if tickets
    }


def promises(connection: psycopg.Connection) -> None:
    connection.execute(CORRECTED)
    for target in ("first_response", "next_response", "periodic_update", "resolution"):
        statement = f"""
        select date_trunc('month', finished_local_date)::date, count(*) filter (where verdict = 'met'),
            count(*) filter (where verdict = 'breached'), count(*) filter (where is_corrected),
            count(*) filter (where left_out_reason = 'cancelled'),
            percentile_cont(0.5) within group (order by elapsed_seconds) filter (where state = 'fulfilled')
        from reporting_of_default.sla_instance where is_final and target = '{target}' group by 1
        """
        parts = ("met", "breached", "corrected")
        assert grouped(connection, statement) == {
            (row.period,): (
                *(row.parts[part] for part in parts),
                row.left_out["cancelled"],
                row.parts["elapsed_median"],
            )
            for row in figure(connection, f"sla-{target.replace('_', '-')}")
        }


def late(connection: psycopg.Connection) -> None:
    now = datetime.now(UTC)
    query = question(connection, START, now + timedelta(days=1), now=now, zone=ZONE, by=("target",))
    statement = """
    select target, count(*), count(*) filter (where is_late), count(*) filter (where state = 'paused')
    from reporting_of_default.sla_instance where not is_final group by target
    """
    assert grouped(connection, statement) == {
        (row.of["target"],): (row.parts["open"], row.value, row.parts["paused"])
        for row in rows_of_figure("sla-late", query)
    }


def contacts(connection: psycopg.Connection) -> None:
    statement = """
    select date_trunc('month', sent_local_date)::date, team, agent, priority, category, channel,
        count(*), count(*) filter (where direction = 'in'), count(*) filter (where direction = 'out' and is_automated)
    from reporting_of_default.contact group by 1, 2, 3, 4, 5, 6
    """
    by: tuple[Dimension, ...] = ("team", "agent", "priority", "category", "channel")
    assert grouped(connection, statement, 6) == {
        (row.period, *row.of.values()): (row.value, row.parts["in"], row.parts["by_bots"])
        for row in figure(connection, "contacts", by)
    }


@pytest.mark.parametrize("compare", [satisfaction, resolutions, handling, left_out, promises, late, contacts])
def test_sql_over_the_views_gives_the_figure_of_each_month(database_url: str, compare: Any) -> None:
    with filled(database_url, (*READ, LOCAL_OFFSETS)) as connection:
        add(connection, [LOCAL_OFFSETS], IN_ZONE)

        @settings(max_examples=examples(60))
        @given(HISTORIES)
        def the_same(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets)
                compare(connection)

        the_same()


def backlog(connection: psycopg.Connection, first: date, last: date) -> None:
    start, end = midnight(first, ZONE), midnight(last + timedelta(days=1), ZONE)
    query = question(connection, start, end, now=datetime.now(UTC), zone=ZONE, every="day", by=DIMENSIONS)
    statement = f"""
    select local_date, team, priority, category, channel, tickets from reporting_of_default.backlog_daily
    where local_date between '{first}' and '{last}'
    """
    assert grouped(connection, statement, 5) == {
        (row.period, *row.of.values()): (row.value,) for row in rows_of_figure("open-tickets", query)
    }


def test_the_backlog_of_each_day_is_the_figure_of_that_day(database_url: str) -> None:
    first = START.date() - timedelta(days=9)
    with filled(database_url, (*READ, LOCAL_OFFSETS)) as connection:
        add(connection, [LOCAL_OFFSETS], IN_ZONE)

        @settings(max_examples=examples(40))
        @given(HISTORIES)
        def the_same(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets)
                backlog(connection, first, first + timedelta(days=40))

        the_same()


def test_the_present_day_is_not_final_and_shows_what_is_open_now(database_url: str) -> None:
    today = datetime.now(ZONE).date()
    now = (datetime.now(UTC) - START).total_seconds() / 60
    tickets = [
        history_of(at(now - 60 * ago, received()), *([at(now - 1, resolved())] if done else []), ticket=ticket)
        for ticket, ago, done in ((UUID(int=1), 1, False), (UUID(int=2), 24 * 3, False), (UUID(int=3), 24 * 2, True))
    ]
    with filled(database_url, (*READ, LOCAL_OFFSETS), IN_ZONE, *tickets) as connection:
        backlog(connection, today - timedelta(days=4), today)
        statement = (
            "select is_final, sum(tickets) from reporting_of_default.backlog_daily where local_date = %s group by 1"
        )
        assert connection.execute(statement, [today]).fetchall() == [(False, 2)]


@pytest.mark.parametrize(("seconds", "answered"), [([0], (1, 1)), ([1], (0, 1)), ([0, 1], (1, 1))])
def test_a_first_rating_answers_up_to_the_end_of_the_seventh_day(
    database_url: str, seconds: list[int], answered: tuple[int, int]
) -> None:
    rated = [at(2 + 60 * 168 + second / 60, SatisfactionRated(score=5)) for second in seconds]
    history = history_of(at(0, received()), at(2, resolved()), *rated)
    with filled(database_url, (*READ, LOCAL_OFFSETS), IN_ZONE, history) as connection:
        assert list(grouped(connection, OF_RESOLUTIONS.format(what="*", which="is_answered")).values()) == [answered]
        resolutions(connection)
