"""Processes that compute parts of a task, and what each does at its start."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from typing import Any

from domain.errors import LedgerError
from domain.event_types import register_event_types
from domain.personal_data.data_keys import KeyStore, use


class ProcessEnded(LedgerError):  # noqa: N818 -- names what happened
    """A process ended before its part was computed: its memory was needed, or it reached no database."""

    kind = "unavailable"


@contextmanager
def child_processes(count: int, begin: Callable[..., None], *given: Any) -> Iterator[ProcessPoolExecutor]:
    """Processes that each begin with a function. At the end what waits is not computed. Raises ProcessEnded."""
    with ProcessPoolExecutor(count, get_context("spawn"), begin, given) as pool:
        try:
            yield pool
        except BrokenExecutor as error:
            raise ProcessEnded(
                "A process of this command ended too early, as when memory or connections of the database run out."
                " What was recorded before is kept: start the command again."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def deaf_children() -> Iterator[None]:
    """A process that starts in the block never hears Ctrl-C, also while it loads; its parent hears it and ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin_child(key_stores: Sequence[KeyStore]) -> None:
    """Prepares a child process for reading the log with the key stores of its parent; it ends with its parent."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    register_event_types()
    use(key_stores)


def _end_with_parent() -> None:
    """A pool's own processes wait for ever when their parent is killed."""
    if (parent := parent_process()) is not None:
        parent.join()
    os._exit(1)
