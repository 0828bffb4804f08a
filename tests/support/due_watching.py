"""A desk with contracts, and due watches that look when they are told to."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from api.workers.due import Due
from api.workers.due_watch import DueWatch
from api.workers.watching import WatchSettings
from domain.command_context import Actor
from domain.contract.commands import RenewContract, SignContract
from domain.customer.commands import RegisterCustomer
from domain.envelope import RecordedEvent
from domain.ids import new_id
from domain.zones import zone_named
from projections.contracts.table import CONTRACTS
from tests.support.events import AGENT, CUSTOMER
from tests.support.sla_watching import AT_ONCE, Watched, watching

HANOI = zone_named("Asia/Ho_Chi_Minh")
SIGNED = datetime(2026, 1, 5, 9, tzinfo=HANOI)
LAPSES = datetime(2026, 3, 3, tzinfo=HANOI)
"""When a term that ends on 31 January lapses."""
MICROSECOND = timedelta(microseconds=1)


class Contracts(Watched):
    """The default tenant's desk with a customer; its clock shows SIGNED at first."""

    projections = (CONTRACTS,)

    async def begin(self) -> None:
        self.clock.now = SIGNED
        await self.ask(CUSTOMER, RegisterCustomer(name="Lan"))

    async def sign(self, ends_on: date = date(2026, 1, 31), by: Actor = AGENT, **fields: Any) -> UUID:
        contract = new_id()
        facts: dict[str, Any] = {
            "number": "1",
            "customer_id": CUSTOMER,
            "starts_on": date(2025, 1, 1),
            "value": 9,
            "currency": "VND",
        }
        await self.ask(contract, SignContract(ends_on=ends_on, **facts | fields), by)
        return contract

    async def renew(self, contract: UUID) -> None:
        await self.ask(contract, RenewContract(months=1))

    async def look(self, settings: WatchSettings = AT_ONCE) -> None:
        """Follows, then lets a new watch look once."""
        self.follow()
        async with due_watch(self, settings) as watch:
            await watch.step()

    def lapses(self) -> list[RecordedEvent]:
        return [event for event in self.log() if event.topic == "contract.lapsed"]


@asynccontextmanager
async def contracts_at(url: str) -> AsyncIterator[Contracts]:
    made = Contracts(url)
    try:
        await made.begin()
        yield made
    finally:
        await made.close()


def due_watch(
    contracts: Contracts, settings: WatchSettings = AT_ONCE, dues: Sequence[Due] | None = None
) -> AbstractAsyncContextManager[DueWatch]:
    """One more watch, which looks for everything that becomes due unless it is told what."""
    return watching(contracts, settings, dues)
