"""`report NAME` of a figure: its value, its groups, the facts behind a part, and the list of all figures."""

import re

import pytest

from api.cli.report import figures
from api.figure_formulas import NOTES, formula_of
from projections.figures.registry import FIGURES
from tests.support.command_line import Run

DAYS = ("--from", "2026-03-01", "--to", "2026-03-31")


@pytest.fixture
def database_url(shared_imported_url: str) -> str:
    """One for all tests of this module, which record nothing."""
    return shared_imported_url


def test_every_figure_is_listed_for_people_and_programs(imported: Run) -> None:
    assert [figure["name"] for figure in imported("report", "list", "--json").json] == list(FIGURES)
    for_people = imported("report", "list").out
    assert all(name in for_people for name in FIGURES)
    versions = {figure["name"]: figure["version"] for figure in imported("report", "list", "--json").json}
    assert (versions["csat"], versions["voice-of-customers"]) == (1, 2)
    (line,) = [line for line in for_people.splitlines() if "voice-of-customers" in line]
    assert "2" in [word.strip() for word in line.split("│")]


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_answers_people_and_programs(imported: Run, name: str) -> None:
    assert imported("report", name).code == 0
    answer = imported("report", name, "--json").json
    assert (answer["figure"], answer["zone"]) == (name, "Asia/Ho_Chi_Minh")
    assert answer["position"] > 0
    figure = FIGURES[name]
    assert answer["version"] == figure.version
    assert answer["rows"] or figure.always_by or (figure.note or "").startswith("nothing is recorded yet")


def test_a_part_has_as_many_facts_as_it_says(imported: Run) -> None:
    (row,) = imported("report", "handling-time", *DAYS, "--json").json["rows"]
    listed = imported("report", "handling-time", *DAYS, "--part", "resolved", "--json").json
    assert (listed["subject"], len(listed["facts"]), listed["more"]) == ("ticket", row["parts"]["resolved"], False)
    fewer = imported("report", "handling-time", *DAYS, "--part", "resolved", "--limit", "1", "--json").json
    assert (fewer["facts"], fewer["more"]) == (listed["facts"][:1], row["parts"]["resolved"] > 1)
    assert listed["facts"][0]["subject"] in imported("report", "handling-time", *DAYS, "--part", "resolved").out


def test_a_figure_tells_its_formula_and_its_note_in_the_language_of_the_reader(imported: Run) -> None:
    vietnamese = " ".join(imported("report", "csat", *DAYS, "--language", "vi").out.split())
    english = " ".join(imported("report", "csat", *DAYS, "--language", "en").out.split())
    formulas = {"en": formula_of(FIGURES["csat"], "en")[1:], "vi": formula_of(FIGURES["csat"], "vi")[1:]}
    assert [formulas[language] in text for text in (english, vietnamese) for language in ("en", "vi")] == [
        True, False, False, True
    ]  # fmt: skip
    assert "Từ 01/03/2026 đến 31/03/2026" in vietnamese
    calls = imported("report", "calls", *DAYS, "--language", "vi").out
    assert f"{NOTES['calls'].capitalize()}." in " ".join(calls.split())


def test_a_figure_of_the_present_names_its_instant_and_no_days(imported: Run) -> None:
    vietnamese, english = (
        " ".join(imported("report", "load", "--language", each).out.split()) for each in ("vi", "en")
    )
    assert re.search(r"Lúc \S+ \S+, giờ theo Asia/Ho_Chi_Minh; đúng đến vị trí \d+ của nhật ký\.", vietnamese)
    assert re.search(r"At \S+ \S+, time of Asia/Ho_Chi_Minh; true for position \d+ of the log\.", english)
    assert "days in" not in english


def test_a_figure_is_narrowed_down_and_grouped(imported: Run) -> None:
    everything = imported("report", "flow", *DAYS, "--by", "priority", "--json").json["rows"]
    for row in everything:
        only = imported("report", "flow", *DAYS, "--where", f"priority:{row['of']['priority'] or ''}", "--json").json
        assert only["rows"][0]["parts"] == row["parts"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("csat", "--part", "colour"), "không có --part colour: hãy chọn satisfied, ratings"),
        (("sla", "--part", "met"), "không có --part met: hãy hỏi một chỉ số"),
        (("csat", "--where", "priority"), "hãy viết cách chia:giá trị, ví dụ team:Billing"),
        (("csat", "--by", "colour"), "Chỉ số csat không chia được theo 'colour'; chỉ chia theo: team, agent"),
        (("sla", "--where", "team:a"), "không nhận --where"),
    ],
)
def test_what_cannot_be_asked_is_said_with_its_fix(imported: Run, words: tuple[str, ...], sentence: str) -> None:
    answer = imported("report", *words)
    assert answer.code == 2
    assert sentence in answer.err


def test_a_question_that_no_figure_answers_is_refused_before_the_log_is_folded(
    imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "as_it_was", None)
    answer = imported("report", "csat", "--from", "2024-01-01", "--every", "day", "--known-at", "2026-03-02")
    assert (answer.code, "400" in answer.err) == (2, True)
