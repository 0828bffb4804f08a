"""The desks of several tenants in one process, each opened when it is first asked for."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from api.settings import Settings
from api.workers.position_waiter import PositionWaiter
from domain.command_handling.service_desk import ServiceDesk
from domain.event_log.store import LogConnection

MOST_TENANTS = 64


@dataclass(frozen=True, slots=True)
class Tenant:
    """One tenant's way in, and the news of how far its log and projections have come."""

    name: str
    desk: ServiceDesk
    positions: PositionWaiter

    async def close(self) -> None:
        """Serves whoever waits, then lets go of the connections. A tenant that is used again opens them again."""
        await self.desk.close()
        await self.positions.close()


class Tenants:
    """The MOST_TENANTS used last stay open, and those whose log or projections somebody waits for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: OrderedDict[str, Tenant] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    def __getitem__(self, name: str) -> Tenant:
        tenant = self._open.get(name)
        if tenant is None:
            self._make_room()
            desk = ServiceDesk(LogConnection(self._settings.dsn, name), self._settings.clock)
            tenant = self._open[name] = Tenant(name, desk, PositionWaiter(self._settings.reading, name))
        self._open.move_to_end(name)
        return tenant

    def _make_room(self) -> None:
        """For one more, as far as nobody waits."""
        idle = [name for name, tenant in self._open.items() if not tenant.positions.waiting]
        for name in idle[: max(0, len(self._open) + 1 - MOST_TENANTS)]:
            task = asyncio.create_task(self._open.pop(name).close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Closes every desk."""
        await asyncio.gather(*(tenant.close() for tenant in self._open.values()), *self._closing)
