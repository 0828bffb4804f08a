"""Batches are halved while that serves more commands, and both ways are tried again and again."""

from collections import Counter

from domain import halving
from domain.halving import Halving


class Desk:
    """A desk whose batches take what they take, by a clock of its own; counts the batches served either way."""

    def __init__(self, whole: float, half: float) -> None:
        self.seconds = {False: whole, True: half}
        self.now = 0.0
        self.halving = Halving(lambda: self.now)

    def serve(self, turns: int) -> Counter[bool]:
        served: Counter[bool] = Counter()
        for _ in range(turns * (halving.LEAD_IN + halving.COUNTED)):
            on = self.halving.on
            self.now += self.seconds[on]
            served[on] += 1
            self.halving.served(4 if on else 8)
        return served


def share(served: Counter[bool]) -> float:
    """How much of it was halved."""
    return served[True] / served.total()


def test_halves_that_overlap_are_kept_to_but_for_a_trial_now_and_then() -> None:
    desk = Desk(whole=0.000_9, half=0.000_3)
    assert desk.halving.on
    desk.serve(4)
    assert share(desk.serve(halving.TRIED_EVERY)) == 1 - 1 / halving.TRIED_EVERY


def test_where_the_disk_takes_the_time_wholes_are_kept_to() -> None:
    desk = Desk(whole=0.005, half=0.004_8)
    desk.serve(4)
    assert share(desk.serve(halving.TRIED_EVERY)) == 1 / halving.TRIED_EVERY


def test_a_change_is_noticed_either_way() -> None:
    desk = Desk(whole=0.000_9, half=0.000_3)
    desk.serve(halving.TRIED_EVERY)
    desk.seconds = {False: 0.001, True: 0.001}  # another program needs the processors
    desk.serve(4 * halving.TRIED_EVERY)
    assert share(desk.serve(halving.TRIED_EVERY)) < 0.5
    desk.seconds = {False: 0.001, True: 0.000_3}
    desk.serve(4 * halving.TRIED_EVERY)
    assert share(desk.serve(halving.TRIED_EVERY)) > 0.5


def test_a_pause_in_which_nobody_asks_says_nothing_of_speed() -> None:
    desk = Desk(whole=0.000_9, half=0.000_3)
    for _ in range(100):
        desk.serve(1)
        before = desk.halving._speeds.copy()
        desk.now += 60
        desk.halving.served(1)
        assert desk.halving._speeds == before
    assert desk.halving.on
