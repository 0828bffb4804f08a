"""The positions of the projections that open pages read, sent to all of these pages when they move."""

from collections.abc import Callable, Sequence

from api.http.broadcast import LONGEST_WAIT, Broadcast
from api.workers.position_waiter import PositionWaiter

MOST_OPEN_PAGES = 500
"""How many pages may be open, of all tenants together."""
MOST_OPEN_PAGES_OF_A_TENANT = 250
MOST_OPEN_PAGES_OF_A_KEY = 100


class Moves(Broadcast):
    """The position that all projections of a page have reached, for any number of open pages.

    A page that comes late receives the newest position alone. The heartbeat is an event, since a browser shows
    comments to no script.
    """

    heartbeat = b"event: here\ndata: {}\n\n"
    shortest_rest = 0.4

    def __init__(
        self, tenant: str, page: str, projections: Sequence[str], positions: Callable[[], PositionWaiter]
    ) -> None:
        super().__init__(f"the page {page} of {tenant}")
        self._projections = projections
        self._positions = positions

    async def _advance(self) -> bool:
        positions = self._positions()
        moved = await positions.include(self._position + 1, self._projections, LONGEST_WAIT)
        if moved:
            self._position = positions.reached_by(self._projections)
        return moved

    async def _news(self, position: int) -> tuple[bytes, int] | None:
        if position >= self._position:
            return None
        now = self._position
        return b'id: %d\nevent: moved\ndata: {"position":%d}\n\n' % (now, now), now
