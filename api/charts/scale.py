"""The axis of values of a chart: nothing, the half and the whole in round numbers, and their words."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from math import ceil, floor, log10
from typing import Literal, NamedTuple

from domain.readable import Number

Steps = Literal["counts", "numbers", "seconds"]
"""What a step of the axis is: a whole number, a number of two places, or a length of time."""
_ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
_DAY = 86_400
_LENGTHS = (
    *(1, 2, 5, 10, 15, 20, 30),
    *(60 * minutes for minutes in (1, 2, 3, 5, 10, 15, 20, 30, 45)),
    *(3_600 * hours for hours in (1, 2, 3, 4, 6, 8, 12, 18)),
)
"""Seconds, minutes and hours that people count in."""
_NEARLY = 1 - 1e-9
"""A value that is larger by less than this exceeds nothing that anybody sees."""


class Tick(NamedTuple):
    """A value of the axis, and what stands beside it."""

    value: float
    text: str


def ticks_of(
    values: Sequence[Number | None], words: Callable[[Number], str], steps: Steps, whole: float | None = None
) -> list[Tick]:
    """Nothing, the half and the whole of a round number that no value exceeds, and as many steps below nothing.

    ``whole`` is that number where it is known, such as 1 for shares. Without values, or where all are nothing, there
    is no axis.
    """
    known = [value for value in values if value is not None]
    most = max([0, whole or 0, *known])
    least = min([0, *known])
    if most == least:
        return []
    step = whole / 2 if whole is not None else _round_up(max(most, -least) / 2, steps)
    first, last = floor(least / step * _NEARLY), ceil(most / step * _NEARLY)
    return [Tick(value, words(value)) for value in (_exact(number * step) for number in range(first, last + 1))]


def _round_up(value: float, steps: Steps) -> float:
    """The least round number that is no less."""
    return next(each for each in _round_numbers(value, steps) if each >= value * _NEARLY)


def _round_numbers(near: float, steps: Steps) -> Iterator[float]:
    unit: float = 1
    if steps == "seconds":
        if near <= _LENGTHS[-1]:
            yield from _LENGTHS
        unit = _DAY
    places = 2 if steps == "numbers" else 0
    for power in count(max(-places, floor(log10(near / unit)))):
        for digits in _ROUND:
            number = digits * 10**power
            if round(number, places) == _exact(number):
                yield number * unit


def _exact(value: float) -> Number:
    """The value without the error of a binary fraction."""
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() else rounded
