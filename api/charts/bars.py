"""Bar charts as SVG, without script and without anything from elsewhere."""

from collections.abc import Sequence

from api.charts.columns import columns_of
from api.charts.scale import Tick
from api.charts.svg import WIDTH, Mark, drawing, ends, line, rect, short, tooltip_of

_ROW = 18
_LABEL = 92


def bar_chart(
    title: str, bars: Sequence[Mark], *, in_time: bool, whole: float | None = None, ticks: Sequence[Tick] = ()
) -> str:
    """The bars as an <svg>: standing side by side in time, with an axis of values, else lying below each other.

    ``whole`` is the value of a bar that is full, such as 1 for shares; a pale bar of that length lies behind each.
    Negative bars go the other way.
    """
    return _standing(title, bars, whole, ticks) if in_time else _lying(title, bars, whole)


def _lying(title: str, bars: Sequence[Mark], whole: float | None) -> str:
    least, most = ends([bar.value for bar in bars], whole)
    room = WIDTH - _LABEL - 4
    zero = _LABEL + room * -least / (most - least)
    parts = []
    for row, bar in enumerate(bars):
        top = row * _ROW + 4
        parts.append(f'<text x="{_LABEL - 6}" y="{top + 8.5:.1f}" class="end">{short(bar.label)}</text>')
        if whole is not None:
            parts.append(rect(zero, top, room * whole / (most - least), 11, "track"))
        if bar.value is not None:
            length = room * bar.value / (most - least)
            parts.append(rect(min(zero, zero + length), top, abs(length), 11, "bar", tooltip_of(bar)))
    parts.append(line(zero, 0, zero, len(bars) * _ROW))
    return drawing(title, len(bars) * _ROW, parts)


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
