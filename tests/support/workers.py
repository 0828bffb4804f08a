"""The workers of a desk, in a thread of the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from api.workers.tenant_workers import follow


@contextmanager
def following(url: str) -> Iterator[None]:
    """The follower and the watches of the default tenant, until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=[url, ["default"], stop])
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
