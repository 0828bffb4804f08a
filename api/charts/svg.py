"""The parts of an SVG drawing."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from api.terminal_text import escaped
from domain.readable import Number

WIDTH = 240
"""The width of every chart, in units of its drawing."""
LETTER = 5.2
"""The usual width of a letter."""
LONGEST_LABEL = 17
"""Letters of a label of a bar or a column."""


class Mark(NamedTuple):
    """A bar or a point of a chart; ``value`` None leaves a gap. ``text`` is the value for people."""

    label: str
    value: Number | None
    text: str


def drawing(title: str, height: float, parts: Sequence[str]) -> str:
    """The <svg>; ``title`` is what it says to who cannot see it."""
    label = escape(escaped(title), quote=True)
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )


def rect(x: float, y: float, width: float, height: float, css: str, title: str | None = None) -> str:
    """A rectangle; ``title`` is what a pointer over it shows."""
    position = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{css}" {position}>{_title_of(title)}</rect>'


def dot(x: float, y: float, css: str, title: str) -> str:
    """A point of a line."""
    return f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="2.2">{_title_of(title)}</circle>'


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    """A straight line, such as an axis."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def short(label: str) -> str:
    """A label that is cut where it is too long."""
    return escape(escaped(_cut(label, LONGEST_LABEL)))


def stay_different(labels: Sequence[str]) -> bool:
    """Whether labels that differ still do when each is cut where it is too long."""
    return len({_cut(label, LONGEST_LABEL) for label in labels}) == len({*labels})


def shortened(labels: Sequence[str], letters: int) -> list[str]:
    """Labels of so many letters at most, cut at the end, else in the middle; numbered where they would be alike."""
    for cut in (_cut, _cut_in_the_middle):
        made = [cut(label, letters) for label in labels]
        if len({*made}) == len({*labels}):
            break
    else:
        made = [_cut(f"{number}. {label}", letters) for number, label in enumerate(labels, start=1)]
    return [escape(escaped(label)) for label in made]


def _cut(label: str, letters: int) -> str:
    return label if len(label) <= letters else label[: letters - 1] + "…"


def _cut_in_the_middle(label: str, letters: int) -> str:
    end = letters // 2
    return label if len(label) <= letters else f"{label[: letters - end - 1]}…{label[-end:]}"


def ends(values: Sequence[Number | None], whole: float | None) -> tuple[float, float]:
    """The least and the greatest value, 0 and the whole among them; never the same."""
    known = [0.0, whole or 0.0, *(float(value) for value in values if value is not None)]
    least, most = min(known), max(known)
    return (least, most) if most > least else (0.0, 1.0)


def tooltip_of(mark: Mark) -> str:
    """What a pointer over a mark shows."""
    return f"{mark.label}: {mark.text}"


def _title_of(text: str | None) -> str:
    return "" if text is None else f"<title>{escape(escaped(text))}</title>"
