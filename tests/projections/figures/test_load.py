"""The load of agents and teams, and who is overloaded, against plain Python."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings

from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.clock.clock import clocks
from domain.sla.policy.policy_history import DEFAULT_POLICY_HISTORY
from domain.ticket import events as e
from domain.ticket.state import Ticket
from domain.zones import zone_named
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.figures.figure import FigureRow
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS
from tests.support.events import MINUTE, START, at, history, instant, received, resolved
from tests.support.examples import examples
from tests.support.figure_answers import behind, question, rows_of_figure, the_row
from tests.support.filled import add, filled
from tests.support.histories import logs, streams_of
from tests.support.log import append_events
from tests.support.plain_team_time import BERLIN, OFFICE, open_at_office, states
from tests.support.workforces import calendar_events, workforce_events

READ = (TICKETS, SLA_CLOCKS, CUSTOMERS, CUSTOMER_GROUPS)
EFFORTS = ("talk", "hold", "after_contact")
WORKFORCE: dict[str, Any] = {
    "teams": [{"name": "A"}, {"name": "B"}],
    "agents": [
        {"name": "an", "team": "A", "capacity": 2},
        {"name": "binh", "team": "A", "calendar": "Office"},
        {"name": "chi", "team": "B", "calendar": "Weekend"},
    ],
}
WEEKEND = CalendarDefinition.model_validate({"name": "Weekend", "zone": "UTC", "week": {"sat-sun": ["08:00-12:00"]}})
MONDAY_NOON = instant(60 * 4)
"""12:00 UTC, 13:00 in Berlin."""


@contextmanager
def tables(dsn: str, *tickets: Sequence[RecordedEvent]) -> Iterator[psycopg.Connection]:
    """Tables with the tickets, beside a log in which the calendars are published."""
    with filled(dsn, READ, *tickets) as connection:
        for number, event in enumerate(calendar_events(OFFICE, WEEKEND)):
            append_events(connection, UUID(int=81 + number), event.payload)
        yield connection


def asked(connection: psycopg.Connection, now: datetime = MONDAY_NOON, body: Any = None, **given: Any) -> Any:
    definitions = workforce_events(WORKFORCE if body is None else body)
    return question(connection, START, now + MINUTE, now=now, zone=BERLIN, definitions=definitions, **given)


def effort(seconds: int) -> e.EffortLogged:
    return e.EffortLogged(agent="an", kind="talk", seconds=seconds)


def solved(number: int, minute: float, seconds: int, team: str = "A") -> list[RecordedEvent]:
    """A resolved ticket with effort."""
    facts = at(minute - 3, received()), at(minute - 2, e.TicketAssigned(team=team, agent="an"))
    return history(*facts, at(minute - 1, effort(seconds)), at(minute, resolved()), ticket=UUID(int=number))


def held(number: int, agent: str | None, team: str | None = "A", minute: float = 0, **given: Any) -> Any:
    return history(
        at(minute, received(**given)), at(minute, e.TicketAssigned(team=team, agent=agent)), ticket=UUID(int=number)
    )


def of_agent(rows: Sequence[FigureRow], agent: str | None) -> FigureRow:
    return next(row for row in rows if row.of["agent"] == agent)


def test_load_is_the_median_effort_of_the_team_and_category_by_the_working_time_left_today(database_url: str) -> None:
    done = [solved(1, 10, 600), solved(2, 20, 1_200), solved(3, 30, 9_000), solved(4, 40, 60, "B")]
    with tables(database_url, *done, held(5, "an"), held(6, "an", category="login"), held(7, "binh")) as connection:
        rows = rows_of_figure("load", asked(connection))
    an, binh = of_agent(rows, "an"), of_agent(rows, "binh")
    left = 11 * 3_600  # until midnight in Berlin
    assert (an.numerator, an.denominator, an.value) == (
        1_200,
        left,
        1_200 / left,
    )
    assert (an.of, an.parts["tickets"], an.parts["unexpected"]) == ({"team": "A", "agent": "an"}, 2, 1)
    assert (binh.numerator, binh.denominator) == (1_200, 2 * 3_600)


def test_an_effort_is_expected_by_the_last_90_days_and_by_all_only_where_there_is_none(database_url: str) -> None:
    long_ago, day = -60 * 24 * 91, -60 * 24
    done = [solved(1, long_ago, 10), solved(2, long_ago, 20), solved(3, day, 500)]
    with tables(database_url, *done, held(5, "an")) as connection:
        assert of_agent(rows_of_figure("load", asked(connection)), "an").numerator == 500
    with tables(database_url, *done[:2], held(5, "an")) as connection:
        connection.execute("delete from tenant_default.tickets where ticket = %s", [UUID(int=3)])
        assert of_agent(rows_of_figure("load", asked(connection)), "an").numerator == 15


def test_agents_without_working_time_left_have_no_load_and_come_first(database_url: str) -> None:
    tickets = held(5, "an"), held(6, "chi", "B"), held(7, "dung"), held(8, None)
    with tables(database_url, *tickets) as connection:
        rows = rows_of_figure("load", asked(connection))
    assert {row.of["agent"] for row in rows[:3]} == {"chi", "dung", None}
    assert [row.value for row in rows[:3]] == [None] * 3
    assert all(row.value is not None for row in rows[3:])
    assert of_agent(rows, "chi").denominator == 0
    assert of_agent(rows, "dung").denominator is None


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        ("2026-10-25T00:00:00+02:00", 25),
        ("2026-03-29T00:00:00+01:00", 23),
        ("2026-03-02T23:30:00+01:00", 0.5),
    ],
)
def test_a_day_has_the_hours_that_it_has_in_the_zone_of_the_question(database_url: str, now: str, hours: float) -> None:
    with tables(database_url) as connection:
        rows = rows_of_figure("load", asked(connection, datetime.fromisoformat(now)))
    assert of_agent(rows, "an").denominator == hours * 3_600


def test_of_a_shift_over_midnight_the_part_before_midnight_is_today(database_url: str) -> None:
    def left(now: str) -> Any:
        return of_agent(rows_of_figure("load", asked(connection, datetime.fromisoformat(now))), "binh").denominator

    with tables(database_url) as connection:
        assert left("2026-03-03T23:00:00+01:00") == 3_600
        assert left("2026-03-03T05:00:00+01:00") == (1 + 4 + 2) * 3_600
        assert left("2026-03-07T05:00:00+01:00") == 3_600  # Saturday: the shift that began on Friday


def test_late_and_due_today_are_counted_by_ticket(database_url: str) -> None:
    """By the default policy: P1 in 1 h, P2 in 24 h, first response in a quarter of that."""
    tickets = [
        held(5, "an", priority="P1"),  # both clocks late
        held(6, "an", priority="P2"),  # first response due at 14:00 UTC, resolution tomorrow
        held(7, "an", priority="P3", minute=239),  # both due on other days
    ]
    with tables(database_url, *tickets) as connection:
        row = of_agent(rows_of_figure("load", asked(connection)), "an")
        assert (row.parts["tickets"], row.parts["late"], row.parts["due_today"]) == (3, 1, 1)
        counts = {
            part: [fact.subject for fact in behind("load", part, asked(connection, agent="an"))]
            for part in ("tickets", "late", "due_today", "unexpected")
        }
    assert counts["tickets"] == counts["unexpected"] == [UUID(int=number) for number in (5, 6, 7)]
    assert (counts["late"], counts["due_today"]) == ([UUID(int=5)], [UUID(int=6)])


def test_every_rule_that_holds_is_named_and_overloaded_agents_are_listed(database_url: str) -> None:
    many = [held(number, "an") for number in range(10, 15)]
    with tables(database_url, solved(1, 10, 3 * 3_600), *many, held(20, "binh")) as connection:
        row = of_agent(rows_of_figure("load", asked(connection)), "an")
        share = the_row("overloaded", asked(connection))
        named = {
            rule: [fact.fact for fact in behind("overloaded", rule, asked(connection))]
            for rule in ("overloaded", "over_working_time", "over_capacity", "over_team_median")
        }
        by_team = rows_of_figure("overloaded", asked(connection, by=("team",)))
    rules = ("over_working_time", "over_capacity", "over_team_median")
    assert [row.parts[rule] for rule in rules] == [1, 1, 1]  # 5 > 1.5 x median (5, 1) = 4.5
    assert (share.numerator, share.denominator, share.parts["undefined"]) == (2, 3, 1)
    assert named == {
        "overloaded": ["an", "binh"],
        "over_working_time": ["an", "binh"],
        "over_capacity": ["an"],
        "over_team_median": ["an"],
    }
    assert [(row.of["team"], row.value) for row in by_team] == [("A", 1), ("B", 0)]


def test_a_team_has_the_sums_over_its_agents(database_url: str) -> None:
    body = WORKFORCE | {"agents": [agent | {"capacity": 3} for agent in WORKFORCE["agents"]]}
    with tables(database_url, held(5, "an"), held(6, "binh"), held(7, None), held(8, "an", None)) as connection:
        rows = {row.of["team"]: row for row in rows_of_figure("team-load", asked(connection, body=body))}
        limited = {row.of["team"]: row for row in rows_of_figure("team-load", asked(connection))}
        assert len(behind("team-load", "tickets", asked(connection, team="A"))) == 3
    assert (rows["A"].parts["tickets"], rows["A"].parts["capacity"], rows["A"].denominator) == (3, 6, 13 * 3_600)
    assert (rows["B"].parts["tickets"], rows["B"].value, rows[None].parts["tickets"]) == (0, None, 1)
    assert limited["A"].parts["capacity"] is None


def test_a_filter_is_folded(database_url: str) -> None:
    with tables(database_url, held(5, "an"), held(6, "binh")) as connection:
        rows = rows_of_figure("load", asked(connection, agent=" an "))
    assert [row.of["agent"] for row in rows] == ["an"]


# Plain Python.


def plain_load(tickets: Sequence[Sequence[RecordedEvent]], agent: str, now: datetime) -> tuple[int, int, float, int]:
    """Open tickets, late ones, expected effort and tickets without one, of an agent."""
    now_states = [(ticket, states(ticket)[-1][1]) for ticket in tickets]
    of_agent = [(ticket, state) for ticket, state in now_states if state.is_open and state.agent == agent]
    late = sum(
        any(clock.breached_at is not None and clock.finished_at is None for clock in _clocks(ticket, now))
        for ticket, _ in of_agent
    )
    expected = [_expected(now_states, state, now) for _, state in of_agent]
    return len(of_agent), late, sum(filter(None, expected)), expected.count(None)


def _clocks(ticket: Sequence[RecordedEvent], now: datetime) -> Any:
    return clocks(ticket, DEFAULT_POLICY_HISTORY, now)


def _expected(tickets: Any, wanted: Ticket, now: datetime) -> float | None:
    efforts = []
    for ticket, state in tickets:
        logged = sum(
            event.payload.seconds
            for event in ticket
            if isinstance(event.payload, e.EffortLogged) and event.payload.kind in EFFORTS
        )
        crossed = [step for step in states(ticket) if step[1].state in {"resolved", "closed"}]
        if (state.team, state.category) == (wanted.team, wanted.category) and logged and crossed and not state.is_open:
            efforts.append((state, ticket, logged))
    return _median(efforts, now)


def _median(efforts: Any, now: datetime) -> float | None:
    counted = []
    for state, ticket, logged in efforts:
        if state.state in {"merged", "cancelled"}:
            continue
        last = _last_resolution(ticket)
        counted.append((last, logged))
    recent = [logged for last, logged in counted if last > now - timedelta(days=90)]
    return median(recent or [logged for _, logged in counted]) if counted else None


def _last_resolution(ticket: Sequence[RecordedEvent]) -> datetime:
    history = [Ticket()]
    last = START
    for when, state, _ in states(ticket):
        if history[-1].is_open and not state.is_open:
            last = when
        history.append(state)
    return last


def test_open_late_and_expected_effort_are_what_plain_python_finds(database_url: str) -> None:
    with filled(database_url, READ) as connection:
        now = instant(60 * 24 * 100)

        @settings(max_examples=examples(100))
        @given(logs(late=False, tickets=4, max_size=8).map(streams_of))
        def the_same(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets)
                given = question(connection, START, now + MINUTE, now=now, zone=zone_named("UTC"))
                rows = {row.of["agent"]: row.parts for row in rows_of_figure("load", given)}
                for agent in ("a", "b", "c"):
                    load = rows.get(agent)
                    shown = (0, 0, 0, 0) if load is None else tuple(
                        load[part] for part in ("tickets", "late", "expected_effort", "unexpected")
                    )  # fmt: skip
                    assert shown == plain_load(tickets, agent, now)

        the_same()


def test_the_working_time_left_is_what_plain_python_counts_minute_by_minute(database_url: str) -> None:
    with tables(database_url) as connection:
        for hours in range(0, 24 * 8, 5):
            now = datetime.fromisoformat("2026-03-26T00:30:00+01:00") + timedelta(hours=hours)
            until = now.astimezone(BERLIN).replace(hour=0, minute=0) + timedelta(days=1)
            counted, minute = 0, now.astimezone(zone_named("UTC"))
            while minute < until:
                counted += open_at_office(minute)
                minute += MINUTE
            row = of_agent(rows_of_figure("load", asked(connection, now)), "binh")
            assert row.denominator == counted * 60, now
