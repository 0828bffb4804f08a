"""Line charts as SVG: a value that goes on in time."""

from collections.abc import Sequence
from itertools import groupby

from api.charts.columns import columns_of
from api.charts.scale import Tick
from api.charts.svg import Mark, dot, tooltip_of

_MOST_DOTS = 16
"""Points that each have a dot; of more, those beside a gap and the last one have one."""


def line_chart(title: str, points: Sequence[Mark], *, whole: float | None = None, ticks: Sequence[Tick] = ()) -> str:
    """The points as an <svg>, joined by a line that a point without a value interrupts.

    ``whole`` is the value at the top, such as 1 for shares.
    """
    columns = columns_of([point.label for point in points], [point.value for point in points], whole, ticks)
    parts = []
    for known, run in groupby(enumerate(points), key=lambda point: point[1].value is not None):
        if not known:
            continue
        joined = [
            (columns.middle(column), columns.zero - columns.height(point.value or 0), point) for column, point in run
        ]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in joined)
        parts.append(f'<path class="line" d="M{path}"/>')
        all_dots = len(points) <= _MOST_DOTS
        shown = joined if all_dots or len(joined) == 1 else joined[-1:]
        parts += [dot(x, y, "dot", tooltip_of(point)) for x, y, point in shown]
    return columns.drawing(title, parts)
