"""Bar charts."""

from collections.abc import Sequence

from api.charts.columns import columns_of
from api.charts.scale import Tick
from api.charts.svg import LETTER, WIDTH, Mark, drawing, ends, line, rect, short, shortened, stay_different, tooltip_of

_ROW = 18
_LABEL = 92
_LINE = 12
"""The height of a label that has a line of its own."""


def bar_chart(
    title: str, bars: Sequence[Mark], *, in_time: bool, whole: float | None = None, ticks: Sequence[Tick] = ()
) -> str:
    """The bars as an <svg>: standing side by side in time, with an axis of values, else lying below each other.

    ``whole`` is the value of a bar that is full, such as 1 for shares; a pale bar of that length lies behind each.
    Negative bars go the other way. Labels that would be alike when they are cut stand above their bars.
    """
    return _standing(title, bars, whole, ticks) if in_time else _lying(title, bars, whole)


def _lying(title: str, bars: Sequence[Mark], whole: float | None) -> str:
    least, most = ends([bar.value for bar in bars], whole)
    labels = [bar.label for bar in bars]
    if beside := stay_different(labels):
        left, row_height = _LABEL, _ROW
        texts = [f'x="{_LABEL - 6}" class="end">{short(label)}' for label in labels]
    else:
        left, row_height = 2, _ROW + _LINE
        texts = [f'x="{left + 4}">{label}' for label in shortened(labels, int((WIDTH - left - 4) / LETTER))]
    room = WIDTH - left - 4
    zero = left + room * -least / (most - least)
    parts = []
    for row, bar in enumerate(bars):
        top = row * row_height + (4 if beside else _LINE + 4)
        parts.append(f'<text y="{top + 8.5 if beside else top - 4:.1f}" {texts[row]}</text>')
        if whole is not None:
            parts.append(rect(zero, top, room * whole / (most - least), 11, "track"))
        if bar.value is not None:
            length = room * bar.value / (most - least)
            parts.append(rect(min(zero, zero + length), top, abs(length), 11, "bar", tooltip_of(bar)))
    parts.append(line(zero, 0, zero, len(bars) * row_height))
    return drawing(title, len(bars) * row_height, parts)


def _standing(title: str, bars: Sequence[Mark], whole: float | None, ticks: Sequence[Tick]) -> str:
    columns = columns_of([bar.label for bar in bars], [bar.value for bar in bars], whole, ticks)
    zero, width = columns.zero, columns.width
    parts = []
    for column, bar in enumerate(bars):
        left = columns.middle(column) - width / 2
        if whole is not None:
            full = columns.height(whole)
            parts.append(rect(left, zero - full, width, full, "track"))
        if bar.value is not None:
            height = columns.height(bar.value)
            parts.append(rect(left, min(zero, zero - height), width, abs(height), "bar", tooltip_of(bar)))
    return columns.drawing(title, parts)
