"""Columns side by side in time: where each stands, how high a value is, and the labels below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import cos, radians, sin

from api.charts.scale import Tick
from api.charts.svg import LETTER, LONGEST_LABEL, WIDTH, drawing, ends, line, short
from domain.readable import Number

_HIGH = 110
"""The height of the columns together, above the labels, in units of the drawing."""
_FLAT = 16
"""The height of labels side by side; those without room are slanted, and as high as the longest one needs."""
_SLANT = 40
"""The angle of slanted labels, in degrees."""
_NEARER = 3
"""How far to the right of the middle of its column a slanted label ends."""
_MOST_LABELS = 16
"""Labels below columns; of more columns each second, third or later one has a label."""


@dataclass(frozen=True)
class Columns:
    """A column for each label; the values lie from ``least`` to ``most``. ``ticks`` stand at the left."""

    labels: Sequence[str]
    least: float
    most: float
    ticks: Sequence[Tick] = ()

    @cached_property
    def each(self) -> int:
        """How many columns there are to a label."""
        return -(-len(self.labels) // _MOST_LABELS)

    @cached_property
    def longest(self) -> int:
        """How many letters the longest label has."""
        return min(max(map(len, self.labels)), LONGEST_LABEL)

    @cached_property
    def flat(self) -> bool:
        """Whether the labels have room side by side; else they are slanted."""
        return (self.longest + 1) * LETTER < (WIDTH - 4) / len(self.labels) * self.each

    @cached_property
    def gutter(self) -> float:
        """Where the words of the ticks end."""
        return max((len(tick.text) * LETTER for tick in self.ticks), default=0)

    @cached_property
    def left(self) -> float:
        """Where the first column begins: right of the ticks, and so far from the edge that no label sticks out."""
        most, room = self.gutter + 2.0 + (_NEARER if self.ticks else 0), WIDTH - 2
        for column in range(0, len(self.labels), self.each):
            width = min(len(self.labels[column]), LONGEST_LABEL) * LETTER
            reach = width / 2 if self.flat else width * cos(radians(_SLANT)) - _NEARER
            share = (column + 0.5) / len(self.labels)
            most = max(most, (reach - room * share) / (1 - share))
        return most

    @cached_property
    def step(self) -> float:
        """The distance from one column to the next."""
        return (WIDTH - 2 - self.left) / len(self.labels)

    @property
    def width(self) -> float:
        """The width of a bar."""
        return max(1.0, min(26.0, self.step * 0.7))

    def middle(self, column: int) -> float:
        """The middle of a column."""
        return self.left + self.step * (column + 0.5)

    def height(self, value: Number) -> float:
        """How high a value is above zero; negative below it."""
        return (_HIGH - 4) * value / (self.most - self.least)

    @property
    def zero(self) -> float:
        """Where zero lies."""
        return 2 + self.height(self.most)

    def drawing(self, title: str, parts: Sequence[str], below: Sequence[str] = (), below_height: float = 0) -> str:
        """The chart with its labels and its axis; ``below``: what stands under the labels, from its own top on."""
        labels = list(self._axis_of_values())
        for column, label in enumerate(self.labels):
            if column % self.each == 0:
                middle = self.middle(column)
                position = f'x="{middle:.1f}" y="{_HIGH + 12}" class="middle"'
                if not self.flat:
                    position = (
                        f'transform="translate({middle + _NEARER:.1f} {_HIGH + 8}) rotate({-_SLANT})" class="end"'
                    )
                labels.append(f"<text {position}>{short(label)}</text>")
        top = _HIGH + (_FLAT if self.flat else 14 + self.longest * LETTER * sin(radians(_SLANT)))
        under = [f'<g transform="translate(0 {top})">', *below, "</g>"] if below else []
        axis = line(self.left, self.zero, WIDTH - 2, self.zero)
        return drawing(title, top + below_height, [*labels, *parts, axis, *under])

    def _axis_of_values(self) -> Iterator[str]:
        for tick in self.ticks:
            y = self.zero - self.height(tick.value)
            yield f'<text x="{self.gutter:.1f}" y="{max(y + 2.8, 6):.1f}" class="end">{short(tick.text)}</text>'
            if tick.value:
                yield f'<path class="tick" d="M{self.left:.1f} {y:.1f}H{WIDTH - 2}"/>'


def columns_of(
    labels: Sequence[str],
    values: Sequence[Number | None],
    whole: float | None = None,
    ticks: Sequence[Tick] = (),
) -> Columns:
    """The columns for some values; ``whole`` is a value that is full, such as 1 for shares."""
    return Columns(labels, *ends([*values, *(tick.value for tick in ticks)], whole), ticks)
