"""The open tenants of one process."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from api.settings import Settings
from api.workers.position_waiter import PositionWaiter
from domain.command_handling.service_desk import ServiceDesk
from domain.event_log.store import LogConnection


@dataclass(frozen=True, slots=True)
class Tenant:
    """One tenant's service desk and position waiter."""

    name: str
    desk: ServiceDesk
    positions: PositionWaiter

    async def close(self) -> None:
        """Serves the waiting commands, then closes the connections. The next use of the tenant opens them again."""
        await self.desk.close()
        await self.positions.close()


class Tenants:
    """An LRU cache of open tenants. A tenant on whose positions a caller waits stays open."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: OrderedDict[str, Tenant] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    def __getitem__(self, name: str) -> Tenant:
        tenant = self._open.get(name)
        if tenant is None:
            self._make_room()
            settings = self._settings
            desk = ServiceDesk(LogConnection(settings.dsn, name, settings.store), settings.clock)
            tenant = self._open[name] = Tenant(name, desk, PositionWaiter(settings.reading, name, settings.positions))
        self._open.move_to_end(name)
        return tenant

    def _make_room(self) -> None:
        """Closes the tenants used longest ago that are too many with the next one."""
        idle = [name for name, tenant in self._open.items() if not tenant.positions.waiting]
        for name in idle[: max(0, len(self._open) + 1 - self._settings.most_tenants)]:
            task = asyncio.create_task(self._open.pop(name).close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def give_up_waiting(self) -> None:
        """Ends the wait of all callers for a position."""
        for tenant in self._open.values():
            tenant.positions.give_up()

    async def close(self) -> None:
        """Closes every desk."""
        await asyncio.gather(*(tenant.close() for tenant in self._open.values()), *self._closing)
