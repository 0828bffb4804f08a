"""Bar charts as SVG, without script and without anything from elsewhere."""

from collections.abc import Sequence
from html import escape

from api.report_pages.section_table import Bar
from api.terminal_text import escaped

_WIDTH = 240
_ROW = 18
_LABEL = 92
_HIGH = 110
"""Of the columns, above the labels."""
_FLAT, _SLANTED = 16, 44
"""The height of labels below columns: side by side, or slanted where they have no room."""
_LETTER = 5.2
"""The usual width of a letter."""
_LONGEST_LABEL = 17
_MOST_LABELS = 16
"""Labels below columns; of more columns each second, third or later one has a label."""


def bar_chart(title: str, bars: Sequence[Bar], *, in_time: bool, whole: float | None = None) -> str:
    """The bars as an <svg>: standing side by side in time, else lying below each other.

    ``whole`` is the value of a bar that is full, such as 1 for shares; a pale bar of that length lies behind each.
    Negative bars go the other way.
    """
    return (_standing if in_time else _lying)(title, bars, whole)


def _lying(title: str, bars: Sequence[Bar], whole: float | None) -> str:
    least, most = _ends(bars, whole)
    room = _WIDTH - _LABEL - 4
    zero = _LABEL + room * -least / (most - least)
    parts = []
    for row, bar in enumerate(bars):
        top = row * _ROW + 4
        parts.append(f'<text x="{_LABEL - 6}" y="{top + 8.5:.1f}" class="end">{_short(bar.label)}</text>')
        if whole is not None:
            parts.append(_rect(zero, top, room * whole / (most - least), 11, "track"))
        if bar.value is not None:
            length = room * bar.value / (most - least)
            parts.append(_rect(min(zero, zero + length), top, abs(length), 11, "bar", bar))
    parts.append(_line(zero, 0, zero, len(bars) * _ROW))
    return _svg(title, len(bars) * _ROW, parts)


def _standing(title: str, bars: Sequence[Bar], whole: float | None) -> str:
    least, most = _ends(bars, whole)
    room = _HIGH - 4
    zero = 2 + room * most / (most - least)
    step = (_WIDTH - 4) / len(bars)
    width = max(1.0, min(26.0, step * 0.7))
    each = -(-len(bars) // _MOST_LABELS)
    flat = max(len(bar.label) for bar in bars) * _LETTER < step * each
    parts = []
    for column, bar in enumerate(bars):
        middle = 2 + step * (column + 0.5)
        if whole is not None:
            height = room * whole / (most - least)
            parts.append(_rect(middle - width / 2, zero - height, width, height, "track"))
        if bar.value is not None:
            height = room * bar.value / (most - least)
            parts.append(_rect(middle - width / 2, min(zero, zero - height), width, abs(height), "bar", bar))
        if column % each == 0:
            place = f'x="{middle:.1f}" y="{_HIGH + 12}" class="middle"'
            if not flat:
                place = f'transform="translate({middle + 3:.1f} {_HIGH + 8}) rotate(-40)" class="end"'
            parts.append(f"<text {place}>{_short(bar.label)}</text>")
    parts.append(_line(2, zero, _WIDTH - 2, zero))
    return _svg(title, _HIGH + (_FLAT if flat else _SLANTED), parts)


def _ends(bars: Sequence[Bar], whole: float | None) -> tuple[float, float]:
    """The least and the greatest value, 0 and the whole among them; never the same."""
    values = [0.0, whole or 0.0, *(float(bar.value) for bar in bars if bar.value is not None)]
    least, most = min(values), max(values)
    return (least, most) if most > least else (0.0, 1.0)


def _rect(x: float, y: float, width: float, height: float, css: str, bar: Bar | None = None) -> str:
    told = "" if bar is None else f"<title>{escape(escaped(f'{bar.label}: {bar.text}'))}</title>"
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{css}" {place}>{told}</rect>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _short(label: str) -> str:
    return escape(escaped(label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"))


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    label = escape(escaped(title), quote=True)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )
