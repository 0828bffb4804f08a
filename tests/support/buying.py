"""Purchases of customers at a desk with reminders, and offers that they declined."""

from datetime import datetime, timedelta
from uuid import UUID

from domain.command_context import Actor
from domain.customer.facts.commands import DeclineOffer, Item, MakeOffer, RecordPurchase
from tests.support.events import AGENT
from tests.support.reminding import BEGINNING, Reminded

FILTER = Item(name="Filter", total=5)
DAY = timedelta(days=1)


async def buy_at_intervals(desk: Reminded) -> None:
    """Five customers buy a filter twice, 30 days apart."""
    for number in range(5):
        customer = await desk.customer()
        await buy(desk, customer, "A", BEGINNING - (60 + number) * DAY)
        await buy(desk, customer, "B", BEGINNING - (30 + number) * DAY)


async def buy(
    desk: Reminded, customer: UUID, purchase: str, at: datetime, by: Actor = AGENT, item: Item = FILTER
) -> None:
    command = RecordPurchase(purchase_id=purchase, items=(item,), total=5, currency="VND", occurred_at=at)
    await desk.ask(customer, command, by)


async def decline(desk: Reminded, customer: UUID, at: datetime) -> None:
    await desk.ask(customer, MakeOffer(offer_id="O", product="Coffee", occurred_at=at - timedelta(minutes=1)))
    await desk.ask(customer, DeclineOffer(offer_id="O", occurred_at=at))
