"""The workers of tenants in a thread of the test, for commands that are tested for something else than its process."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from api.workers.tenant_workers import follow


class WorkerThread:
    """What WorkerProcess is to a command, without the two seconds that a process needs to start."""

    def __init__(self, dsn: str, only: Sequence[str] = (), *, sealing_key: Path | None = None) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=follow, args=[dsn, only, self._stop], kwargs={"sealing_key": sealing_key}, name="workers"
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
