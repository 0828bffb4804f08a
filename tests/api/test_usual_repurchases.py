"""The next purchase of a product is due by the interval that is usual over all customers."""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files
from uuid import UUID

import psycopg
import pytest

from api.automation.what_if import Bounds, what_if
from api.workers.sending.logged_notification import logged
from api.workers.sending.no_longer_due import no_longer_due
from domain.automation.definition import AutomationRule
from domain.automation.firing import NamedRule
from domain.customer.commands import MergeCustomer, UndoCustomerMerge
from domain.customer.facts.commands import Item
from domain.event_log import reader
from domain.notification.commands import RequestNotification
from domain.notification.state import notification_stream
from projections.timers.table import Timer
from projections.timers.upcoming import DueQuery, overdue, upcoming_timers
from tests.support.buying import DAY, buy, buy_at_intervals, decline
from tests.support.events import IMPORT
from tests.support.reminding import BEGINNING, NOTE, Reminded, reminded, reminding

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Reminded]:
    """A filter is usually bought again after 30 days, and a rule says nothing of products."""
    async with reminded(database_url) as made:
        await made.rule("repurchase", {"due": "repurchase"}, stale_after="7d")
        await buy_at_intervals(made)
        yield made


async def test_a_customer_who_bought_once_is_told_after_the_median_of_all_and_once(desk: Reminded) -> None:
    customer = await desk.customer()
    await buy(desk, customer, "P", BEGINNING - 20 * DAY)
    desk.now("2030-01-16")
    await desk.look()
    assert desk.recorded(customer) == []
    desk.now("2030-01-17")
    desk.follow()

    async def watched() -> None:
        async with reminding(desk) as watch:
            while not await watch.step():
                pass

    await asyncio.gather(watched(), watched())
    desk.pass_by(hours=1)
    await desk.look()
    assert desk.recorded(customer) == ["fired purchase/P/Filter"]
    assert all("/A/" not in recorded for recorded in desk.recorded())


async def test_another_spelling_of_a_product_is_the_same_product(desk: Reminded) -> None:
    customer = await desk.customer()
    await buy(desk, customer, "P", BEGINNING - 20 * DAY, item=Item(name="\uff26ilter", total=5))
    desk.now("2030-01-17")
    await desk.look()
    assert desk.recorded(customer) == ["fired purchase/P/Filter"]


async def test_a_customer_who_bought_meanwhile_is_not_told(desk: Reminded) -> None:
    customer = await desk.customer()
    await buy(desk, customer, "P", BEGINNING - 20 * DAY)
    desk.now("2030-01-17")
    desk.follow()
    await buy(desk, customer, "Q", desk.clock.now - DAY)  # the rows do not know it yet
    async with reminding(desk) as watch:
        while not await watch.step():
            pass
    assert desk.recorded(customer) == []


async def test_a_purchase_that_is_imported_after_its_next_one_was_due_leads_to_nothing(desk: Reminded) -> None:
    desk.now("2030-03-01")
    with psycopg.connect(desk.url) as connection:
        connection.execute("update tenant_default.log_head set recorded_at = '2030-03-01'")
    customer = await desk.customer()
    await buy(desk, customer, "P", BEGINNING, IMPORT)
    await desk.look(2)
    assert desk.recorded(customer) == []


@pytest.mark.parametrize("survives", [True, False])
@pytest.mark.parametrize("bought_by", ["survivor", "merged"])
async def test_one_person_is_told_once_by_the_last_purchase_of_both_customers(
    desk: Reminded, bought_by: str, survives: bool
) -> None:
    """The last purchase stands on either stream, and the merge is undone or not."""
    merged, survivor = await desk.customer(), await desk.customer()
    last, first = (survivor, merged) if bought_by == "survivor" else (merged, survivor)
    await buy(desk, first, "P", BEGINNING - 25 * DAY)
    await buy(desk, last, "Q", BEGINNING - 20 * DAY)
    await desk.ask(merged, MergeCustomer(into=survivor, reason="one person"))
    if not survives:
        await desk.ask(merged, UndoCustomerMerge(into=survivor, reason="two persons"))
    desk.now("2030-01-12")
    await desk.look()
    (recorded,) = desk.recorded(first)
    assert recorded == ("passed_over purchase/P/Filter condition" if survives else "fired purchase/P/Filter")
    desk.now("2030-01-17")
    await desk.look()
    assert desk.recorded(last) == ["fired purchase/Q/Filter"]


async def test_a_what_if_counts_one_person_once(desk: Reminded) -> None:
    merged, survivor = await desk.customer(), await desk.customer()
    await buy(desk, merged, "P", BEGINNING - 22 * DAY)
    await buy(desk, survivor, "Q", BEGINNING - 20 * DAY)
    await desk.ask(merged, MergeCustomer(into=survivor, reason="one person"))
    desk.follow()
    body = AutomationRule.model_validate({"at": {"due": "repurchase"}, "then": NOTE})
    rule = NamedRule("tried", 0, 0, BEGINNING - 90 * DAY, body)
    with psycopg.connect(desk.url, autocommit=True) as connection:
        tried = what_if(connection, "default", rule, BEGINNING + 5 * DAY, BEGINNING + 12 * DAY, Bounds())
    assert [(each.subject, each.trigger) for each in tried.fired_on] == [(survivor, "purchase/Q/Filter")]


async def test_the_own_interval_of_a_merged_customer_ends_with_a_purchase_of_the_survivor(desk: Reminded) -> None:
    merged, survivor = await desk.customer(), await desk.customer()
    for number in range(3):
        await buy(desk, merged, f"P-{number}", BEGINNING - (30 - 10 * number) * DAY)
    await desk.ask(merged, MergeCustomer(into=survivor, reason="one person"))
    desk.follow()
    request = await requested(desk, merged, "purchase/P-2/Filter")
    assert not gone(desk, request)
    await buy(desk, survivor, "Q", BEGINNING - DAY)
    assert gone(desk, request)
    desk.now("2030-01-08")
    await desk.look()
    assert desk.recorded(merged) == ["passed_over purchase/P-2/Filter condition"]


async def test_what_is_due_next_lists_the_usual_intervals_among_the_other_timers(desk: Reminded) -> None:
    await desk.rule("named", {"due": "repurchase", "products": {"Tea": 21}, "time": "08:00"})
    customers = [await desk.customer() for _ in range(3)]
    for number, customer in enumerate(customers):
        await buy(desk, customer, f"F-{number}", BEGINNING - (20 - number) * DAY)
    await buy(desk, customers[0], "T", BEGINNING - 11 * DAY, item=Item(name="Tea", total=5))
    await decline(desk, customers[2], BEGINNING - DAY)
    desk.follow()
    expected = ["07 09:00 repurchase B", "17 08:00 named 0", "17 08:00 named T", "17 09:00 repurchase 0"]
    expected += ["18 08:00 named 1", "18 09:00 repurchase 1"]
    with psycopg.connect(desk.url) as connection:
        query = DueQuery(connection, "default", "tenant_default", desk.clock.now)
        for limit in (1, 2, 50):
            listed: list[str] = []
            following = None
            while True:
                page = upcoming_timers(query, desk.clock.now, after=following, limit=limit)
                listed += [in_words(timer) for timer in page.timers]
                following = page.following
                if following is None:
                    break
            assert sorted(listed) == sorted(expected)
            assert [each[:8] for each in listed] == sorted(each[:8] for each in expected)


async def test_what_is_overdue_counts_what_a_usual_interval_tells_until_it_is_recorded(desk: Reminded) -> None:
    for number in range(3):
        await buy(desk, await desk.customer(), f"F-{number}", BEGINNING - (29 - number) * DAY)
    declined = await desk.customer()
    await buy(desk, declined, "D", BEGINNING - 29 * DAY)
    await decline(desk, declined, BEGINNING - DAY)
    desk.pass_by(days=2, hours=9)
    desk.follow()

    def counted() -> int:
        with psycopg.connect(desk.url) as connection:
            return overdue(DueQuery(connection, "default", "tenant_default", desk.clock.now), desk.clock.now)

    before = counted()
    await desk.look()
    desk.follow()
    assert (before - counted(), counted()) == (len(desk.automation()), 0)
    assert len(desk.automation()) >= 2


def in_words(timer: Timer) -> str:
    _, purchase, _ = timer.identity.split("/")
    at = timer.due_at.astimezone(BEGINNING.tzinfo)
    return f"{at:%d %H:%M} {timer.source.removeprefix('rule:')} {purchase.removeprefix('F-')}"


async def test_a_request_stands_by_the_usual_interval_until_the_customer_buys(desk: Reminded) -> None:
    customer = await desk.customer()
    await buy(desk, customer, "P", BEGINNING - 20 * DAY)
    desk.follow()
    request = await requested(desk, customer)
    assert not gone(desk, request)
    with psycopg.connect(desk.url) as connection:
        connection.execute("truncate tenant_default.product_purchases")  # a rebuild begins
    assert not gone(desk, request)
    await buy(desk, customer, "Q", BEGINNING - DAY)
    assert gone(desk, request)


async def test_a_request_stands_where_the_customer_declined_an_offer_long_before_it(desk: Reminded) -> None:
    customer = await desk.customer()
    await decline(desk, customer, BEGINNING - 190 * DAY)
    await buy(desk, customer, "P", BEGINNING - 20 * DAY)
    desk.now("2030-01-17")
    await desk.look()
    assert desk.recorded(customer) == ["fired purchase/P/Filter"]
    assert not gone(desk, await requested(desk, customer))


async def test_a_request_that_waits_ends_when_the_customer_declines_an_offer(desk: Reminded) -> None:
    customer = await desk.customer()
    await buy(desk, customer, "P", BEGINNING - 30 * DAY)
    request = await requested(desk, customer)
    desk.now("2030-01-09")
    assert not gone(desk, request)
    await decline(desk, customer, desk.clock.now - timedelta(minutes=1))
    assert gone(desk, request)


async def requested(desk: Reminded, customer: UUID, due: str = "purchase/P/Filter") -> UUID:
    """A request that the rule led to: its stream."""
    shipped = files("domain.template") / "shipped" / "repurchase.toml"
    await desk.define("template", tomllib.loads(shipped.read_text(encoding="utf-8"))["body"], "repurchase")
    request = RequestNotification(
        to_kind="customer",
        to=str(customer),
        channel="email",
        purpose="marketing",
        template="repurchase",
        template_version=1,
        language="vi",
        data={"customer_name": "Lan", "product": "Filter", "tenant": "An Phát"},
        about=customer,
        about_kind="customer",
        rule="repurchase",
        due=due,
        dedupe_key="k",
    )
    stream = notification_stream("k")
    await desk.ask(stream, request)
    return stream


def gone(desk: Reminded, request: UUID) -> bool:
    """Whether the sender takes it for no longer due."""
    with psycopg.connect(desk.url) as connection:
        up_to = reader.head(connection, "default")
        history = reader.streams(connection, "default", [request], up_to)[request]
        definitions = reader.definitions(connection, "default", up_to)
        return bool(no_longer_due(connection, "default", [logged(history)], definitions, up_to, desk.clock.now))
