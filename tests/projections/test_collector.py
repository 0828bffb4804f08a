"""The cyclic collector rests while work goes on, and is as it was afterwards."""

import gc

from projections.engine.gc_pause import gc_paused


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
