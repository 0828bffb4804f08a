"""The cyclic collector rests while work goes on, and is as it was afterwards."""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest

from projections.engine.gc_pause import MANY, OBJECTS, SELDOM, full_collections_rare, gc_paused, gc_seldom

USUAL = (700, 10, 10)
"""The thresholds of Python 3.11."""


@pytest.fixture(autouse=True)
def usual_collector() -> Iterator[None]:
    """The collector of a process that has just begun; that of a test run is frozen."""
    before = gc.get_threshold()
    gc.unfreeze()
    gc.set_threshold(*USUAL)
    yield
    gc.set_threshold(*before)
    gc.freeze()


def test_the_collector_rests_and_is_as_it_was_afterwards() -> None:
    with gc_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_of_work_that_overlaps_the_one_that_turned_it_off_turns_it_on() -> None:
    first, second = gc_paused(), gc_paused()
    first.__enter__()
    second.__enter__()
    second.__exit__(None, None, None)
    assert not gc.isenabled(), "the first goes on"
    first.__exit__(None, None, None)
    assert gc.isenabled()


def test_the_objects_of_a_large_block_are_not_looked_at_when_it_ends() -> None:
    with gc_paused():
        alive = [[number] for number in range(2 * MANY)]
    assert gc.get_count()[0] < MANY
    assert not any(tracked is alive[0] for tracked in gc.get_objects(generation=0))
    assert any(tracked is alive[0] for tracked in gc.get_objects(generation=2)), (
        "the collector finds their cycles later"
    )


def test_in_a_long_block_the_collector_runs_seldom_and_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with gc_seldom():
        assert gc.isenabled()
        assert gc.get_threshold() == (OBJECTS, *before[1:])
    assert gc.get_threshold() == before


@pytest.fixture
def started() -> Iterator[list[str]]:
    """An object from the start of a process whose full collections are rare."""
    before, alive = gc.get_threshold(), ["made at the start"]
    full_collections_rare()
    try:
        yield alive
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_a_process_that_serves_no_longer_looks_at_the_objects_of_its_start(started: list[str]) -> None:
    assert gc.get_threshold() == SELDOM
    assert not any(tracked_object is started for tracked_object in gc.get_objects())


@pytest.mark.parametrize("around", [nullcontext, gc_seldom])
def test_a_large_block_leaves_the_objects_of_the_start_frozen_and_none_of_its_own(
    started: list[str], around: Callable[[], AbstractContextManager[None]]
) -> None:
    with around(), gc_paused():
        alive = [[number] for number in range(2 * MANY)]
    tracked = gc.get_objects()
    assert not any(tracked_object is started for tracked_object in tracked)
    assert any(tracked_object is alive[0] for tracked_object in tracked)
