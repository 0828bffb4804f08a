"""What a process that computes a part of a task does at its start."""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import parent_process

from domain.event_types import register_event_types
from domain.personal_data.data_keys import KeyStore, use


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
