"""The backlog at every instant, its flow, and the law that binds them."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.event_log.envelope import RecordedEvent
from domain.ticket import events as e
from domain.ticket.state import Ticket, evolve
from domain.ticket.timeline import Entry
from domain.zones import zone_named
from projections.backlog import BACKLOG, Dimension, fold
from projections.backlog_flow import backlog_flow, crossings, flow_between
from projections.backlog_queries import AgeGroup, Ages, Since, Workload, backlog, backlog_tickets, workload
from tests.support.filled import SCHEMA, add, filled
from tests.support.histories import (
    OTHER_TICKET,
    START,
    THIRD_TICKET,
    TICKET,
    at,
    histories,
    history,
    instant,
    logs,
    received,
    resolved,
    streams_of,
)

Log = Sequence[RecordedEvent]
SEGMENT, CROSSING = (table.columns for table in BACKLOG.tables)
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
MICROSECOND = timedelta(microseconds=1)
ENTRIES: tuple[Entry, ...] = get_args(Entry)
DAY = 24 * 60

instants = st.builds(
    lambda minute, microsecond: START + timedelta(minutes=minute, microseconds=microsecond),
    st.sampled_from([-DAY, -1, 0, 1, 2, 3, 7, 9, 60, 61, DAY, DAY + 7, 9 * DAY, 10 * DAY, 40 * DAY]),
    st.sampled_from([0, 0, -1, 1]),
)


def rows(columns: Sequence[str], made: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in made]


def segments(ticket: Log) -> list[dict[str, Any]]:
    return rows(SEGMENT, fold(ticket, 0)[0])


def crossed(ticket: Log) -> list[dict[str, Any]]:
    return rows(CROSSING, fold(ticket, 0)[1])


def seen_at(ticket: Log, when: datetime) -> list[dict[str, Any]]:
    ends = datetime.max.replace(tzinfo=UTC)
    return [segment for segment in segments(ticket) if segment["began_at"] <= when < (segment["ended_at"] or ends)]


def state_at(ticket: Log, when: datetime) -> Ticket:
    """A second, slower way: everything that had happened by then, one event after the other; nothing before receipt."""
    happened = [event for event in ticket if event.occurred_at <= when]
    if not any(isinstance(event.payload, e.TicketReceived) for event in happened):
        return Ticket()
    state = Ticket()
    for event in sorted(happened, key=lambda event: (event.version > 1, event.occurred_at, event.version)):
        state = evolve(state, event.payload, event.occurred_at)
    return state


@given(histories(), instants)
def test_a_ticket_is_in_the_backlog_once_while_it_is_open_and_else_not_at_all(ticket: Log, when: datetime) -> None:
    expected = state_at(ticket, when)
    seen = seen_at(ticket, when)
    assert len(seen) == expected.is_open
    for segment in seen:
        assert (segment["state"], segment["team"], segment["agent"], segment["priority"], segment["category"]) == (
            expected.state,
            expected.team,
            expected.agent,
            expected.priority,
            expected.category,
        )


@given(histories(), instants, instants)
def test_between_any_two_instants_the_backlog_changes_by_what_entered_less_what_left(
    ticket: Log, one: datetime, other: datetime
) -> None:
    first, last = sorted([one, other])
    between = [crossing["kind"] in ENTRIES for crossing in crossed(ticket) if first < crossing["at"] <= last]
    entered, left = between.count(True), between.count(False)
    assert len(seen_at(ticket, last)) == len(seen_at(ticket, first)) + entered - left


def test_counting_events_instead_of_crossings_breaks_the_law() -> None:
    ticket = history(at(0, received()), at(1, resolved()), at(2, e.TicketClosed(closed_by="rule")))
    left = sum(isinstance(event.payload, e.TicketResolved | e.TicketClosed) for event in ticket)
    assert len(seen_at(ticket, instant(3))) != 1 - left
    assert [crossing["kind"] for crossing in crossed(ticket)] == ["received", "resolved"]


@given(histories())
def test_late_facts_end_in_the_same_rows_as_if_they_had_come_in_order(ticket: Log) -> None:
    order = sorted(ticket, key=lambda event: (event.version > 1, event.occurred_at, event.version))
    in_order = [event._replace(version=version) for version, event in enumerate(order, start=1)]
    version_of = {event.version: version for version, event in enumerate(order, start=1)}
    made = fold(ticket, 0)
    renumbered = tuple([(row[0], version_of[row[1]], *row[2:]) for row in table] for table in made)
    assert renumbered == fold(in_order, 0)


@given(histories(), instants)
def test_what_happens_later_changes_nothing_in_the_backlog_of_an_earlier_instant(ticket: Log, when: datetime) -> None:
    happened = [event for event in ticket if event.occurred_at <= when]
    if not happened:
        return
    without = ["version", "ended_at"]
    then, now = seen_at(happened, when), seen_at(ticket, when)
    assert [{**segment, **dict.fromkeys(without)} for segment in then] == [
        {**segment, **dict.fromkeys(without)} for segment in now
    ]


@given(histories())
def test_every_prefix_of_a_history_folds_and_folds_again_to_the_same_rows(ticket: Log) -> None:
    for size in range(1, len(ticket) + 1):
        made = fold(ticket[:size], 0)
        assert made == fold(ticket[:size], size - 1)
        assert all(
            segment["ended_at"] is None or segment["began_at"] < segment["ended_at"]
            for segment in rows(SEGMENT, made[0])
        )


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ([at(1, resolved()), at(2, e.TicketClosed(closed_by="agent"))], ["received", "resolved"]),
        ([at(1, e.TicketClosed(closed_by="agent")), at(2, e.WorkStarted())], ["received", "closed", "reopened"]),
        ([at(1, e.TicketCancelled(cancelled_by="customer"))], ["received", "cancelled"]),
        ([at(1, e.TicketMerged(into=OTHER_TICKET))], ["received", "merged"]),
        (
            [at(1, e.TicketMerged(into=OTHER_TICKET)), at(2, e.MergeUndone(into=OTHER_TICKET))],
            ["received", "merged", "merge_undone"],
        ),
        ([at(1, resolved()), at(2, e.TicketMerged(into=OTHER_TICKET))], ["received", "resolved"]),
        ([at(0, resolved()), at(0, e.TicketReopened())], ["received", "resolved", "reopened"]),
        ([at(-5, e.WorkStarted())], ["received"]),
    ],
)
def test_a_ticket_crosses_only_between_open_and_not_open(facts: list[Any], kinds: list[str]) -> None:
    assert [crossing["kind"] for crossing in crossed(history(at(0, received()), *facts))] == kinds


def test_a_crossing_shows_the_ticket_as_it_came_in_or_as_it_left() -> None:
    assigned = e.TicketAssigned(team="billing", agent="an")
    ticket = history(at(0, received()), at(1, assigned), at(2, e.WorkStarted()), at(3, resolved()))
    assert [(crossing["kind"], crossing["state"], crossing["team"]) for crossing in crossed(ticket)] == [
        ("received", "received", None),
        ("resolved", "in_progress", "billing"),
    ]


def test_of_events_in_the_same_minute_only_the_outcome_is_seen_but_every_crossing_counts() -> None:
    ticket = history(at(0, received()), at(5, resolved()), at(5, e.TicketReopened()), at(5, e.WorkStarted()))
    assert [(segment["state"], segment["began_at"]) for segment in segments(ticket)] == [
        ("received", instant(0)),
        ("in_progress", instant(5)),
    ]
    assert len(crossed(ticket)) == 3


def test_a_history_without_its_receipt_has_no_rows() -> None:
    assert fold(history(at(0, e.WorkStarted())), 0) == ([], [])


@st.composite
def _bounds(draw: st.DrawFn) -> list[datetime]:
    return sorted(draw(st.sets(instants, min_size=2, max_size=6)))


def test_the_database_counts_what_the_histories_say_at_any_instant_by_any_dimensions(database_url: str) -> None:
    with filled(database_url, [BACKLOG]) as connection:

        @settings(max_examples=40)
        @given(logs(), instants, st.sets(st.sampled_from(DIMENSIONS), max_size=3))
        def counts_the_same(log: Log, when: datetime, by: set[Dimension]) -> None:
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
                found = {tuple(group.of[dimension] for dimension in dimensions): group.tickets for group in groups}
                assert found == (expected if dimensions else {(): expected.total()})
                for group in groups:
                    behind = backlog_tickets(connection, SCHEMA, when, group.of, limit=100)
                    assert len(behind) == group.tickets

        counts_the_same()


def test_the_database_finds_the_law_kept_over_any_periods(database_url: str) -> None:
    with filled(database_url, [BACKLOG]) as connection:

        @settings(max_examples=40)
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
        assert [one.ticket for one in first + rest] == [TICKET, OTHER_TICKET, THIRD_TICKET]
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
        assert [one.ticket for one in entered + more] == [TICKET, OTHER_TICKET, THIRD_TICKET]


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

        @settings(max_examples=40)
        @given(logs(), instants)
        def counts_the_same(log: Log, when: datetime) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, [BACKLOG], *streams_of([event for event in log if event.occurred_at <= when]))
                expected = backlog_flow(connection, SCHEMA, first, last, "week", zone)
                add(connection, [BACKLOG], *streams_of(log))
                assert backlog_flow(connection, SCHEMA, first, last, "week", zone, when) == expected

        counts_the_same()
