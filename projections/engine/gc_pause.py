"""Keeps the cyclic garbage collector from a batch: decoding makes many objects and no cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 100_000
"""More than the objects of one transaction of an import."""


@contextmanager
def gc_paused() -> Iterator[None]:
    """Turns the cyclic collector of the process off for the block; a batch is then decoded in less than half the time.

    Objects without cycles are freed as always. Where blocks of several threads overlap, the one that turned the
    collector off turns it on again, even while the others go on.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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
