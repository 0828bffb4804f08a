"""Paths of tickets, the time between steps, and the points of loss, against plain Python."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from statistics import median
from uuid import UUID

from hypothesis import given, settings

from domain.customer.events import CustomerRegistered
from domain.envelope import RecordedEvent
from domain.segment.events import SegmentEntered
from domain.ticket import events as e
from domain.ticket.state import Ticket, evolve
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.figures.answer import answer
from projections.figures.figure import CountedFacts
from projections.figures.journey import MOST_PATHS, OTHER
from projections.figures.registry import FIGURES
from projections.tickets.table import TICKETS
from tests.support.compared_reports import EVERYTHING
from tests.support.events import OTHER_TICKET, START, THIRD_TICKET, TICKET, at, history, instant, received, resolved
from tests.support.examples import examples
from tests.support.figure_answers import behind, question, rows_of_figure, the_row
from tests.support.filled import add, filled
from tests.support.histories import logs, streams_of

READ = (TICKETS, CUSTOMERS, CUSTOMER_GROUPS)
CANCEL = e.TicketCancelled(cancelled_by="agent", cancelled_as="spam")
DAY = 60 * 24
LAN, BINH = UUID(int=0x3E9), UUID(int=0x3EA)


def assigned(team: str | None) -> e.TicketAssigned:
    return e.TicketAssigned(team=team, agent=None)


def test_paths_are_shares_of_all_tickets_that_left_and_each_names_its_tickets(database_url: str) -> None:
    tickets = [
        history(at(0, received()), at(1, assigned("A")), at(9, resolved())),
        history(at(0, received()), at(2, assigned("A")), at(8, resolved()), ticket=OTHER_TICKET),
        history(at(0, received()), at(3, CANCEL), ticket=THIRD_TICKET),
        history(at(0, received()), ticket=UUID(int=4)),
    ]
    with filled(database_url, READ, *tickets) as connection:
        by_states = question(connection, START, instant(DAY), by=("state_path",))
        rows = {row.of["state_path"]: row for row in rows_of_figure("journey", by_states)}
        teams = question(connection, START, instant(DAY), by=("team_path",))
        by_teams = {row.of["team_path"]: row.value for row in rows_of_figure("journey", teams)}
        query = question(connection, START, instant(DAY), state_path="received > assigned > resolved")
        assert [fact.subject for fact in behind("journey", "tickets", query)] == [TICKET, OTHER_TICKET][::-1]
        whole = the_row("journey", question(connection, START, instant(DAY)))
    assert {path: row.value for path, row in rows.items() if row.final} == {
        "received > assigned > resolved": 2 / 3,
        "received > cancelled": 1 / 3,
    }
    assert {path: value for path, value in by_teams.items() if value} == {"- > A": 2 / 3, "-": 1 / 3}
    assert (whole.value, whole.denominator, whole.left_out) == (1, 3, {"open": 1})


def test_a_team_filter_finds_the_paths_that_are_frequent_in_that_team_and_the_share_is_of_its_tickets(
    database_url: str,
) -> None:
    tickets = [
        history(at(0, received()), at(5, assigned(f"t{number}")), at(9, resolved()), ticket=UUID(int=number + 1))
        for number in range(MOST_PATHS + 3)
    ]
    twice = history(at(0, received()), at(5, assigned("t52")), at(9, resolved()), ticket=UUID(int=99))
    with filled(database_url, READ, *tickets, twice) as connection:
        everything = question(connection, START, instant(DAY), by=("team_path",))
        rows = {row.of["team_path"]: row.parts["tickets"] for row in rows_of_figure("journey", everything)}
        rare = question(connection, START, instant(DAY), by=("team_path",), team="t49")
        (of_team,) = rows_of_figure("journey", rare)
        others = question(connection, START, instant(DAY), team_path=OTHER)
        assert len(behind("journey", "tickets", others)) == rows[OTHER]
    assert (len(rows), rows[OTHER], rows["- > t52"]) == (MOST_PATHS + 1, 3, 2)
    assert (of_team.of["team_path"], of_team.value) == ("- > t49", 1)


def test_a_ticket_in_two_segments_is_in_both_groups_and_once_among_all(database_url: str) -> None:
    mine = [
        history(at(0, received(customer=LAN)), at(9, resolved()), ticket=UUID(int=number), first_position=number * 10)
        for number in (1, 2)
    ]
    other = history(at(0, received(customer=BINH)), at(9, resolved()), ticket=UUID(int=3))
    with filled(database_url, READ, *mine, other, *in_segments("A", "B")) as connection:
        rows = {
            row.of["segment"]: (row.numerator, row.denominator)
            for row in rows_of_figure("journey", question(connection, START, instant(DAY), by=("segment",)))
        }
        in_b = the_row("journey", question(connection, START, instant(DAY), by=("segment",), segment="B"))
    assert rows == {"A": (2, 3), "B": (2, 3), None: (1, 3)}
    assert (in_b.numerator, in_b.denominator) == (2, 2)


def test_a_filter_by_customers_finds_the_paths_that_are_frequent_among_their_tickets(database_url: str) -> None:
    twice = [
        history(
            at(0, received(customer=BINH)),
            at(5, assigned(f"t{number // 2:02}")),
            at(9, resolved()),
            ticket=UUID(int=number + 1),
        )
        for number in range(2 * MOST_PATHS)
    ]
    rare = history(at(0, received(customer=LAN)), at(5, assigned("z")), at(9, resolved()), ticket=UUID(int=999))
    lan = history(at(-DAY, CustomerRegistered(name="Lan", tier="gold", party="organisation")), ticket=LAN)
    with filled(database_url, READ, *twice, rare, lan, *in_segments("A")) as connection:
        for filters in (
            question(connection, START, instant(DAY), by=("team_path",), segment="A"),
            question(connection, START, instant(DAY), by=("team_path",), tier="gold"),
        ):
            assert [(row.of["team_path"], row.value) for row in rows_of_figure("journey", filters)] == [("- > z", 1)]


def in_segments(*names: str) -> list[list[RecordedEvent]]:
    """The memberships of Lan."""
    return [
        history(
            at(-1, SegmentEntered(segment=name, definition_version=1, customer_id=LAN)),
            ticket=UUID(int=700 + number),
            first_position=20_000 + number,
        )
        for number, name in enumerate(names)
    ]


def test_the_time_between_steps_and_where_tickets_wait_longest(database_url: str) -> None:
    def waited(number: int, minutes: float) -> list[RecordedEvent]:
        wait = at(10, e.TicketPutOnHold(waiting_for="third_party"))
        facts = at(0, received()), at(5, e.WorkStarted()), wait, at(10 + minutes, e.WorkResumed())
        return history(*facts, at(11 + minutes, resolved()), ticket=UUID(int=number))

    with filled(database_url, READ, waited(1, 10), waited(2, 30), waited(3, 80)) as connection:
        over = question(connection, START, instant(DAY), by=("state",))
        states = {row.of["state"]: row.parts for row in rows_of_figure("journey-steps", over)}
        steps = question(connection, START, instant(DAY), by=("step",), state="waiting_third_party")
        (step,) = rows_of_figure("journey-steps", steps)
        assert len(behind("journey-steps", "returns", over)) == 3
    assert (step.of["step"], step.value, step.parts["p90"]) == ("waiting_third_party > in_progress", 1_800, 4_200)
    assert states["waiting_third_party"]["total"] == 120 * 60
    assert (states["in_progress"]["steps"], states["received"]["median"]) == (6, 300)


def test_the_points_of_loss_are_told_by_the_state_that_the_ticket_left(database_url: str) -> None:
    tickets = [
        history(at(0, received()), at(1, CANCEL)),
        history(at(0, received()), at(1, e.TicketClosed(closed_by="rule")), ticket=OTHER_TICKET),
        history(at(0, received()), at(1, e.WorkStarted()), at(2, e.TicketMerged(into=TICKET)), ticket=THIRD_TICKET),
        history(at(0, received()), at(1, e.WorkStarted()), at(2, resolved()), ticket=UUID(int=4)),
    ]
    with filled(database_url, READ, *tickets) as connection:
        over = question(connection, START, instant(DAY), by=("state",))
        rows = {row.of["state"]: row for row in rows_of_figure("journey-losses", over)}
    assert {state: (row.numerator, row.denominator) for state, row in rows.items()} == {
        "in_progress": (1, 2),
        "received": (2, 2),
    }
    assert (rows["received"].parts["spam"], rows["received"].parts["closed_open"]) == (1, 1)
    assert rows["in_progress"].parts["merged"] == 1


def plain_path(ticket: Sequence[RecordedEvent]) -> list[tuple[str, datetime]]:
    """Each state with the instant at which it began, and the reason of a wait; without merges that are undone."""
    begins = ticket[0].occurred_at
    state = Ticket()
    path: list[tuple[str, datetime]] = []
    before_merge = path
    for event in sorted(ticket, key=lambda event: (event.version > 1, event.occurred_at, event.version)):
        before, state = state, evolve(state, event.payload, event.occurred_at)
        if state.state == "merged" and before.state != "merged":
            before_merge = [*path]
        elif isinstance(event.payload, e.MergeUndone) and before.state == "merged":
            path = before_merge
        name = f"waiting_{state.waiting_for}" if state.state == "waiting" else state.state
        if not path or path[-1][0] != name:
            path.append((name, max(event.occurred_at, begins)))
    return path


OPEN = ("received", "assigned", "in_progress", "waiting")


def is_open(state: str) -> bool:
    return state.startswith(OPEN)


def test_journeys_are_what_plain_python_finds(database_url: str) -> None:
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(120))
        @given(logs(max_size=9, tickets=4).map(streams_of))
        def the_same(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets)
                whole = question(connection, EVERYTHING.start, EVERYTHING.end, by=("state_path",))
                ended = [path for path in map(plain_path, tickets) if not is_open(path[-1][0])]
                paths = {row.of["state_path"]: row for row in rows_of_figure("journey", whole) if row.final}
                assert {path: row.parts["tickets"] for path, row in paths.items()} == Counter(
                    " > ".join(state for state, _ in path) for path in ended
                )
                assert all(row.denominator == len(ended) for row in paths.values())
                by_step = question(connection, EVERYTHING.start, EVERYTHING.end, by=("step",))
                steps: dict[str, list[float]] = {}
                for path in ended:
                    for (state, since), (following, until) in pairwise(path):
                        steps.setdefault(f"{state} > {following}", []).append((until - since).total_seconds())
                by_step_value = {row.of["step"]: row.value for row in rows_of_figure("journey-steps", by_step)}
                assert by_step_value == {step: median(seconds) for step, seconds in steps.items()}
                lost = the_row("journey-losses", question(connection, EVERYTHING.start, EVERYTHING.end))
                last_exits = [
                    next(after for before, after in reversed([*pairwise(state for state, _ in path)])
                         if is_open(before) and not is_open(after))
                    for path in ended
                ]  # fmt: skip
                assert lost.numerator == sum(state != "resolved" for state in last_exits)

        the_same()


def test_steps_that_are_alike_count_as_steps_one_by_one(database_url: str) -> None:
    steps = FIGURES["journey-steps"]
    assert isinstance(steps.reading, CountedFacts)
    one_by_one = replace(steps, reading=replace(steps.reading, alike=None))
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(60))
        @given(logs(max_size=9, tickets=4).map(streams_of))
        def the_same(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets)
                for by in ((), ("team",), ("channel", "step"), ("state",)):
                    query = question(connection, EVERYTHING.start, EVERYTHING.end, by=by)
                    rows = answer(steps, query, 0).rows
                    assert rows == answer(one_by_one, query, 0).rows
                    assert all(type(row.final) is int for row in rows)

        the_same()
