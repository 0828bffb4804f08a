"""Charts say their numbers in more than colour, and show what they were given."""

import re
from math import cos, radians
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.charts.bars import bar_chart
from api.charts.columns import columns_of
from api.charts.lines import line_chart
from api.charts.scale import Steps, ticks_of
from api.charts.stacked import Stack, stacked_chart
from api.charts.svg import LETTER, WIDTH, Mark, shortened

LABELS = st.text(min_size=1, max_size=30)
VALUES = st.none() | st.floats(-1e9, 1e9, allow_nan=False)
MARKS = st.lists(st.builds(Mark, LABELS, VALUES, LABELS), min_size=1, max_size=40)


def marks(*values: float | None) -> list[Mark]:
    return [Mark(str(number), value, str(value)) for number, value in enumerate(values)]


def drawn(svg: str) -> ET.Element:
    root = ET.fromstring(svg)  # noqa: S314 -- what this program has made
    assert root.get("role") == "img"
    assert root.get("aria-label")
    return root


@given(MARKS)
def test_any_labels_and_values_give_a_drawing_that_a_browser_can_read(points: list[Mark]) -> None:
    for svg in (
        line_chart("<Title>", points),
        bar_chart("<Title>", points, in_time=True),
        bar_chart("<Title>", points, in_time=False),
    ):
        assert drawn(svg).get("aria-label") == "<Title>"
        assert "nan" not in svg


@given(st.lists(st.text("ab>", min_size=1, max_size=80), min_size=1, max_size=20, unique=True))
def test_bars_that_lie_below_each_other_have_labels_that_differ(labels: list[str]) -> None:
    svg = bar_chart("Paths", [Mark(label, 1, "1") for label in labels], in_time=False)
    texts = [text.text or "" for text in drawn(svg).iter("text")]
    assert len({*texts}) == len(labels)
    assert max(map(len, texts)) <= WIDTH / LETTER


def test_labels_that_begin_alike_are_cut_in_the_middle_else_numbered() -> None:
    assert shortened(["waits for an answer", "waits for an agent"], 9) == ["wait…swer", "wait…gent"]
    assert shortened(["waits for an answer", "waits for the answer"], 9) == ["1. waits…", "2. waits…"]


DAYS = st.dates().map(lambda day: f"{day.day} {day:%b}")


@given(
    st.lists(DAYS, min_size=1, max_size=60) | st.lists(st.text("x", min_size=1, max_size=30), min_size=1, max_size=60)
)
def test_no_label_below_columns_sticks_out_at_the_left(labels: list[str]) -> None:
    columns = columns_of(labels, [1.0] * len(labels))
    for text in drawn(columns.drawing("Requests", [])).iter("text"):
        width = len(text.text or "") * LETTER
        end = re.match(r"translate\((\S+) ", text.get("transform") or "")
        left = float(end[1]) - width * cos(radians(40)) if end else float(text.get("x") or "") - width / 2
        assert left > -0.1
    assert columns.middle(len(labels) - 1) + columns.step / 2 == pytest.approx(WIDTH - 2)


@given(st.integers(1, 100))
def test_of_many_columns_one_in_so_many_has_its_label_from_the_first_on(count: int) -> None:
    drawing = columns_of([f"l{number}" for number in range(count)], [1.0] * count).drawing("Requests", [])
    shown = [int(str(text.text)[1:]) for text in drawn(drawing).iter("text")]
    assert len(shown) <= 16
    assert shown == list(range(0, count, -(-count // 16)))


def test_a_line_is_interrupted_where_there_is_no_value() -> None:
    root = drawn(line_chart("Satisfaction", marks(0.5, 0.7, None, 0.9, None, 1.0), whole=1.0))
    paths = [element.get("d") or "" for element in root.iter("path")]
    assert [path.count("L") + 1 for path in paths] == [2, 1, 1]
    dots = [element.findtext("title") for element in root.iter("circle")]
    assert dots == ["0: 0.5", "1: 0.7", "3: 0.9", "5: 1.0"]


def test_a_higher_value_stands_higher() -> None:
    (path,) = drawn(line_chart("Satisfaction", marks(0.25, 0.75), whole=1.0)).iter("path")
    low, high = (float(point.split()[1]) for point in re.split("[ML]", path.get("d") or "")[1:])
    assert high < low


def test_a_stack_is_as_high_as_its_parts_together_and_each_part_has_a_hatch_of_its_own() -> None:
    stacks = [Stack("Monday", (1, 2, 3), "Monday: 6"), Stack("Tuesday", (0, 0, 3), "Tuesday: 3")]
    root = drawn(stacked_chart("Backlog", stacks, ("young", "older", "oldest"), name="ages"))
    heights = {kind: sum(map(_height, _of_class(root, kind))) for kind in ("kind-1", "kind-2", "kind-3")}
    legend = 9
    parts = {kind: height - legend for kind, height in heights.items()}
    assert parts["kind-2"] == pytest.approx(2 * parts["kind-1"], rel=0.01)
    assert parts["kind-3"] == pytest.approx(6 * parts["kind-1"], rel=0.01)
    whole, other = map(_height, _of_class(root, "over"))
    assert whole == pytest.approx(2 * other, rel=0.01)
    fills = {element.get("fill") for element in root.iter("rect") if element.get("fill")}
    assert fills == {"url(#ages-hatch-2)", "url(#ages-hatch-3)"}
    assert [element.text for element in root.iter("text")][-3:] == ["young", "older", "oldest"]


@given(
    st.lists(st.none() | st.integers(0, 10**12) | st.floats(0, 1e12, allow_subnormal=False), max_size=20),
    st.sampled_from(["counts", "numbers", "seconds"]),
)
def test_an_axis_goes_from_nothing_over_the_half_to_a_number_that_no_value_exceeds(
    values: list[float | None], steps: Steps
) -> None:
    ticks = ticks_of(values, str, steps)
    most = max((value for value in values if value is not None), default=0)
    if most == 0:
        assert ticks == []
        return
    nothing, half, *rest = (tick.value for tick in ticks)
    whole = rest[0] if rest else half
    assert nothing == 0
    assert len(rest) < 2
    assert whole == half or half * 2 == pytest.approx(whole)
    assert whole >= most * (1 - 1e-9)
    assert whole <= max(2.1 * most, 2 if steps != "numbers" else 0.02)
    assert half == (round(half, 2) if steps == "numbers" else int(half))


@pytest.mark.parametrize(
    ("values", "steps", "whole", "expected"),
    [
        ([3, 7], "counts", None, ["0", "4", "8"]),
        ([1], "counts", None, ["0", "1"]),
        ([0.2, None], "numbers", 1.0, ["0", "0.5", "1"]),
        ([8_000], "seconds", None, ["0", "7200", "14400"]),
        ([0.0024], "numbers", None, ["0", "0.01"]),
        ([0.03], "numbers", None, ["0", "0.02", "0.04"]),
        ([-30, 55], "numbers", None, ["-30", "0", "30", "60"]),
        ([100_000_000_001], "counts", None, ["0", "50000000000", "100000000000"]),
        ([0, None], "counts", None, []),
    ],
)
def test_an_axis_has_round_numbers(
    values: list[float | None], steps: Steps, whole: float | None, expected: list[str]
) -> None:
    assert [tick.text for tick in ticks_of(values, str, steps, whole)] == expected


def test_the_words_of_an_axis_stand_left_of_the_columns_at_their_height() -> None:
    ticks = ticks_of([3, 7], lambda value: f"{value} phiếu", "counts")
    for svg in (
        bar_chart("Requests", marks(3, 7), in_time=True, ticks=ticks),
        line_chart("Requests", marks(3, 7), ticks=ticks),
        stacked_chart("Backlog", [Stack("Monday", (3, 4), "")], ("young", "old"), name="ages", ticks=ticks),
    ):
        root = drawn(svg)
        words = {element.text: element for element in root.iter("text") if "phiếu" in (element.text or "")}
        assert list(words) == ["0 phiếu", "4 phiếu", "8 phiếu"]
        heights = [float(element.get("y") or 0) for element in words.values()]
        assert heights == sorted(heights, reverse=True)
        assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=4)
        first = min(float(bar.get("x") or 0) for bar in _of_class(root, "bar") or _of_class(root, "over") or [root])
        assert not first or max(float(element.get("x") or 0) for element in words.values()) < first


def _of_class(root: ET.Element, css: str) -> list[ET.Element]:
    return [element for element in root.iter("rect") if element.get("class") == css]


def _height(element: ET.Element) -> float:
    return float(element.get("height") or 0)
