"""Stacked columns as SVG: what a number is made of, at several instants."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from api.charts.columns import columns_of
from api.charts.scale import Tick
from api.charts.svg import rect
from api.terminal_text import escaped
from domain.readable import Number

_ROW = 13
_HATCHES: Mapping[int, str] = {
    1: '<path d="M0 4L4 0" class="hatch"/>',
    2: '<path d="M0 4L4 0M0 0L4 4" class="hatch"/>',
}
"""The hatches of parts by their order: the first is plain, the second is hatched, the third is hatched both ways."""


class Stack(NamedTuple):
    """A column: the values of its parts, the lowest one first. ``text`` says them for people."""

    label: str
    values: Sequence[Number]
    text: str


def stacked_chart(
    title: str, stacks: Sequence[Stack], parts: Sequence[str], *, name: str, ticks: Sequence[Tick] = ()
) -> str:
    """The stacks as an <svg> with a legend of the ``parts``, at most three.

    Each part has a shade and a hatch of its own. ``name`` is unique in its page: it begins the ids of the hatches.
    """
    sums = [sum(stack.values) for stack in stacks]
    columns = columns_of([stack.label for stack in stacks], sums, ticks=ticks)
    width = columns.width
    drawn = [f"<defs>{''.join(_pattern(name, part, hatch) for part, hatch in _HATCHES.items())}</defs>"]
    for column, stack in enumerate(stacks):
        bottom = columns.zero
        for part, value in enumerate(stack.values):
            height = columns.height(value)
            bottom -= height
            if height:
                drawn += _block(columns.middle(column) - width / 2, bottom, width, height, part, name)
        drawn.append(rect(columns.middle(column) - width / 2, bottom, width, columns.zero - bottom, "over", stack.text))
    legend = []
    for row, words in enumerate(parts):
        legend += _block(4, row * _ROW + 1, 9, 9, row, name)
        legend.append(f'<text x="18" y="{row * _ROW + 9}">{escape(escaped(words))}</text>')
    return columns.drawing(title, drawn, legend, len(parts) * _ROW)


def _block(x: float, y: float, width: float, height: float, part: int, name: str) -> list[str]:
    plain = rect(x, y, width, height, f"kind-{part + 1}")
    if part not in _HATCHES:
        return [plain]
    position = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return [plain, f'<rect {position} fill="url(#{_id(name, part)})"/>']


def _pattern(name: str, part: int, hatch: str) -> str:
    return f'<pattern id="{_id(name, part)}" width="4" height="4" patternUnits="userSpaceOnUse">{hatch}</pattern>'


def _id(name: str, part: int) -> str:
    return escape(escaped(f"{name}-hatch-{part + 1}"), quote=True)
