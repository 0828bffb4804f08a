"""Bar charts as SVG, without script and without anything from elsewhere."""

from collections.abc import Sequence
from html import escape

from api.report_pages.section_table import Bar
from api.terminal_text import escaped

_WIDTH = 340
_ROW = 20
_LABEL = 110
_COLUMNS_HIGH = 120
_FOOT = 46
_LONGEST_LABEL = 18
_MOST_LABELS = 12
"""Labels under columns; of more columns each second, third or later one has a label."""


def bar_chart(title: str, bars: Sequence[Bar], *, in_time: bool) -> str:
    """The bars as an <svg>: standing side by side in time, else lying below each other.

    Negative bars go the other way.
    """
    return _standing(title, bars) if in_time else _lying(title, bars)


def _lying(title: str, bars: Sequence[Bar]) -> str:
    least, most = _ends(bars)
    room = _WIDTH - _LABEL - 8
    zero = _LABEL + room * -least / (most - least)
    parts = []
    for row, bar in enumerate(bars):
        middle = row * _ROW + _ROW / 2
        parts.append(f'<text x="{_LABEL - 6}" y="{middle + 3.5:.1f}" class="end">{_short(bar.label)}</text>')
        if bar.value is not None:
            length = room * bar.value / (most - least)
            parts.append(_rect(min(zero, zero + length), middle - 6, abs(length), 12, bar))
    parts.append(_line(zero, 0, zero, len(bars) * _ROW))
    return _svg(title, len(bars) * _ROW, parts)


def _standing(title: str, bars: Sequence[Bar]) -> str:
    least, most = _ends(bars)
    room = _COLUMNS_HIGH - 8
    zero = 4 + room * most / (most - least)
    step = (_WIDTH - 8) / len(bars)
    width = max(1.0, min(28.0, step * 0.7))
    each = -(-len(bars) // _MOST_LABELS)
    parts = []
    for column, bar in enumerate(bars):
        middle = 4 + step * (column + 0.5)
        if bar.value is not None:
            height = room * bar.value / (most - least)
            parts.append(_rect(middle - width / 2, min(zero, zero - height), width, abs(height), bar))
        if column % each == 0:
            where = f"translate({middle + 3:.1f} {_COLUMNS_HIGH + 8}) rotate(-40)"
            parts.append(f'<text transform="{where}" class="end">{_short(bar.label)}</text>')
    parts.append(_line(4, zero, _WIDTH - 4, zero))
    return _svg(title, _COLUMNS_HIGH + _FOOT, parts)


def _ends(bars: Sequence[Bar]) -> tuple[float, float]:
    """The least and the greatest value, 0 among them; never the same."""
    values = [float(bar.value) for bar in bars if bar.value is not None]
    least, most = min([0.0, *values]), max([0.0, *values])
    return (least, most) if most > least else (0.0, 1.0)


def _rect(x: float, y: float, width: float, height: float, bar: Bar) -> str:
    told = escape(escaped(f"{bar.label}: {bar.text}"))
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f"<rect {place}><title>{told}</title></rect>"


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _short(label: str) -> str:
    return escape(escaped(label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"))


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    label = escape(title, quote=True)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )
