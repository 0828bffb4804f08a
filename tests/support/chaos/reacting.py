"""A reactor in a process that is killed."""

import asyncio
import threading

from api.workers.reactor import run_reactor
from domain.event_types import register_event_types


def run(dsn: str) -> None:
    register_event_types()
    asyncio.run(run_reactor(dsn, "default", threading.Event()))
