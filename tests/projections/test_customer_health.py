"""The facts of a customer are gathered from the log, over merges and on both axes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

import psycopg
import pytest

from domain.contract.commands import SignContract
from domain.contract.events import ContractLapsed, ContractRenewed, ContractSigned
from domain.customer import events as e
from domain.customer.commands import MergeCustomer, UndoCustomerMerge
from domain.customer.facts import events as f
from domain.customer.facts.commands import AnswerNps, RecordCheckIn
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log import reader
from domain.health.definition import DEFAULT_HEALTH
from domain.messages import Event
from domain.segment.definition import SegmentDefinition
from domain.ticket import events as t
from domain.ticket.commands import ResolveTicket
from domain.usage.events import UsageRecorded
from domain.usage.state import usage_stream
from projections.health import readings
from projections.health.gather import GatheredCustomers, Source
from projections.health.outcomes import outcomes
from projections.health.readings import all_pages, customer_health, health_page, segment_page
from tests.support.log import append_events
from tests.support.plain_summary import facts_of, plain_facts
from tests.support.told import Told, march, told

NAMES = UUID(int=99)


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as teller:
        yield teller


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as opened:
        yield opened


def source(connection: psycopg.Connection, up_to: int | None = None) -> Source:
    head = reader.head(connection, "default")
    return Source(connection, "default", "tenant_default", head if up_to is None else up_to)


def publish_health(desk: Told, since: datetime, **change: Any) -> None:
    body = DEFAULT_HEALTH.model_dump(mode="json") | change
    command = PublishDefinition(kind="health", effective_from=since, body=body, reason="tried")
    desk.send(definition_stream("health"), command)


def a_random_log(connection: psycopg.Connection, random: Random) -> list[UUID]:  # noqa: C901 -- one case a kind of event
    """Customers who merge and part, with tickets, purchases, answers and usage, told in and out of turn."""
    customers = [uuid5(NAMES, f"customer {number}") for number in range(5)]
    tickets = [uuid5(NAMES, f"ticket {number}") for number in range(6)]
    into: dict[UUID, UUID] = {}
    for customer in customers:
        tier = random.choice(["gold", "silver"])
        append_events(connection, customer, e.CustomerRegistered(name="A", tier=tier), at=march(1))
    for number in range(60):
        at = march(1) + timedelta(hours=random.randrange(1, 24 * 28))
        source_customer, target_customer = random.sample(customers, 2)
        what: tuple[UUID, Event] | None = None
        match random.randrange(8):
            case 0 if (
                source_customer not in into and target_customer not in into and source_customer not in into.values()
            ):
                append_events(connection, source_customer, e.CustomerMerged(into=target_customer), at=at)
                what = target_customer, e.CustomerAbsorbed(customer_id=source_customer)
                into[source_customer] = target_customer
            case 1 if into:
                source_customer = random.choice(list(into))
                append_events(
                    connection, source_customer, e.CustomerMergeUndone(into=into[source_customer]), at=march(29)
                )
                what = into.pop(source_customer), e.CustomerAbsorptionUndone(customer_id=source_customer)
                at = march(29)
            case 2 if tickets:
                received = t.TicketReceived(
                    customer_id=source_customer, channel="email", subject="s", category="c", priority="P3"
                )
                what = tickets.pop(), received
            case 3:
                message = t.MessageReceived(body="?")
                ticket = uuid5(NAMES, f"ticket {random.randrange(6)}")
                if reader.versions(connection, "default", [ticket]):
                    what = ticket, random.choice([message, t.CustomerCorrected(customer_id=source_customer)])
            case 4:
                items = (f.PurchasedItem(name="x", total=number),)
                what = (
                    source_customer,
                    f.PurchaseRecorded(purchase_id=f"p{number}", items=items, total=number, currency="VND"),
                )
            case 5:
                what = source_customer, f.NpsAnswered(score=random.randrange(11))
            case 6:
                day = date(2026, 3, random.randrange(1, 4))
                used = UsageRecorded(customer_id=source_customer, product="crm", metric="logins", day=day, value=number)
                what = usage_stream(source_customer, "crm"), used
            case _:
                what = source_customer, e.TierChanged(tier=random.choice(["gold", "silver", "bronze"]))
        if what is not None:
            append_events(connection, what[0], what[1], at=at)
    return customers


@pytest.mark.parametrize("seed", range(4))
def test_the_facts_at_any_instant_are_those_of_a_walk_over_the_whole_log(
    desk: Told, connection: psycopg.Connection, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 -- it draws a history
    customers = a_random_log(connection, random)
    desk.follow()
    log = reader.page(connection, "default", 0, 10_000)
    for _ in range(12):
        up_to, at = random.randrange(len(customers), len(log) + 1), march(1) + timedelta(hours=random.randrange(720))
        known = [event for event in log if event.position <= up_to]
        gathered = GatheredCustomers(source(connection, up_to), random.sample(customers, 2))
        for customer in customers:
            summary = gathered.summary(customer, at)
            if summary is not None:
                assert facts_of(summary) == plain_facts(known, customer, at)


def test_a_merged_customer_has_the_health_of_the_survivor_until_the_merge_is_undone(
    desk: Told, connection: psycopg.Connection
) -> None:
    lan, twin = desk.customer(), desk.customer()
    desk.send(lan, AnswerNps(score=10, occurred_at=march(2)))
    desk.send(twin, AnswerNps(score=0, occurred_at=march(2)))
    desk.send(twin, MergeCustomer(into=lan, reason="the same person", occurred_at=march(10)))
    desk.send(twin, UndoCustomerMerge(into=lan, reason="two after all", occurred_at=march(20)))
    desk.follow()

    def satisfaction(customer: UUID, day: int) -> tuple[UUID, float | None]:
        judged_then = customer_health(source(connection), customer, march(day))
        assert judged_then is not None
        return judged_then.customer, next(
            each.value for each in judged_then.measures if each.rule.measure == "satisfaction"
        )

    assert [satisfaction(twin, day) for day in (5, 15, 25)] == [(twin, 0), (lan, 50), (twin, 0)]
    assert [satisfaction(lan, day) for day in (5, 15, 25)] == [(lan, 100), (lan, 50), (lan, 100)]
    merged = all_pages(lambda after, most: health_page(source(connection), march(15), None, after, most), 10)
    assert [summary.customer for summary, _ in merged] == [lan]


def test_a_definition_changed_in_the_middle_of_a_month_keeps_its_answers_before(
    desk: Told, connection: psycopg.Connection
) -> None:
    customer = desk.customer()
    desk.send(customer, RecordCheckIn(channel="phone", summary="well", occurred_at=march(14)))
    desk.send(customer, AnswerNps(score=6, occurred_at=march(14)))
    low = {"least_coverage": 35}
    publish_health(desk, march(1), **low)
    desk.follow()

    def answers() -> list[tuple[float | None, int | None]]:
        both = [customer_health(source(connection), customer, at) for at in (march(15), march(17))]
        return [(each.score, each.definition_version) for each in both if each]

    before = answers()
    assert before == [(77.1, 1), (77.1, 1)]
    measures = DEFAULT_HEALTH.model_dump(mode="json")["measures"]
    measures[0]["weight"], measures[2]["weight"] = 20, 35
    publish_health(desk, march(16), **low, measures=measures)
    assert answers() == [(77.1, 1), (72.0, 2)]
    again = customer_health(
        source(connection), customer, march(15), readings.health_version(_definitions(connection), 2)
    )
    assert again is not None
    assert again.score == 72.0


def _definitions(connection: psycopg.Connection) -> Any:
    return reader.definitions(connection, "default", reader.head(connection, "default"))


def test_a_ticket_is_late_by_the_clock_also_when_nothing_announced_it(
    desk: Told, connection: psycopg.Connection
) -> None:
    customer = desk.customer()
    desk.policy({"name": "Quick", "rules": [{"resolution": "24h"}]})
    late, kept = desk.ticket(march(3), customer), desk.ticket(march(3), customer)
    desk.send(kept, ResolveTicket(resolution="done", occurred_at=march(3, 5)))
    desk.send(late, ResolveTicket(resolution="done", occurred_at=march(6)))
    desk.follow()
    gathered = GatheredCustomers(source(connection), [customer])

    def late_on(day: int) -> set[UUID]:
        summary = gathered.summary(customer, march(day, 1))
        return {ticket.ticket for ticket in summary.tickets if ticket.late} if summary else set()

    assert (late_on(3), late_on(4), late_on(9)) == (set(), {late}, {late})


def test_a_contract_is_in_force_up_to_its_last_local_day(desk: Told, connection: psycopg.Connection) -> None:
    customer = desk.customer()
    contract = uuid5(NAMES, "contract")
    signed = {"number": "C-1", "customer_id": customer, "value": 1, "currency": "VND", "occurred_at": march(1)}
    desk.send(
        contract,
        SignContract.model_validate(signed | {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 10)}),
    )
    desk.follow()
    gathered = GatheredCustomers(source(connection), [customer])
    last_moment = datetime(2026, 3, 10, 16, 59, tzinfo=UTC)  # one minute to midnight in Hanoi

    def in_force(at: datetime) -> bool:
        summary = gathered.summary(customer, at)
        return bool(summary and any(each.in_force for each in summary.contracts))

    assert [in_force(at) for at in (march(1, 1), last_moment, last_moment + timedelta(minutes=1))] == [
        True, True, False,
    ]  # fmt: skip


def test_the_customers_of_a_segment_and_a_band_come_page_by_page(
    desk: Told, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers = sorted(desk.customer("gold" if number % 3 == 0 else "silver") for number in range(8))
    desk.follow()
    monkeypatch.setattr(readings, "AT_ONCE", 3)
    monkeypatch.setattr(readings, "MOST_LOOKED_AT", 4)
    gold = SegmentDefinition.model_validate({"members": {"field": "tier", "value": "Gold"}})
    at = march(1)
    first = segment_page(source(connection), at, gold, None, 10)
    assert first.behind == customers[3]
    members = all_pages(lambda after, most: segment_page(source(connection), at, gold, after, most), 10)
    assert len(members) == 3
    assert {summary.tier for summary, _ in members} == {"gold"}
    unknown = all_pages(lambda after, most: health_page(source(connection), at, "unknown", after, most), 10)
    assert [summary.customer for summary, _ in unknown] == customers
    assert len(all_pages(lambda after, most: health_page(source(connection), at, None, after, most), 5)) == 5
    assert all_pages(lambda after, most: health_page(source(connection), at, "red", after, most), 5) == []


def test_lapsed_terms_are_counted_by_the_band_ninety_days_before_their_end(
    desk: Told, connection: psycopg.Connection
) -> None:
    """Two customers who used the product to the end, and two who had stopped: one of these renewed nevertheless."""
    used = {True: (10, 10), False: (10, 0)}
    ends_on = date(2026, 5, 31)
    judged_on = ends_on - timedelta(days=90)
    bodies = DEFAULT_HEALTH.model_dump(mode="json")
    bodies["measures"] = [bodies["measures"][0] | {"weight": 100}]
    publish_health(desk, datetime(2025, 1, 1, tzinfo=UTC), **bodies)
    for number, (well, renewed) in enumerate([(True, True), (True, True), (False, False), (False, True)]):
        customer, contract = desk.customer(), uuid5(NAMES, f"contract {number}")
        before, now = used[well]
        for days, value in ((45, before), (15, now)):
            day = judged_on - timedelta(days=days)
            at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            spent = UsageRecorded(customer_id=customer, product="crm", metric="logins", day=day, value=value)
            append_events(connection, usage_stream(customer, "crm"), spent, at=at)
        signed = ContractSigned(
            number=f"C-{number}",
            customer_id=customer,
            starts_on=date(2025, 6, 1),
            ends_on=ends_on,
            value=1,
            currency="VND",
        )
        ended: Event = (
            ContractRenewed(term=2, starts_on=date(2026, 6, 1), ends_on=date(2027, 5, 31), value=1, currency="VND")
            if renewed
            else ContractLapsed(term=1)
        )
        append_events(connection, contract, signed, at=datetime(2025, 6, 1, tzinfo=UTC))
        append_events(connection, contract, ended, at=datetime(2026, 6, 1, tzinfo=UTC))
    desk.follow()
    judged_at = datetime(2026, 7, 1, tzinfo=UTC)
    by_band = {row.band: row for row in outcomes(source(connection), date(2026, 5, 1), date(2026, 5, 31), judged_at)}
    assert (by_band["red"].terms, by_band["red"].lapsed, by_band["red"].share_lapsed) == (2, 1, 50.0)
    assert (by_band["green"].terms, by_band["green"].renewed, by_band["green"].share_lapsed) == (2, 2, 0.0)
    assert (by_band["amber"].terms, by_band["amber"].share_lapsed) == (0, None)
    assert sum(row.terms for row in outcomes(source(connection), date(2026, 6, 1), date(2026, 6, 30), judged_at)) == 0
