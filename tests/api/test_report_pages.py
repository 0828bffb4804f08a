"""An issued report as a page, whatever words were recorded."""

import re
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.charts.bars import bar_chart
from api.charts.svg import Mark
from api.heading_words import HEADING_WORDS
from api.headings import heading, is_seconds, reason_words
from api.report_pages.html_page import html_page
from api.report_pages.section_table import section_table
from domain.readable import Language
from projections.figures.figure import CountedFacts
from projections.figures.registry import FIGURES
from tests.support.report_documents import NASTY, issue, row, section


class Tags(HTMLParser):
    """Checks that each tag is closed in its place, and collects tags and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onload", "onclick", "style"}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    return tags


@pytest.mark.parametrize("language", get_args(Language))
def test_the_page_loads_nothing_runs_nothing_and_shows_every_word_as_it_was_written(language: Language) -> None:
    groups = section([row({"category": word}) for word in NASTY])
    tags = read(html_page(issue(groups, reason="<b>why</b>"), language))
    assert tags.seen.isdisjoint({"script", "link", "img", "iframe", "b", "r"})
    assert {"svg", "table", "th", "h1", "h2"} <= tags.seen
    text = "".join(tags.text)
    assert "<script>alert(1)</script>" in text
    assert "<b>why</b>" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "@import" not in text
    assert "url(" not in text


def test_the_page_has_the_title_the_period_the_zone_the_position_and_the_digest() -> None:
    issued = issue(section([row({})]))
    english, vietnamese = (read(html_page(issued, language)).text for language in ("en", "vi"))
    for text in (english, vietnamese):
        assert {"UTC", "90", issued.facts.sha256} <= set(text)
    assert {"Weekly report 2026-W10", "2026-03-02 - 2026-03-08", "75 % (3 of 4)"} <= set(english)
    assert {"Báo cáo tuần 10/2026 (02/03 - 08/03)", "02/03/2026 - 08/03/2026", "75 % (3 trên 4)"} <= set(vietnamese)


def test_a_page_of_a_period_that_is_not_over_warns_and_an_empty_section_says_so() -> None:
    page = html_page(issue(section([]), complete=False), "en")
    assert "its figures are provisional" in page
    assert "Nothing was recorded." in page
    assert "its figures are provisional" not in html_page(issue(section([])), "en")
    of_the_present = html_page(issue(section([], figure="overloaded")), "en")
    assert "This figure tells the present alone" in of_the_present
    assert "Nothing was recorded." not in of_the_present
    answered = section_table(section([], figure="overloaded"), "en", 1, of_report=False)
    assert answered.notes == ["Nothing was recorded."], "the present was asked about"


def test_a_section_that_counted_nothing_has_one_sentence_and_zeros_have_a_table_and_a_sentence_for_a_chart() -> None:
    nothing = html_page(issue(section([row({}, 0, 0)])), "en")
    assert ("Nothing was recorded." in nothing, "<tbody>" in nothing) == (True, False)
    zero, unit = (row({"team": "A"}, 0, 0, value=value, parts={"open": value}) for value in (0, 1))
    sections = [section(rows, figure="open-tickets", unit="count") for rows in ([zero], [zero, zero], [zero, unit])]
    parts = ("Nothing was recorded.", "<tbody>", "No value other than zero.", "<svg")
    seen = [[part in html_page(issue(each), "en") for part in parts] for each in sections]
    assert seen == [[False, True, False, False], [False, True, True, False], [False, True, False, True]]


@pytest.mark.parametrize("age", ["under_10_days", "from_10_to_30_days", "over_30_days"])
def test_an_age_that_counts_from_the_receipt_where_there_was_no_reopening_does_not_speak_of_one(age: str) -> None:
    name = f"since_reopened_{age}"
    assert (heading(name, "en").startswith("since last opened"), "mở lại" in heading(name, "vi")) == (True, False)


@given(
    points=st.lists(st.tuples(st.text(max_size=30), st.none() | st.floats(-1e9, 1e9)), min_size=1, max_size=40),
    in_time=st.booleans(),
)
def test_every_bar_of_a_chart_lies_inside_it(*, points: list[tuple[str, float | None]], in_time: bool) -> None:
    svg = bar_chart("x", [Mark(label, value, "t") for label, value in points], in_time=in_time)
    _, _, wide, high = map(float, re.search(r'viewBox="([^"]+)"', svg)[1].split())  # type: ignore[index]  # it is there
    bars = re.findall(r'<rect class="bar" x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)"', svg)
    assert len(bars) == sum(value is not None for _, value in points)
    for x, y, width, height in (map(float, bar) for bar in bars):
        assert -0.2 <= x <= x + width <= wide + 0.2
        assert -0.2 <= y <= y + height <= high + 0.2


def test_a_part_that_is_zero_in_every_row_has_no_column() -> None:
    rows = [row({"team": name}, parts={"satisfied": 3, "ratings": 4, "score_5": five, "score_1": 0})
            for name, five in (("a", 0), ("b", 2))]  # fmt: skip
    headings = section_table(section(rows), "en", 1).headings
    assert heading("score_5", "en") in headings
    assert heading("score_1", "en") not in headings


def test_a_table_says_what_may_still_change_and_what_is_left_out() -> None:
    rows = [
        row({"team": "A"}, final=1, provisional=3, left_out={"merged": 2, "spam": 0}),
        row({"team": None}, 0, 0, left_out={"merged": 1}),
    ]
    table = section_table(section(rows), "en", 1)
    assert [[cell.text for cell in line] for line in table.rows] == [
        ["A", "75 % (3 of 4)", "3"],
        ["none", "- (0 of 0)", "0"],
    ]
    assert table.headings == ["team", "value", "score 5"]
    assert table.notes == ["3 of 4 may still change.", "Left out: 3 merged into another ticket."]
    assert [bar.value for bar in table.bars] == [0.75, None]


def test_a_table_has_a_column_for_each_dimension_of_its_rows_also_where_nobody_asked_for_it() -> None:
    table = section_table(section([row({"currency": "VND"})], by=[]), "en", 1)
    assert (table.headings[0], table.rows[0][0].text) == ("currency", "VND")
    assert len(table.headings) == len(table.rows[0])


def test_a_part_stands_for_the_value_and_a_period_has_its_name() -> None:
    rows = [row({}, period="2026-04-01"), row({}, period="2026-07-01")]
    table = section_table(section(rows, part="score_5", every="quarter"), "vi", 4)
    assert [[cell.text for cell in line] for line in table.rows] == [["quý 1/2026", "3"], ["quý 2/2026", "3"]]
    assert table.headings == ["quý", "điểm 5"]
    assert table.in_time


def test_a_day_is_written_in_a_row_as_in_the_head_of_the_page() -> None:
    rows = [row({}, period="2026-03-02")]
    written = {
        language: section_table(section(rows, every="day"), language, 1).rows[0][0].text for language in ("en", "vi")
    }
    assert written == {"en": "2026-03-02", "vi": "02/03/2026"}


def test_every_figure_has_headings_and_reasons_in_vietnamese_and_its_parts_in_their_unit() -> None:
    missing = {
        name
        for figure in FIGURES.values()
        for name in (*figure.part_names, *figure.dimensions)
        if name not in HEADING_WORDS
    }
    missing |= {
        reason
        for figure in FIGURES.values()
        for reason in figure.left_out
        if reason_words(reason, "vi") == reason_words(reason, "en")
    }
    assert missing == set()
    for figure in FIGURES.values():
        shown = [heading(name, language) for language in get_args(Language) for name in figure.part_names]
        assert len(set(shown)) == len(shown) or figure.unit == "count", figure.name
        if isinstance(figure.reading, CountedFacts):
            means = {part.name for part in figure.reading.parts if "elapsed" in part.aggregate}
            assert all(is_seconds(name, figure.unit) for name in means)
