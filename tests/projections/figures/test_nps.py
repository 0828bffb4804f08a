"""NPS by worked example and at its edges: waves, merges, organisations, tickets."""

from uuid import UUID

import psycopg
import pytest
from pydantic import ValidationError

from domain.customer import events as e
from domain.customer.facts.commands import AnswerNps
from tests.support.customers_by_example import (
    ACME,
    BINH,
    LAN,
    MARCH,
    READ,
    Happened,
    answered,
    ask,
    customer,
    day,
    published,
    row,
)
from tests.support.events import at, history, received, resolved
from tests.support.figure_answers import behind, rows_of_figure
from tests.support.filled import add

WAVE = published("nps-wave", "Q1", opens=day(3, 10, 0).isoformat(), closes=day(3, 20, 0).isoformat())


def merged(source: UUID, target: UUID) -> tuple[Happened, Happened]:
    """The events of a merge on both streams."""
    return (day(4, 1), e.CustomerMerged(into=target)), (day(4, 1), e.CustomerAbsorbed(customer_id=source))


def test_five_promoters_and_two_detractors_of_ten_are_thirty_points_give_or_take_48(tables: psycopg.Connection) -> None:
    scores = [9, 9, 10, 10, 10, 7, 8, 8, 0, 6]
    add(tables, READ, *(customer(UUID(int=n + 1), (day(3, 5), answered(score))) for n, score in enumerate(scores)))
    shown = row(tables, "nps", MARCH)
    assert (shown.value, shown.numerator, shown.denominator) == (30.0, 3, 10)
    assert shown.parts["margin"] == pytest.approx(1.96 * ((0.5 + 0.2 - 0.3**2) / 10) ** 0.5 * 100)
    assert (shown.parts["passives"], shown.parts["mean"], shown.parts["small"]) == (3, 7.7, 1)


def test_thirty_answers_are_not_small_any_more(tables: psycopg.Connection) -> None:
    add(tables, READ, *(customer(UUID(int=n), (day(3, 5), answered(10))) for n in range(1, 31)))
    shown = row(tables, "nps", MARCH)
    assert (shown.value, shown.parts["small"], shown.parts["margin"]) == (100.0, 0, 0)


def test_a_period_without_answers_has_no_score(tables: psycopg.Connection) -> None:
    add(tables, READ, customer(LAN, (day(2, 5), answered(10))))
    shown = row(tables, "nps", MARCH)
    assert (shown.value, shown.denominator, shown.parts["margin"]) == (None, 0, None)


def test_an_answer_of_eleven_is_refused() -> None:
    with pytest.raises(ValidationError):
        AnswerNps(score=11)


def test_the_last_answer_of_a_person_counts_in_each_quarter(tables: psycopg.Connection) -> None:
    add(
        tables,
        READ,
        customer(LAN, (day(1, 5), answered(2)), (day(3, 31, 23), answered(10)), (day(4, 1, 0), answered(8))),
    )
    question = ask(tables, (day(1, 1, 0), day(7, 1, 0)), every="quarter")
    first, second = rows_of_figure("nps", question)
    assert (first.value, first.left_out["answered_again"], second.value, second.final) == (100.0, 1, 0.0, 1)


def test_of_two_answers_at_one_instant_the_one_that_was_recorded_last_counts(tables: psycopg.Connection) -> None:
    ticket = history(at(0, received(LAN)), at(1, resolved()))
    of_ticket = [answered(score, None, ticket=ticket[0].stream) for score in (8, 6)]
    twice = [(day(3, 5), answered(2)), (day(3, 5), answered(10)), *((day(3, 6), answer) for answer in of_ticket)]
    add(
        tables, READ, customer(LAN, *twice), customer(BINH, *((day(3, 5), answered(score)) for score in (9, 7))), ticket
    )
    assert row(tables, "nps", MARCH).value == 50.0
    assert row(tables, "nps-ticket", MARCH).value == -100.0


def test_an_answer_to_the_relationship_survey_and_one_about_a_ticket_never_mix(tables: psycopg.Connection) -> None:
    ticket = history(at(0, received(LAN, category="billing")), at(1, resolved()))
    of_ticket = [
        (day(3, 6), answered(3, None, ticket=ticket[0].stream)),
        (day(3, 8), answered(9, None, ticket=ticket[0].stream)),
    ]
    add(tables, READ, ticket, customer(LAN, (day(3, 5), answered(10)), *of_ticket))
    assert row(tables, "nps", MARCH).parts["answers"] == 1
    (shown,) = rows_of_figure("nps-ticket", ask(tables, MARCH, by=("category",)))
    assert (shown.of, shown.value, shown.left_out["answered_again"]) == ({"category": "billing"}, 100.0, 1)
    assert [fact.subject for fact in behind("nps-ticket", "answers", ask(tables, MARCH))] == [ticket[0].stream]


def test_an_answer_after_the_wave_has_closed_counts_in_no_wave_and_is_told_beside(tables: psycopg.Connection) -> None:
    others = [(day(3, 9, 23), answered(1)), (day(3, 12), answered(2, "Q2")), (day(3, 12), answered(3, None))]
    add(tables, READ, customer(LAN, (day(3, 19, 23), answered(10)), (day(3, 20, 0), answered(0))))
    add(tables, READ, customer(BINH, *others))
    shown = row(tables, "nps-wave", MARCH, definitions=WAVE)
    assert (shown.value, shown.denominator) == (100.0, 1)
    assert shown.left_out == {
        "answered_again": 0, "no_wave": 1, "unknown_wave": 1, "before_the_wave": 1, "after_the_wave": 1, "not_asked": 0,
    }  # fmt: skip
    assert row(tables, "nps", MARCH).denominator == 2


def test_a_wave_is_provisional_until_it_has_closed(tables: psycopg.Connection) -> None:
    add(tables, READ, customer(LAN, (day(3, 12), answered(10))))
    open_, closed = (
        row(tables, "nps-wave", MARCH, now=now, definitions=WAVE) for now in (day(3, 19, 23), day(3, 20, 0))
    )
    assert (open_.final, open_.provisional, closed.final, closed.provisional) == (0, 1, 1, 0)


def test_merged_customers_have_one_vote_and_two_again_when_the_merge_is_undone(tables: psycopg.Connection) -> None:
    into, absorbed = merged(LAN, BINH)
    lan, binh = (day(3, 12), answered(0)), (day(3, 14), answered(9))
    add(tables, READ, customer(LAN, lan, into), customer(BINH, binh, absorbed))
    for name in ("nps", "nps-wave"):
        shown = row(tables, name, MARCH, definitions=WAVE)
        assert (shown.value, shown.denominator, shown.left_out["answered_again"]) == (100.0, 1, 1)
    add(tables, READ, customer(LAN, lan, into, (day(4, 2), e.CustomerMergeUndone(into=BINH))),
        customer(BINH, binh, absorbed, (day(4, 2), e.CustomerAbsorptionUndone(customer_id=LAN))))  # fmt: skip
    for name in ("nps", "nps-wave"):
        assert (
            row(tables, name, MARCH, definitions=WAVE).value,
            row(tables, name, MARCH, definitions=WAVE).denominator,
        ) == (0.0, 2)


def test_an_organisation_has_one_vote_the_mean_of_its_persons(tables: psycopg.Connection) -> None:
    joined = (day(2, 1), e.CustomerJoined(organisation=ACME))
    left = (day(4, 1), e.CustomerLeft(organisation=ACME))
    lan = customer(LAN, joined, (day(3, 12), answered(10)), left)
    binh, alone = customer(BINH, joined, (day(3, 12), answered(7))), customer(UUID(int=7), (day(3, 12), answered(0)))
    add(tables, READ, customer(ACME, party="organisation"), lan, binh, alone)
    assert row(tables, "nps", MARCH).parts["detractors"] == 1
    for name in ("nps-organisations", "nps-wave-organisations"):
        shown = row(tables, name, MARCH, definitions=WAVE)
        assert (shown.value, shown.parts["passives"], shown.parts["mean"]) == (0.0, 1, 8.5)
        assert shown.left_out["no_organisation"] == 1
    question = ask(tables, MARCH, by=("organisation",))
    assert [shown.of["organisation"] for shown in rows_of_figure("nps", question)] == [str(ACME), None]
