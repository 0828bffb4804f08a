"""Keeps the cyclic garbage collector from batches, which make no cycles, and from long looks while a process serves."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 300_000
"""More than the objects of two chunks of an import: one is appended while the next one is translated."""

MANY = 10_000
"""Objects of a block that are worth no look of the collector at its end; small blocks leave its turns as they are."""

SELDOM = (10_000, 20, 100)
"""Thresholds: what a command or a batch leaves is collected young."""


def full_collections_rare() -> None:
    """For a process that has started: its modules are frozen, and full collections become rare.

    With full collections at every growth of the caches by a quarter, one command in a hundred took 60 ms, ten times the
    median, and the follower stood still for as long.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


@contextmanager
def gc_paused() -> Iterator[None]:
    """Turns the cyclic collector of the process off for the block; a batch is then decoded in less than half the time.

    Objects without cycles are freed as always. After a block that made more than MANY objects, those that are alive
    count as old: the collector would look at each for nothing. In a process whose start is frozen it looks at them
    once, since the start would come back with them. Where blocks of several threads overlap, the one that turned the
    collector off turns it on again, even while the others go on.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > MANY and not _start_is_frozen():
            gc.freeze()
            gc.unfreeze()  # frozen objects come back as the oldest generation
        if was_on:
            gc.enable()


def _start_is_frozen() -> bool:
    """Whether full collections are rare here. To count the frozen objects takes 9 ms, a twentieth of a batch."""
    return gc.get_threshold()[1:] == SELDOM[1:]


@contextmanager
def gc_seldom() -> Iterator[None]:
    """Lets the cyclic collector of the process run only after OBJECTS more objects are alive, for a block that is long.

    Rejected rows leave cycles behind, so that an import cannot go without the collector.
    """
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
