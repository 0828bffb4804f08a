"""Figures that judge customers from the log: segments at an instant, bands of health, and readings in the past."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.contract.commands import RenewContract, SignContract, TerminateContract
from domain.customer.commands import ChangeTier, MergeCustomer
from domain.customer.facts.commands import (
    AcceptOffer,
    AnswerNps,
    MakeOffer,
    RecordCheckIn,
    RecordPurchase,
    ReturnPurchase,
)
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log import reader
from domain.health.definition import DEFAULT_HEALTH
from domain.ids import new_id
from domain.ticket.commands import ResolveTicket
from projections.figures import upselling
from projections.figures.answer import FigureRefused, answer, subjects
from projections.figures.figure import FigureRow
from projections.figures.registry import FIGURES
from projections.figures.segments import log_of, persons_in
from projections.health.outcomes import outcomes
from projections.point_in_time.readings import as_it_was
from projections.scope.figure_query import FigureQuery
from tests.support.customers_by_example import APRIL, MARCH, Days, ask, day
from tests.support.told import LONG_AGO, TENANT, Told, told

MAY = (day(5, 1, 0), day(6, 1, 0))
GOLD = {"members": {"field": "tier", "value": "gold"}}


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as teller:
        yield teller


def publish(desk: Told, kind: str, name: str = "tenant", **body: Any) -> None:
    command = PublishDefinition(kind=kind, name=name, effective_from=LONG_AGO, body=body, reason="tried")
    desk.send(definition_stream(kind, name), command)


def question(
    connection: psycopg.Connection, days: tuple[datetime, datetime], now: datetime, **others: Any
) -> FigureQuery:
    position = reader.head(connection, TENANT)
    query = ask(connection, days, now, definitions=reader.definitions(connection, TENANT, position), **others)
    return replace(query, position=position)


def rows(desk: Told, name: str, days: Days = MARCH, now: datetime = APRIL[1]) -> list[FigureRow]:
    desk.follow()
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        return list(answer(FIGURES[name], question(connection, days, now), reader.head(connection, TENANT)).rows)


def test_a_wave_asks_the_segment_as_it_was_at_its_opening(desk: Told) -> None:
    gold, silver, later, twin = (
        desk.customer("gold"),
        desk.customer("silver"),
        desk.customer("silver"),
        desk.customer("gold"),
    )
    publish(desk, "segment", "Gold", **GOLD)
    publish(desk, "nps-wave", "Q1", segment="Gold", opens=day(3, 10).isoformat(), closes=day(3, 20).isoformat())
    desk.send(later, ChangeTier(tier="gold", reason="grows", occurred_at=day(3, 11)))
    for customer, score in ((gold, 10), (silver, 0), (later, 0)):
        desk.send(customer, AnswerNps(score=score, wave="Q1", occurred_at=day(3, 12)))
    (shown,) = rows(desk, "nps-wave")
    assert (shown.value, shown.denominator, shown.left_out["not_asked"]) == (100.0, 1, 2)
    desk.send(twin, MergeCustomer(into=silver, reason="the same person"))
    (shown,) = rows(desk, "nps-wave")
    assert (shown.value, shown.denominator, shown.left_out["not_asked"]) == (0.0, 2, 1)


def test_eligible_are_the_members_of_the_segment_when_the_period_begins(desk: Told) -> None:
    gold, silver, later = desk.customer("gold"), desk.customer("silver"), desk.customer("silver")
    publish(desk, "segment", "Gold", **GOLD)
    publish(desk, "upselling", eligible="Gold")
    desk.send(later, ChangeTier(tier="gold", reason="grows", occurred_at=day(3, 2)))
    for customer in (gold, silver):
        desk.send(customer, MakeOffer(offer_id="a", product="more", occurred_at=day(3, 3)))
        desk.send(customer, AcceptOffer(offer_id="a", occurred_at=day(3, 4)))
    (shown,) = rows(desk, "upsell-eligible")
    assert (shown.numerator, shown.denominator, shown.left_out["not_eligible"]) == (1, 1, 1)
    (shown,) = rows(desk, "upsell-eligible", APRIL, APRIL[1])
    assert (shown.numerator, shown.denominator) == (0, 2)


def test_more_judgements_than_memory_should_hold_are_refused(desk: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        desk.customer("gold")
    publish(desk, "segment", "Gold", **GOLD)
    publish(desk, "upselling", eligible="Gold")
    monkeypatch.setattr(upselling, "MOST_JUDGED", 3)
    (shown,) = rows(desk, "upsell-eligible")
    assert shown.denominator == 3
    monkeypatch.setattr(upselling, "MOST_JUDGED", 2)
    with pytest.raises(FigureRefused, match="3 customers at the beginnings of 1 periods are more than 2 judgements"):
        rows(desk, "upsell-eligible")


@pytest.mark.parametrize("whose", ["survivor", "merged"])
def test_who_was_merged_is_judged_anew_when_something_happens_with_either_customer(desk: Told, whose: str) -> None:
    survivor, merged = desk.customer(), desk.customer()
    ticket = desk.ticket(day(3, 3), survivor if whose == "survivor" else merged)
    publish(desk, "segment", "Waiting", members={"field": "open_tickets", "comparison": "at_least", "value": 1})
    desk.send(merged, MergeCustomer(into=survivor, reason="the same person", occurred_at=day(3, 3)))
    desk.send(ticket, ResolveTicket(resolution="done", occurred_at=day(3, 8)))
    desk.follow()
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        query = question(connection, MARCH, APRIL[1])
        members = list(persons_in(query, "Waiting", [day(3, 2), day(3, 5), day(3, 9)]))
    assert members == [(day(3, 5), survivor)]


def test_the_chance_of_renewal_is_the_share_that_was_renewed_by_the_band_90_days_before_the_end(desk: Told) -> None:
    publish(desk, "health", **DEFAULT_HEALTH.model_dump(mode="json") | {"least_coverage": 1})
    happy, sad, silent = desk.customer(), desk.customer(), desk.customer()
    for customer, score in ((happy, 10), (sad, 0)):
        desk.send(customer, AnswerNps(score=score, occurred_at=day(3, 1)))
        desk.send(customer, RecordCheckIn(channel="phone", summary="?", occurred_at=day(3, 1)))
    contracts = [sign(desk, customer) for customer in (happy, happy, sad, silent)]
    for contract in contracts[:2]:
        desk.send(contract, RenewContract(months=12, occurred_at=day(5, 20)))
    desk.send(contracts[2], TerminateContract(reason="too dear", occurred_at=day(5, 20)))
    shown = {row.of["band"]: row for row in rows(desk, "renewal-chance", MAY, day(6, 30, 23))}
    shares = [(row.value, row.denominator) for row in shown.values() if row.denominator]
    assert sorted(shares, key=str) == [(0.0, 1), (1.0, 2)]
    assert sum(row.left_out["open"] for row in shown.values()) == 1


def test_a_term_that_was_renewed_before_the_day_of_its_band_is_provisional_until_then(desk: Told) -> None:
    contract = sign(desk, desk.customer())
    desk.send(contract, RenewContract(months=12, occurred_at=day(2, 1)))
    before, then = (
        [(row.final, row.provisional) for row in rows(desk, "renewal-chance", (MARCH[0], MAY[1]), now)]
        for now in (day(3, 2, 0) - timedelta(seconds=1), day(3, 2, 0))
    )
    assert (before, then) == ([(0, 1)], [(1, 0)])


def test_until_the_day_of_its_band_a_term_is_judged_by_what_has_happened(desk: Told) -> None:
    publish(desk, "health", **DEFAULT_HEALTH.model_dump(mode="json") | {"least_coverage": 1})
    customer = desk.customer()
    desk.send(sign(desk, customer), RenewContract(months=12, occurred_at=day(2, 1)))
    for number, score in ((5, 10), (20, 0)):
        desk.send(customer, AnswerNps(score=score, occurred_at=day(2, number)))
    instants = day(2, 10), day(2, 25)
    bands = [[row.of["band"] for row in rows(desk, "renewal-chance", (day(2, 1, 0), MAY[1]), now)] for now in instants]
    assert bands == [["green"], ["amber"]]
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        log = log_of(question(connection, MARCH, APRIL[1]))
        judged = [outcomes(log, MAY[0].date(), MAY[1].date(), now) for now in instants]
    assert [[row.band for row in of if row.terms] for of in judged] == bands


def sign(desk: Told, customer: UUID) -> UUID:
    contract, terms = new_id(), {"starts_on": "2026-01-01", "ends_on": "2026-05-31", "value": 1, "currency": "VND"}
    facts = {"number": "1", "customer_id": customer, "occurred_at": LONG_AGO} | terms
    desk.send(contract, SignContract.model_validate(facts))
    return contract


def test_as_of_the_end_of_the_month_a_purchase_that_was_returned_later_counts(desk: Told) -> None:
    lan = desk.customer()
    bought = {"purchase_id": "a", "items": [{"name": "x", "total": 1}], "total": 1, "currency": "VND"}
    desk.send(lan, RecordPurchase.model_validate(bought | {"occurred_at": day(3, 5)}))
    desk.send(lan, ReturnPurchase(purchase_id="a", total=1, whole=True, occurred_at=day(4, 5)))
    desk.follow()
    figure, by_instant = FIGURES["returning-buyers"], []
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        for as_of in (MARCH[1], None):
            with as_it_was(connection, TENANT, figure.projections, as_of=as_of) as schema:
                query = replace(question(connection, MARCH, as_of or APRIL[1]), schema=schema)
                by_instant.append([fact.subject for fact in subjects(figure, query, "customers")])
    assert by_instant == [[lan], []]
