"""The backlog and its flow as the database counts them."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ticket import events as e
from domain.zones import zone_named
from projections.backlog.flow import backlog_flow, crossings, flow_between
from projections.backlog.queries import AgeGroup, Ages, Since, Workload, backlog, backlog_tickets, workload
from projections.backlog.table import BACKLOG, BacklogDimension
from tests.support.backlog_rows import (
    DAY,
    ENTRIES,
    MICROSECOND,
    Log,
    instants,
    seen_at,
)
from tests.support.events import OTHER_TICKET, START, THIRD_TICKET, TICKET, at, history, instant, received, resolved
from tests.support.examples import examples
from tests.support.filled import SCHEMA, add, filled
from tests.support.histories import logs, streams_of

DIMENSIONS: tuple[BacklogDimension, ...] = get_args(BacklogDimension)


@st.composite
def _bounds(draw: st.DrawFn) -> list[datetime]:
    return sorted(draw(st.sets(instants, min_size=2, max_size=6)))


def test_the_database_counts_what_the_histories_say_at_any_instant_by_any_dimensions(database_url: str) -> None:
    with filled(database_url, [BACKLOG]) as connection:

        @settings(max_examples=examples(40))
        @given(logs(), instants, st.sets(st.sampled_from(DIMENSIONS), max_size=3))
        def counts_the_same(log: Log, when: datetime, by: set[BacklogDimension]) -> None:
            tickets = streams_of(log)
            dimensions = sorted(by)
            expected = Counter(
                tuple(segment[dimension] for dimension in dimensions)
                for ticket in tickets
                for segment in seen_at(ticket, when)
            )
            with connection.transaction(force_rollback=True):
                add(connection, [BACKLOG], *tickets)
                groups = backlog(connection, SCHEMA, when, dimensions)
                counted = {tuple(group.of[dimension] for dimension in dimensions): group.tickets for group in groups}
                assert counted == (expected if dimensions else {(): expected.total()})
                for group in groups:
                    behind = backlog_tickets(connection, SCHEMA, when, group.of, limit=100)
                    assert len(behind) == group.tickets

        counts_the_same()


def test_the_database_finds_the_law_kept_over_any_periods(database_url: str) -> None:
    with filled(database_url, [BACKLOG]) as connection:

        @settings(max_examples=examples(40))
        @given(logs(), _bounds())
        def keeps_the_law(log: Log, bounds: list[datetime]) -> None:
            tickets = streams_of(log)
            with connection.transaction(force_rollback=True):
                add(connection, [BACKLOG], *tickets)
                flows = flow_between(connection, SCHEMA, bounds)
                assert all(flow.holds for flow in flows)
                for flow in flows:
                    behind = crossings(connection, SCHEMA, flow.start, flow.end, ENTRIES, limit=100)
                    assert len(behind) == flow.received + flow.reopened + flow.merge_undone
                    assert flow.backlog_before == backlog(connection, SCHEMA, flow.start - MICROSECOND)[0].tickets
                    assert flow.backlog_after == backlog(connection, SCHEMA, flow.end - MICROSECOND)[0].tickets

        keeps_the_law()


def test_what_happens_right_at_a_bound_belongs_to_the_period_that_begins_there(database_url: str) -> None:
    with filled(database_url, [BACKLOG], history(at(0, received()), at(5, resolved()))) as connection:
        early, late = flow_between(connection, SCHEMA, [instant(0), instant(5), instant(9)])
        (alone,) = flow_between(connection, SCHEMA, [instant(5), instant(9)])
    assert (early.backlog_before, early.received, early.resolved, early.backlog_after) == (0, 1, 0, 1)
    assert (late.backlog_before, late.received, late.resolved, late.backlog_after) == (1, 0, 1, 0)
    assert alone == late
    assert early.holds
    assert late.holds


def test_a_crossing_that_is_missing_is_seen_as_a_broken_law(database_url: str) -> None:
    with filled(database_url, [BACKLOG], history(at(0, received()), at(5, resolved()))) as connection:
        connection.execute("delete from tenant_default.backlog_crossings where kind = 'resolved'")
        (flow,) = flow_between(connection, SCHEMA, [instant(-1), instant(9)])
        assert not flow.holds


def test_a_day_begins_at_the_local_midnight_and_takes_what_happens_then(database_url: str) -> None:
    zone = zone_named("Asia/Ho_Chi_Minh")
    midnight = datetime(2026, 3, 3, tzinfo=zone)
    minute = (midnight - START) / timedelta(minutes=1)
    with filled(database_url, [BACKLOG], history(at(minute, received()), at(minute + 1, resolved()))) as connection:
        days = backlog_flow(connection, SCHEMA, date(2026, 3, 2), date(2026, 3, 3), "day", zone)
    assert [(day.start, day.received, day.resolved) for day in days] == [
        (midnight - timedelta(days=1), 0, 0),
        (midnight, 1, 1),
    ]


def test_ages_are_counted_in_days_of_24_hours_and_ten_and_thirty_belong_to_the_middle(database_url: str) -> None:
    now = instant(30 * DAY)
    tickets = [
        history(at(0, received()), ticket=TICKET),
        history(at(-1, received()), at(1, resolved()), at(25 * DAY, e.TicketReopened()), ticket=OTHER_TICKET),
        history(at(20 * DAY, received()), ticket=THIRD_TICKET),
    ]
    with filled(database_url, [BACKLOG], *tickets) as connection:
        (everything,) = backlog(connection, SCHEMA, now)
        assert everything.since_received == Ages(0, 2, 1)
        assert everything.since_reopened == Ages(1, 2, 0)
        groups: list[tuple[Since, AgeGroup, int]] = [
            ("received", "over_30_days", 1),
            ("received", "from_10_to_30_days", 2),
            ("reopened", "under_10_days", 1),
        ]
        for since, age, tickets_behind in groups:
            behind = backlog_tickets(connection, SCHEMA, now, {}, since=since, age=age, limit=10)
            assert len(behind) == tickets_behind


def test_the_tickets_behind_a_figure_come_in_pages_that_miss_and_repeat_nothing(database_url: str) -> None:
    tickets = [history(at(0, received()), ticket=ticket) for ticket in (TICKET, OTHER_TICKET, THIRD_TICKET)]
    with filled(database_url, [BACKLOG], *tickets) as connection:
        first = backlog_tickets(connection, SCHEMA, instant(1), {"team": None}, limit=2)
        rest = backlog_tickets(connection, SCHEMA, instant(1), {"team": None}, after=first[-1].ticket, limit=2)
        assert [row.ticket for row in first + rest] == [TICKET, OTHER_TICKET, THIRD_TICKET]
        entered = crossings(
            connection, SCHEMA, instant(0), instant(1), ["received"], where={"state": "received"}, limit=2
        )
        last = entered[-1]
        more = crossings(
            connection,
            SCHEMA,
            instant(0),
            instant(1),
            ["received"],
            after=(last.at, last.ticket, last.version),
            limit=2,
        )
        assert [row.ticket for row in entered + more] == [TICKET, OTHER_TICKET, THIRD_TICKET]


def test_the_backlog_without_dimensions_is_one_group_also_when_it_is_empty(database_url: str) -> None:
    with filled(database_url, [BACKLOG]) as connection:
        (everything,) = backlog(connection, SCHEMA, START)
        assert (everything.of, everything.tickets) == ({}, 0)


def test_workload_counts_open_tickets_per_team_and_agent_at_any_instant_and_nobodys_last(database_url: str) -> None:
    assigned = at(1, e.TicketAssigned(team="a", agent="an"))
    made = [
        history(at(0, received()), ticket=TICKET),
        history(at(0, received()), assigned, ticket=OTHER_TICKET),
        history(at(0, received()), assigned, at(2, resolved()), ticket=THIRD_TICKET),
    ]
    with filled(database_url, [BACKLOG], *made) as connection:
        assert workload(connection, SCHEMA, instant(0)) == [Workload(None, None, 3)]
        assert workload(connection, SCHEMA, instant(1)) == [Workload("a", "an", 2), Workload(None, None, 1)]
        assert workload(connection, SCHEMA, instant(2)) == [Workload("a", "an", 1), Workload(None, None, 1)]


def test_the_flow_as_of_an_instant_is_that_of_a_log_without_what_happened_later(database_url: str) -> None:
    first, last, zone = date(2026, 3, 1), date(2026, 3, 14), zone_named("Asia/Ho_Chi_Minh")
    with filled(database_url, [BACKLOG]) as connection:

        @settings(max_examples=examples(40))
        @given(logs(), instants)
        def counts_the_same(log: Log, when: datetime) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, [BACKLOG], *streams_of([event for event in log if event.occurred_at <= when]))
                expected = backlog_flow(connection, SCHEMA, first, last, "week", zone)
                add(connection, [BACKLOG], *streams_of(log))
                assert backlog_flow(connection, SCHEMA, first, last, "week", zone, when) == expected

        counts_the_same()
