"""How long tickets take, how satisfied customers are, how often tickets come back: each by example."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from projections.figures.service_reports import handling_time, reopen_rate, satisfaction
from projections.scope.report_scope import ReportScope
from projections.tickets.table import TICKETS
from tests.support.events import START, Fact, at, history, received, resolved
from tests.support.figure_answers import question_of
from tests.support.filled import filled

DAY = 24 * 60
EVERYTHING = ReportScope(START, START + timedelta(days=300))
DAILY = ReportScope(START, START + timedelta(days=300), every="day")


def ticket(number: int, *facts: Fact, channel: str = "email") -> list[RecordedEvent]:
    return history(at(0, received(channel=channel)), *facts, ticket=UUID(int=number), first_position=number * 100)


def effort(agent: str, kind: str, seconds: int) -> e.EffortLogged:
    return e.EffortLogged(agent=agent, kind=kind, seconds=seconds)


def rated(score: int) -> e.SatisfactionRated:
    return e.SatisfactionRated(score=score)


def test_elapsed_handling_time_is_mean_median_and_ninetieth_percentile(database_url: str) -> None:
    tickets = [ticket(number, at(number, resolved())) for number in (1, 2, 3, 4, 10)]
    with filled(database_url, [TICKETS], *tickets) as connection:
        (handling,) = handling_time(question_of(connection, EVERYTHING))
    assert handling.resolved == 5
    assert (handling.elapsed.mean, handling.elapsed.median) == (240.0, 180.0)
    assert handling.elapsed.p90 == pytest.approx(60 * (4 + 0.6 * 6))


def test_a_reopened_ticket_counts_once_at_its_last_resolution_and_not_while_it_is_open(database_url: str) -> None:
    again = ticket(1, at(10, resolved()), at(20, e.TicketReopened()), at(DAY, resolved()))
    still_open = ticket(2, at(10, resolved()), at(20, e.TicketReopened()))
    with filled(database_url, [TICKETS], again, still_open) as connection:
        first, second = handling_time(question_of(connection, DAILY))
    assert (first.period, first.resolved, first.left_out["open_again"]) == (date(2026, 3, 2), 0, 1)
    assert (first.elapsed.mean, first.effort_seconds) == (None, 0)
    assert (second.period, second.resolved, second.left_out["open_again"]) == (date(2026, 3, 3), 1, 0)
    assert second.elapsed.mean == DAY * 60


def test_effort_is_summed_over_all_agents_and_divided_by_the_tickets_that_had_any(database_url: str) -> None:
    by_two = (
        at(1, effort("an", "talk", 60)),
        at(2, effort("binh", "hold", 30)),
        at(3, effort("an", "after_contact", 10)),
    )
    tickets = [
        ticket(1, *by_two, at(10, resolved())),
        ticket(2, at(1, effort("an", "talk", 50)), at(10, resolved())),
        ticket(3, at(10, resolved())),
        ticket(4, at(1, effort("an", "talk", 999))),
    ]
    with filled(database_url, [TICKETS], *tickets) as connection:
        (handling,) = handling_time(question_of(connection, EVERYTHING))
    assert (handling.effort_seconds, handling.handled, handling.effort_mean) == (150, 2, 75.0)


def test_nothing_logged_has_no_mean_effort_and_nothing_resolved_no_figures(database_url: str) -> None:
    with filled(database_url, [TICKETS], ticket(1, at(10, resolved()))) as connection:
        assert handling_time(question_of(connection, EVERYTHING))[0].effort_mean is None
        assert handling_time(question_of(connection, ReportScope(START, START))) == []


def test_satisfied_are_ratings_of_four_and_five_of_all(database_url: str) -> None:
    tickets = [ticket(score, at(1, resolved()), at(2, rated(score))) for score in (1, 2, 3, 4, 5)]
    with filled(database_url, [TICKETS], *tickets, ticket(6, at(1, resolved()))) as connection:
        (satisfied,) = satisfaction(question_of(connection, EVERYTHING))
    assert (satisfied.satisfied.numerator, satisfied.satisfied.denominator) == (2, 5)
    assert (satisfied.responses.numerator, satisfied.responses.denominator) == (5, 6)


def test_the_last_rating_of_each_resolution_counts_on_the_day_it_was_given(database_url: str) -> None:
    twice_resolved = ticket(
        1,
        at(1, resolved()),
        at(2, rated(1)),
        at(3, rated(5)),
        at(4, e.TicketReopened()),
        at(5, resolved()),
        at(DAY, rated(2)),
    )
    with filled(database_url, [TICKETS], twice_resolved) as connection:
        first, second = satisfaction(question_of(connection, DAILY))
    assert (first.satisfied.numerator, first.satisfied.denominator) == (1, 1)
    assert (first.responses.numerator, first.responses.denominator) == (2, 2)
    assert (second.period, second.satisfied.numerator, second.satisfied.denominator) == (date(2026, 3, 3), 0, 1)
    assert (second.responses.numerator, second.responses.denominator, second.responses.ratio) == (0, 0, None)


def test_a_resolution_counts_for_who_held_the_ticket_then(database_url: str) -> None:
    """Lan resolves it badly, Binh takes it over and resolves it well."""
    facts = [
        at(1, e.TicketAssigned(team=None, agent="lan")), at(2, resolved()), at(3, rated(1)), at(4, e.TicketReopened()),
        at(5, e.TicketAssigned(team=None, agent="binh")), at(6, resolved()), at(7, rated(5)),
    ]  # fmt: skip
    by_agent = replace(EVERYTHING, by=("agent",))
    with filled(database_url, [TICKETS], ticket(1, *facts)) as connection:
        satisfied = {group.of["agent"]: group for group in satisfaction(question_of(connection, by_agent))}
        reopened = {group.of["agent"]: group.reopened for group in reopen_rate(question_of(connection, by_agent))}
        of_lan = satisfaction(question_of(connection, replace(EVERYTHING, where={"agent": "lan"})))
        none_of_lan = reopen_rate(question_of(connection, replace(EVERYTHING, where={"agent": "lan"})))
    assert {agent: group.satisfied.ratio for agent, group in satisfied.items()} == {"binh": 1, "lan": 0}
    assert {agent: group.responses.denominator for agent, group in satisfied.items()} == {"binh": 1, "lan": 1}
    assert {agent: share.denominator for agent, share in reopened.items()} == {"binh": 1}
    assert ([group.satisfied.ratio for group in of_lan], none_of_lan) == ([0], [])


def test_reopened_are_tickets_of_those_resolved_in_the_period_each_once(database_url: str) -> None:
    twice = ticket(1, at(1, resolved()), at(2, e.TicketReopened()), at(3, resolved()), at(4, e.TicketReopened()))
    never = ticket(2, at(1, resolved()), channel="zalo")
    with filled(database_url, [TICKETS], twice, never, ticket(3)) as connection:
        (reopened,) = reopen_rate(question_of(connection, EVERYTHING))
        by_channel = reopen_rate(
            question_of(connection, ReportScope(EVERYTHING.start, EVERYTHING.end, by=("channel",)))
        )
    assert (reopened.reopened.numerator, reopened.reopened.denominator) == (1, 2)
    assert [(group.of["channel"], group.reopened.ratio) for group in by_channel] == [("email", 1.0), ("zalo", 0.0)]
