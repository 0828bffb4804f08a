"""Sentences about a number and its change, in both languages."""

from dataclasses import dataclass
from datetime import date
from typing import get_args

import pytest

from api.screen.figures.presentation import ShownCell, period_label
from api.screen.figures.sentences import change_sentence
from api.screen.visit import Visitor
from domain.readable import Language, Number
from projections.figures.figure import Unit
from projections.scope.periods import Every

LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True)
class SentenceCase:
    value: str
    now: Number | None
    before: Number | None
    unit: Unit = "count"


def sentence(language: Language, sentence_case: SentenceCase) -> str:
    visitor = Visitor(language, "/desk")
    title, since = visitor.w("desk.backlog"), visitor.w("desk.since_monday")
    return change_sentence(
        visitor, title, sentence_case.value, sentence_case.now, sentence_case.before, since, sentence_case.unit
    )


@pytest.mark.parametrize(
    ("sentence_case", "english", "vietnamese"),
    [
        (
            SentenceCase("214", 214, 202),
            "Backlog 214, up 12 since the end of Monday.",
            "Tồn đọng 214, tăng 12 so với cuối ngày thứ Hai.",
        ),
        (SentenceCase("2,000", 2000, 3234), "Backlog 2,000, down 1,234 since the end of Monday.", None),
        (
            SentenceCase("7", 7, 7),
            "Backlog 7, unchanged since the end of Monday.",
            "Tồn đọng 7, không đổi so với cuối ngày thứ Hai.",
        ),
        (SentenceCase("7", 7, None), "Backlog 7.", "Tồn đọng 7."),
        (SentenceCase("-", None, 3), "Backlog: nothing was recorded.", "Tồn đọng: chưa ghi nhận gì."),
        (SentenceCase("92 %", 0.92, 0.89, "share"), "Backlog 92 %, up 3 points since the end of Monday.", None),
        (SentenceCase("92 %", 0.92, 0.93, "share"), "Backlog 92 %, down 1 point since the end of Monday.", None),
        (SentenceCase("92 %", 0.921, 0.922, "share"), "Backlog 92 %, unchanged since the end of Monday.", None),
        (SentenceCase("1 h", 3600.0, 1800.0, "seconds"), "Backlog 1 h, up 30 min since the end of Monday.", None),
    ],
)
def test_a_sentence_says_the_value_and_what_changed(
    sentence_case: SentenceCase, english: str, vietnamese: str | None
) -> None:
    assert sentence("en", sentence_case) == english
    if vietnamese is not None:
        assert sentence("vi", sentence_case) == vietnamese


@pytest.mark.parametrize(
    ("cell", "value", "counts"),
    [
        (ShownCell("80 % (855 of 1,069)"), "80 %", "(855 of 1,069)"),
        (ShownCell("1,069"), "1,069", ""),
        (ShownCell("Billing (old)", is_number=False), "Billing (old)", ""),
    ],
)
def test_a_share_shows_its_counts_beside_its_value(cell: ShownCell, value: str, counts: str) -> None:
    assert cell.value_and_counts == (value, counts)


@pytest.mark.parametrize(
    ("every", "names"),
    [
        ("week", ("6 Apr", "6/4")),
        ("month", ("Apr 2026", "4/2026")),
        ("quarter", ("Q2/2026", "Q2/2026")),
        ("year", ("2026", "2026")),
    ],
)
def test_a_period_below_a_chart_is_named_as_people_write_it(every: Every, names: tuple[str, str]) -> None:
    assert tuple(period_label(date(2026, 4, 6), every, language) for language in LANGUAGES) == names
