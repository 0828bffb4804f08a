"""Memory that is free goes back to the system."""

import threading
import weakref

import pytest

from api import free_memory
from api.free_memory import AGAIN, GROWN_BY, Trimmer, begin_giving_back, give_back


def test_memory_is_given_back_once_after_a_process_has_grown() -> None:
    sizes, trims = [100.0], []
    trimmer = Trimmer(lambda: sizes[-1], lambda: trims.append(sizes[-1]))
    sizes.append(100.0 + GROWN_BY)
    trimmer.look()
    assert trims == [], "it is little"
    sizes.append(101.0 + GROWN_BY)
    trimmer.look()
    trimmer.look()
    assert trims == [101.0 + GROWN_BY], "what it keeps then is in use"
    sizes.append(50.0)
    trimmer.look()
    sizes.append(51.0 + GROWN_BY)
    trimmer.look()
    assert len(trims) == 2


def test_what_was_in_use_the_first_time_is_given_back_soon_after() -> None:
    sizes, trims = [100.0], []
    trimmer = Trimmer(lambda: sizes[-1], lambda: trims.append(sizes[-1]))
    sizes.append(900.0)
    for _ in range(1 + AGAIN):
        trimmer.look()
    assert trims == [900.0, 900.0]
    for _ in range(2 * AGAIN):
        trimmer.look()
    assert len(trims) == 2, "it is in use"


def test_what_was_left_in_cycles_is_freed_before_memory_is_given_back() -> None:
    class Left:
        """Something that holds itself."""

        def __init__(self) -> None:
            self.itself = self

    left = weakref.ref(Left())
    alive: list[object] = []
    give_back(lambda _: alive.append(left()))
    assert alive == [None]


def test_a_worker_gives_memory_back_until_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, looks = threading.Event(), list[int]()

    class Counting:
        def look(self) -> None:
            looks.append(1)
            if len(looks) == 3:
                stop.set()

    monkeypatch.setattr(free_memory, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(free_memory, "_trimmer", Counting)
    monkeypatch.setattr(free_memory, "bound_arenas", lambda: None)  # of this process
    begin_giving_back(stop).join()
    assert len(looks) == 3
