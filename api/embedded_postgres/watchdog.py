"""The watchdog: each user of an embedded server starts it again when it was killed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from api.embedded_postgres.locks import is_held
from api.embedded_postgres.programs import NoDatabaseError
from domain.backoff import Backoff, Pauses

PAUSES = Pauses(0.2, 2.0)  # between two looks at the server, and between two starts of one that does not stay


@contextmanager
def kept_running(folder: Path, start: Callable[[], object]) -> Iterator[None]:
    """In the block, calls `start`, which joins or starts the server, whenever the server has lost its supervisor.

    It is tried as long as the block lasts, as a full disk may have room again; server.log says so each time.
    """
    left = threading.Event()
    watch = threading.Thread(target=_watch, args=[folder, start, left], name=f"watch over {folder}", daemon=True)
    watch.start()
    try:
        yield
    finally:
        left.set()
        watch.join()


def _watch(folder: Path, start: Callable[[], object], left: threading.Event) -> None:
    backoff = Backoff(PAUSES)
    while not left.wait(backoff.pause):
        try:
            if is_held(folder / "supervisor.lock"):
                backoff.succeeded()
                continue
            backoff.failed()
            _note(folder, "the server has gone, and is still used: starting it again")
            start()
        except (NoDatabaseError, OSError) as error:
            reason = str(error).partition("\n")[0]  # the rest quotes this log
            _note(folder, f"the server could not be started again, trying again: {reason}")


def _note(folder: Path, words: str) -> None:
    with suppress(OSError), (folder / "server.log").open("a", encoding="utf-8") as log:  # the disk may be full
        log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC ticketledger: {words}\n")
