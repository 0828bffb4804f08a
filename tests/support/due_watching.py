"""A desk with contracts, and due watches that look when they are told to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from api.workers.due_watch import DueWatch
from api.workers.watching import WatchSettings
from domain.command_context import Actor
from domain.command_handling.service_desk import ServiceDesk
from domain.contract.commands import RenewContract, SignContract
from domain.customer.commands import RegisterCustomer
from domain.envelope import RecordedEvent
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.zones import zone_named
from projections.contracts.table import CONTRACTS
from projections.engine.follower import Follower
from tests.support.events import AGENT, CUSTOMER
from tests.support.sla_watching import AT_ONCE, Watched

HANOI = zone_named("Asia/Ho_Chi_Minh")
SIGNED = datetime(2026, 1, 5, 9, tzinfo=HANOI)
LAPSES = datetime(2026, 3, 3, tzinfo=HANOI)
"""When a term that ends on 31 January lapses."""
MICROSECOND = timedelta(microseconds=1)


class Contracts(Watched):
    """The default tenant's desk with a customer; its clock shows SIGNED at first."""

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

    def follow(self) -> None:
        """Brings the rows of contracts up to the log."""
        follower = Follower(self.url, "default", [CONTRACTS])
        follower.catch_up()
        follower.close()

    async def look(self, settings: WatchSettings = AT_ONCE) -> None:
        """Follows, then lets a new watch look once."""
        self.follow()
        async with due_watch(self, settings) as watch:
            await watch.announce()

    def lapses(self) -> list[RecordedEvent]:
        return [event for event in self.log() if event.topic == "contract.lapsed"]


@asynccontextmanager
async def contracts_at(url: str) -> AsyncIterator[Contracts]:
    made = Contracts(url)
    try:
        await made.begin()
        yield made
    finally:
        await made.desk.close()


@asynccontextmanager
async def due_watch(contracts: Contracts, settings: WatchSettings = AT_ONCE, **given: Any) -> AsyncIterator[DueWatch]:
    """One more watch, with connections and a memory of its own."""
    desk = ServiceDesk(LogConnection(contracts.url, "default"), contracts.clock)
    with psycopg.connect(contracts.url, autocommit=True) as connection:
        try:
            yield DueWatch(connection, "default", desk, contracts.clock, settings, **given)
        finally:
            await desk.close()
