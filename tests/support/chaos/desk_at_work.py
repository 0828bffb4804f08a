"""A process with a desk and a follower on an embedded server. It receives a ticket for each line of its input.

It says the ticket's position when every projection holds it, 0 if they do not within PATIENCE.
"""

import asyncio
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from api.database import database
from api.migrations import migrate
from api.workers.position_waiter import PositionWaiter
from domain.command_handling.service_desk import ServiceDesk
from domain.event_log.store import LogConnection
from domain.event_types import register_event_types
from domain.ids import new_id
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS
from tests.support.desks import RECEIVE, by
from tests.support.log import TENANT
from tests.support.registered import register

PATIENCE = 20  # seconds
NAMES = [projection.name for projection in PROJECTIONS]


async def serve(url: str) -> None:
    desk, positions = ServiceDesk(LogConnection(url, TENANT), lambda: datetime.now(UTC)), PositionWaiter(url, TENANT)
    while await asyncio.to_thread(sys.stdin.readline):
        position = (await desk.handle(new_id(), RECEIVE, by())).answer.position
        held = await positions.include(position, NAMES, PATIENCE)
        print(position if held else 0, flush=True)  # noqa: T201 -- what the test reads
    await positions.close()
    await desk.close()


if __name__ == "__main__":
    register_event_types()
    with database(Path(sys.argv[1])) as conninfo:
        migrate(conninfo, TENANT)
        register(conninfo, RECEIVE.customer_id, tenant=TENANT)
        stop = threading.Event()
        following = threading.Thread(target=Follower(conninfo, TENANT, PROJECTIONS).run, args=[stop])
        following.start()
        try:
            asyncio.run(serve(conninfo))
        finally:
            stop.set()
            following.join()
