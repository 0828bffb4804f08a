"""How many of the surveys that reached a customer were answered."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from domain.notification import events as n
from domain.ticket import events as t
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.figures.figure import FigureRow
from projections.notifications.table import NOTIFICATIONS
from projections.tickets.table import TICKETS
from tests.support.customers_by_example import LAN, MARCH, Happened, History, ask, customer, day, of, row
from tests.support.events import received, resolved
from tests.support.figure_answers import behind, rows_of_figure
from tests.support.filled import add, filled

READ = (NOTIFICATIONS, TICKETS, CUSTOMERS, CUSTOMER_GROUPS)
TAKEN = n.NotificationHandedOver(attempt=1)
FAILED = n.NotificationFailed(attempt=1, permanent=True, why="window_closed")


@pytest.fixture
def tables(database_url: str) -> Iterator[psycopg.Connection]:
    with filled(database_url, READ, customer(LAN)) as opened:
        yield opened


def ticket(number: int, *scores: tuple[int, int], more: Sequence[Happened] = ()) -> History:
    """Resolved on 2 March, and rated on some days of March."""
    facts = (day(3, 1), received()), (day(3, 2), resolved())
    rated = [(day(3, on), t.SatisfactionRated(score=score)) for on, score in scores]
    return of(UUID(int=number), *facts, *rated, *more)


def survey(number: int, about: int, on: int, *ends: n.NotificationEvent, purpose: str = "survey") -> History:
    """Asked for on a day of March, with an event on each day from then on."""
    request = n.NotificationRequested(
        to_kind="customer", to=str(LAN), channel="email", purpose=purpose, template="csat", template_version=1,
        about=UUID(int=about), about_kind="ticket", dedupe_key=str(number),
    )  # fmt: skip
    ended = [(day(3, on) + timedelta(days=later), end) for later, end in enumerate(ends)]
    return of(UUID(int=number), (day(3, on), request), *ended)


def shown(tables: psycopg.Connection, *histories: History, now: int = 30) -> FigureRow:
    add(tables, READ, *histories)
    return row(tables, "delivered-response-rate", MARCH, day(3, now))


def test_a_survey_belongs_to_who_held_the_ticket_at_the_resolution_that_it_asks_about(
    tables: psycopg.Connection,
) -> None:
    held = [(day(3, on), t.TicketAssigned(team=None, agent=agent)) for on, agent in ((1, "lan"), (5, "binh"))]
    reopened = (day(3, 4), t.TicketReopened()), (day(3, 20), resolved())
    unresolved = of(UUID(int=2), (day(3, 1), received()), held[1])
    facts = (day(3, 1), received()), held[0], (day(3, 2), resolved()), reopened[0], held[1], reopened[1]
    add(tables, READ, of(UUID(int=1), *facts), unresolved)
    add(tables, READ, survey(10, 1, 3, TAKEN), survey(11, 2, 6, TAKEN))
    rows = rows_of_figure("delivered-response-rate", ask(tables, MARCH, day(3, 30), by=("agent",)))
    assert {row.of["agent"]: (row.denominator, row.left_out["unresolved"]) for row in rows} == {
        "binh": (0, 1),
        "lan": (1, 0),
    }


def test_a_rating_within_seven_days_of_the_delivery_answers_the_survey(tables: psycopg.Connection) -> None:
    rated = [ticket(1, (10, 5)), ticket(2, (11, 1)), ticket(3)]
    answer = shown(tables, *rated, *(survey(10 + number, number, 3, TAKEN) for number in (1, 2, 3)))
    assert (answer.numerator, answer.denominator, answer.final, answer.provisional) == (1, 3, 3, 0)


def test_an_answer_may_still_come_until_the_seven_days_are_over(tables: psycopg.Connection) -> None:
    answer = shown(tables, ticket(1, (4, 5)), ticket(2), survey(11, 1, 3, TAKEN), survey(12, 2, 3, TAKEN), now=9)
    assert (answer.value, answer.final, answer.provisional) == (0.5, 1, 1)


def test_a_survey_that_did_not_reach_the_customer_is_in_no_share_and_is_reported(tables: psycopg.Connection) -> None:
    ends: list[n.NotificationEvent] = [
        FAILED,
        n.NotificationSuppressed(why="no_consent"),
        n.NotificationUncertain(attempt=1),
        TAKEN,
    ]
    answer = shown(
        tables,
        *(ticket(number, (4, 5)) for number in range(1, 5)),
        *(survey(10 + number, number, 3, end) for number, end in enumerate(ends, 1)),
        survey(15, 1, 3),
        survey(16, 1, 3, TAKEN, purpose="service"),
    )
    assert (answer.numerator, answer.denominator) == (1, 1)
    assert {reason: left for reason, left in answer.left_out.items() if left} == {
        "undeliverable": 1, "suppressed": 1, "uncertain": 1
    }  # fmt: skip


def test_a_survey_that_came_back_is_undeliverable_and_one_that_arrived_is_confirmed(tables: psycopg.Connection) -> None:
    back, arrived = survey(11, 1, 3, TAKEN, FAILED), survey(12, 2, 3, TAKEN, n.NotificationDelivered())
    answer = shown(tables, ticket(1), ticket(2), back, arrived)
    assert (answer.denominator, answer.parts["confirmed"], answer.left_out["undeliverable"]) == (1, 1, 1)


@pytest.mark.parametrize("confirmed", [(), (n.NotificationDelivered(),)], ids=["taken", "confirmed"])
def test_a_survey_counts_at_its_hand_over_whenever_it_is_confirmed(
    tables: psycopg.Connection, confirmed: Sequence[n.NotificationEvent]
) -> None:
    """One is handed over on 31 March and confirmed in April; of the other one the seven days are over on the 10th."""
    surveys = survey(11, 1, 31, TAKEN, *confirmed), survey(12, 2, 3, TAKEN, *confirmed)
    add(tables, READ, ticket(1), ticket(2, (11, 5)), *surveys)
    answer = row(tables, "delivered-response-rate", MARCH, day(4, 8))
    assert (answer.denominator, answer.numerator, answer.final) == (2, 0, 2)


def test_a_resolution_counts_once_however_often_its_customer_is_asked(tables: psycopg.Connection) -> None:
    again = (day(3, 12), t.TicketReopened()), (day(3, 13), resolved())
    surveys = [survey(10 + on, 1, on, TAKEN) for on in (4, 6, 14)]
    answer = shown(tables, ticket(1, (7, 5), more=again), survey(11, 1, 3, FAILED), *surveys)
    assert (answer.numerator, answer.denominator) == (1, 2)
    assert (answer.left_out["undeliverable"], answer.left_out["asked_again"]) == (1, 1)
    delivered = behind("delivered-response-rate", "delivered", ask(tables, MARCH, day(3, 30)))
    assert [fact.fact for fact in delivered] == [str(UUID(int=14)), str(UUID(int=24))]


def test_a_rating_before_the_delivery_answers_no_survey_and_is_reported(tables: psycopg.Connection) -> None:
    answer = shown(
        tables, ticket(1, (3, 5)), ticket(2, (5, 5)), *(survey(10 + about, about, 5, TAKEN) for about in (1, 2))
    )
    assert (answer.numerator, answer.denominator, answer.left_out["rated_before"]) == (1, 1, 1)


def test_a_survey_about_a_ticket_without_a_resolution_is_in_no_share(tables: psycopg.Connection) -> None:
    open_ticket = of(UUID(int=1), (day(3, 1), received()))
    answer = shown(tables, open_ticket, survey(11, 1, 3, TAKEN), survey(12, 1, 4, TAKEN))
    assert (answer.denominator, answer.left_out["unresolved"]) == (0, 2)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (t.TicketCancelled(cancelled_by="agent", cancelled_as="duplicate"), "duplicate"),
        (t.TicketCancelled(cancelled_by="agent"), "cancelled"),
        (t.TicketMerged(into=UUID(int=2)), "merged"),
    ],
    ids=["duplicate", "cancelled", "merged"],
)
def test_a_survey_about_a_ticket_that_does_not_count_as_resolved_is_left_out_as_in_the_other_figures(
    tables: psycopg.Connection, end: t.TicketEvent, reason: str
) -> None:
    gone = ticket(1, (4, 5), more=[(day(3, 6), t.TicketReopened()), (day(3, 7), end)])
    answer = shown(tables, gone, ticket(2), survey(11, 1, 3, TAKEN), survey(12, 2, 3, TAKEN))
    assert (answer.numerator, answer.denominator, answer.left_out[reason]) == (0, 1, 1)
    other = row(tables, "response-rate", MARCH, day(3, 30))
    assert (other.denominator, other.left_out[reason]) == (1, 1)
