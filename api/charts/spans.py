"""A strip of time as SVG: what lasted from when to when, with marks at instants.

It is stretched to the width of its place, so it holds no letters: these stand beside it as HTML.
"""

from collections.abc import Sequence
from html import escape
from typing import Literal, NamedTuple

from api.charts.svg import rect
from api.terminal_text import escaped

_LENGTH, _HEIGHT = 1000, 28
_THINNEST = 2.0
"""The least width of a span or a mark, so that a short one is seen."""
SpanKind = Literal["counted", "over", "paused", "aside"]
_BANDS: dict[SpanKind, tuple[float, float]] = {
    "counted": (6, 16),
    "over": (2, 24),
    "paused": (12, 4),
    "aside": (13, 2),
}
"""The top and the height of each kind, which tell them apart without colour."""


class DrawnSpan(NamedTuple):
    """Something that lasts. ``start`` and ``end`` are shares of the strip, ``tooltip`` is shown under a pointer."""

    start: float
    end: float
    kind: SpanKind
    tooltip: str


class MarkedInstant(NamedTuple):
    """An instant, as a share of the strip; ``css`` is its class."""

    at: float
    css: str
    tooltip: str


def strip(title: str, spans: Sequence[DrawnSpan], marks: Sequence[MarkedInstant]) -> str:
    """The <svg>; ``title`` is what it says to who cannot see it."""
    parts = [rect(0, 13.5, _LENGTH, 1, "track")]
    for span in spans:
        top, height = _BANDS[span.kind]
        width = max(_THINNEST, (span.end - span.start) * _LENGTH)
        parts.append(rect(span.start * _LENGTH, top, width, height, f"span-{span.kind}", span.tooltip))
    parts += [rect(min(mark.at * _LENGTH, _LENGTH - 3), 0, 3, _HEIGHT, mark.css, mark.tooltip) for mark in marks]
    label = escape(escaped(title), quote=True)
    return (
        f'<svg class="strip" viewBox="0 0 {_LENGTH} {_HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="{label}">{"".join(parts)}</svg>'
    )
