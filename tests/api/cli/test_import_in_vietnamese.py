"""`import` answers in the language of the tenant."""

from pathlib import Path

import pytest

from api.cli.import_words import IMPORT_WORDS
from domain.readable import Language
from tests.support.command_line import Run
from tests.support.importing.histories import row, write
from tests.support.mapping_texts import MAPPING

WORDS = ("import", "history.csv", "--mapping", "map.toml")
ROWS = [
    row("New"),
    row("Active", time="soon"),
    row("New", 5, "T2"),
    row("Frozen", 9, "T2", priority="urgent"),
    row("New", 15, "T3"),
    row("Active", 12, "T3"),
]


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """The command line in a folder that holds a mapping and a file with a row that cannot be read."""
    (tmp_path / "map.toml").write_text(MAPPING + '[priority]\ncolumn = "priority"\n' * ("[priority]" not in MAPPING))
    write(tmp_path / "history.csv", ROWS)
    return run


def test_each_sentence_has_words_in_both_languages_for_the_same_values() -> None:
    english, vietnamese = IMPORT_WORDS["en"], IMPORT_WORDS["vi"]
    assert english.keys() == vietnamese.keys()
    for key, sentence in english.items():
        values = [part.partition("}")[0] for part in sentence.split("{")[1:]]
        assert [part.partition("}")[0] for part in vietnamese[key].split("{")[1:]] == values, key


def test_a_check_answers_in_the_language_of_the_tenant(run: Run) -> None:
    answer = run(*WORDS, "--check")
    for word in (
        "Kết quả nếu nhập",
        "ghi nhận mới",
        "giữ lại",
        "được hiểu là",
        "08:05:00 02/03/2026",
        "phiếu mới",
        "Không nhận",
    ):
        assert word in answer.out, answer.out
    assert "Trạng thái chưa biết" in answer.out
    assert "Thời gian theo múi giờ" in answer.err
    assert "Số dòng không nhận được: 1; số dòng bị giữ lại cùng dòng khác của phiếu: 1" in answer.err
    assert "chưa ghi nhận gì" in answer.err


def test_an_import_answers_in_the_language_of_the_tenant(run: Run) -> None:
    answer = run(*WORDS)
    assert "Nhập dữ liệu" in answer.out
    assert "history.csv.rejects.csv liệt kê các dòng này kèm lý do" in answer.err
    assert "ngược thời gian" in answer.out
    assert "không ghi đè" not in answer.out


def test_an_explanation_answers_in_the_language_of_the_tenant(run: Run) -> None:
    explained = run(*WORDS, "--explain").out
    assert "ghi nhận phiếu mới qua" in explained
    assert [word for word in ("channel", "candidates", "[]") if word in explained] == []


def test_a_single_line_is_one_and_a_list_that_is_whole_says_no_more(run: Run, tmp_path: Path) -> None:
    english = (*WORDS, "--check", "--language", "en")
    assert "comes before it: 1 (line 7). The order" in run(*english).err
    assert "đứng trước: 1 (dòng 7)." in run(*WORDS, "--check").err
    write(tmp_path / "history.csv", [*ROWS, row("Active", 11, "T3")])
    assert "comes before it: 2 (lines 7, 8)." in run(*english).err
    write(tmp_path / "history.csv", [row("New", 20), *[row("Active", 15 - n) for n in range(12)]])
    assert "comes before it: 12 (the first are lines 3, 4, 5" in run(*english).err


def test_counts_that_are_zero_and_seldom_are_left_out_for_people_and_stay_for_programs(run: Run) -> None:
    assert "moved back" not in run(*WORDS, "--check", "--language", "en").out
    assert run(*WORDS, "--check", "--json").json["moved_back"] == 0


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    "heads",
    [
        ("event", "events"),
        ("column", "which", "written", "read"),
        ("key", "word", "rows"),
        ("state", "rows"),
        ("reason", "rows", "in_lines"),
        (
            "rows",
            "recorded",
            "known",
            "held_back",
            "rejected",
            "late",
            "events",
            "tickets",
            "back_in_time",
            "moved_back",
        ),
        ("of_line", "of_ticket", "of_event", "of_occurred_at"),
    ],
)
def test_no_two_columns_of_a_table_have_one_name(heads: tuple[str, ...], language: Language) -> None:
    assert len({IMPORT_WORDS[language][head] for head in heads}) == len(heads)
