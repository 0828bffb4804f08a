"""Columns side by side in time: where each stands, how high a value is, and the labels below."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import radians, sin

from api.charts.svg import LETTER, LONGEST_LABEL, WIDTH, drawing, ends, line, short
from api.readable import Number

_HIGH = 110
"""Of the columns, above the labels."""
_FLAT = 16
"""The height of labels side by side; those without room are slanted, and as high as the longest one needs."""
_SLANT = 40
"""Degrees."""
_MOST_LABELS = 16
"""Labels below columns; of more columns each second, third or later one has a label."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A column for each label; the values lie from ``least`` to ``most``."""

    labels: Sequence[str]
    least: float
    most: float

    @property
    def step(self) -> float:
        """From one column to the next."""
        return (WIDTH - 4) / len(self.labels)

    @property
    def width(self) -> float:
        """Of a bar."""
        return max(1.0, min(26.0, self.step * 0.7))

    def middle(self, column: int) -> float:
        """The middle of a column."""
        return 2 + self.step * (column + 0.5)

    def height(self, value: Number) -> float:
        """How high a value is above zero; negative below it."""
        return (_HIGH - 4) * value / (self.most - self.least)

    @property
    def zero(self) -> float:
        """Where zero lies."""
        return 2 + self.height(self.most)

    def drawing(self, title: str, parts: Sequence[str], below: Sequence[str] = (), below_height: float = 0) -> str:
        """The chart with its labels and its axis; ``below``: what stands under the labels, from its own top on."""
        each = -(-len(self.labels) // _MOST_LABELS)
        longest = min(max(map(len, self.labels)), LONGEST_LABEL)
        flat = (longest + 1) * LETTER < self.step * each
        labels = []
        for column, label in enumerate(self.labels):
            if column % each == 0:
                middle = self.middle(column)
                place = f'x="{middle:.1f}" y="{_HIGH + 12}" class="middle"'
                if not flat:
                    place = f'transform="translate({middle + 3:.1f} {_HIGH + 8}) rotate({-_SLANT})" class="end"'
                labels.append(f"<text {place}>{short(label)}</text>")
        top = _HIGH + (_FLAT if flat else 14 + longest * LETTER * sin(radians(_SLANT)))
        under = [f'<g transform="translate(0 {top})">', *below, "</g>"] if below else []
        axis = line(2, self.zero, WIDTH - 2, self.zero)
        return drawing(title, top + below_height, [*parts, *labels, axis, *under])


def columns_of(labels: Sequence[str], values: Sequence[Number | None], whole: float | None = None) -> Columns:
    """The columns for some values; ``whole`` is a value that is full, such as 1 for shares."""
    return Columns(labels, *ends(values, whole))
