"""Numbers that differ between an issued report and today, in words."""

import pytest

from api.report_pages.difference_words import in_words
from domain.readable import Language
from projections.figures.registry import FIGURES
from projections.issued_reports.differences import FigureDifference

TITLE = {"en": "A section", "vi": "Một mục"}


def difference(figure: str, name: str, before: float | None, after: float | None) -> FigureDifference:
    return FigureDifference(0, figure, TITLE, "2026-03-02", {"channel": "hotline", "team": None}, name, before, after)


def titles(figure: str) -> dict[str, str]:
    return FIGURES[figure].title._asdict() if figure in FIGURES else TITLE


@pytest.mark.parametrize(
    ("figure", "name", "before", "after", "language", "expected"),
    [
        ("csat", "value", 0.5, 2 / 3, "en", ("value", "50 %", "67 %")),
        ("csat", "value", 0.6661, 0.6659, "en", ("value", "66.61 %", "66.59 %")),
        ("handling-time", "median", 0.2027, 0.3, "vi", ("trung vị", "0,2027 giây", "0,3 giây")),
        ("handling-time", "value", 86_400.5, 86_401.0, "en", ("value", "86,400.5 s", "86,401 s")),
        ("csat", "satisfied", 1, 1234, "vi", ("hài lòng", "1", "1.234")),
        ("handling-time", "value", 4_800.0, 183_600.0, "en", ("value", "1 h 20 min", "2 days 3 h")),
        ("sla-resolution", "elapsed_p90", 99_275.0, None, "vi", ("thời gian, phân vị 90", "1 ngày 4 giờ", "-")),
        ("fcr", "not_first_level", 0, 2, "en", ("not resolvable at first level", "0", "2")),
        ("gone", "value", 1.5, 2.0, "en", ("value", "1.5000", "2")),
    ],
)
def test_a_number_is_said_in_the_unit_of_its_figure(
    figure: str, name: str, before: float, after: float | None, language: Language, expected: tuple[str, ...]
) -> None:
    text = in_words(difference(figure, name, before, after)._replace(title=titles(figure)), language)
    assert (text.name, text.before, text.after) == expected


def test_a_number_says_where_it_stands_in_words_of_the_language() -> None:
    text = in_words(difference("csat", "ratings", 1, 2), "vi")
    assert (text.section, text.period, text.of) == ("Một mục", "02/03/2026", "tổng đài, -")


@pytest.mark.parametrize(("language", "name"), [("en", "value (Backlog flow)"), ("vi", "giá trị (Biến động tồn đọng)")])
def test_the_value_of_a_section_with_another_title_names_its_figure(language: Language, name: str) -> None:
    """A section of tickets received shows a part of the flow, whose value is what came less what went."""
    assert in_words(difference("flow", "value", 0, -1), language).name == name
    assert in_words(difference("flow", "received", 0, 1), language).name in {"received", "tiếp nhận"}
