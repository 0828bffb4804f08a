"""`simulate` and `demo`: a made-up desk; and the port that `demo` and `serve` listen at."""

import socket
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from api.cli.demo import _options
from api.cli.demo_words import WORDS
from api.cli.options import DATA_VARIABLE
from api.cli.usage_error import UsageError
from domain.readable import Language
from tests.support.command_line import Run


def test_a_simulation_again_adds_nothing(run: Run) -> None:
    words = ("simulate", "--days", "2", "--tickets-per-day", "20", "--seed", "7", "--json")
    first, again = run(*words).json, run(*words).json
    assert first["events"] > 0
    assert first["refused"] == again["refused"] == 0
    assert again["known"] >= first["steps"]


@pytest.mark.parametrize("words", [["demo"], ["serve", "--keyless"]], ids=["demo", "serve"])
def test_a_taken_port_is_told_with_exit_code_2_before_anything_is_done(run: Run, words: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = run(*words, "--port", str(taken.getsockname()[1]))
    assert (answer.code, answer.out) == (2, "")
    assert "cannot be listened at" in answer.err.splitlines()[-1]


def test_the_demo_holds_its_port_while_it_plays_the_past(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()

    def play_past(*_: object) -> None:
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError, match="in use"):
                other.bind(address)
        raise UsageError("the port is held")

    monkeypatch.setattr("api.cli.demo.play_past", play_past)
    assert run("demo", "--port", str(address[1])).err.splitlines()[-1] == "ticketledger: the port is held"


def test_the_demo_shows_its_figures_and_stops_when_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.cli.demo.TICKETS_PER_DAY", 5)
    monkeypatch.setattr("api.cli.demo.DAYS", 5)
    answer = run("demo", "--once")
    assert answer.code == 0
    for title in ("Thời gian xử lý", "Mức hài lòng", "Giải quyết ngay lần đầu", "Cam kết đúng hạn", "Tồn đọng"):
        assert title in answer.out


def test_the_demo_speaks_one_language(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.cli.demo.TICKETS_PER_DAY", 1)
    monkeypatch.setattr("api.cli.demo.DAYS", 9)
    vietnamese, english = run("demo", "--once"), run("demo", "--once", "--language", "en")
    assert "1 phiếu mỗi ngày" in vietnamese.err
    assert "1 tickets a day" in english.err
    assert "Ghi nhận muộn" not in vietnamese.out
    assert "Told late" not in english.out
    assert "Told late" in run("report", "figures", "--tenant", "demo", "--language", "en").out


def test_the_words_of_the_demo_name_the_same_facts_in_both_languages() -> None:
    english, vietnamese = (
        [{name for _, name, _, _ in Formatter().parse(sentence)} for sentence in WORDS[language]]
        for language in get_args(Language)
    )
    assert english == vietnamese


def test_each_sentence_of_the_demo_fits_a_terminal() -> None:
    values = {
        "first": "2026-11-02", "address": "http://127.0.0.1:8000", "program": "./run", "rules": 44,
        "options": "--tenant demo", "again": "--tenant demo", "tickets": 100, "file": "notifications.jsonl",
    }  # fmt: skip
    for words in WORDS.values():
        for notifications in (words.to_a_file, words.to_channels):
            said = "\n".join((words.desk, words.late, words.where.replace("{notifications}", notifications)))
            assert [line for line in said.format_map(values).splitlines() if len(line) > 80] == []


def test_the_demo_names_its_folder_to_other_commands_where_they_would_not_find_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = Path("my desk")
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    named = [_options("demo", None), _options("demo", folder)]
    monkeypatch.setenv(DATA_VARIABLE, "my desk")
    named.append(_options("demo", folder))
    assert named == ["--tenant demo", "--tenant demo --data 'my desk'", "--tenant demo"]
