"""Tables on a narrow terminal keep their names and their figures whole."""

import io
import sys
from datetime import UTC, datetime
from uuid import UUID

import pytest
from rich.console import Console
from rich.progress import Progress

from api.cli import printing

MONTH = {"period": "2026-03-01", "target": "first_response"}
FIGURES = ("compliance", "met", "breached", "corrected", "cancelled", "elapsed_median", "elapsed_p90")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    shown = io.StringIO()
    monkeypatch.setattr(printing, "console", lambda *_: Console(file=shown, width=80, highlight=False, markup=False))
    return shown


def test_a_table_of_figures_that_is_too_wide_goes_on_below_with_what_each_row_is_about(terminal: io.StringIO) -> None:
    rows = [MONTH | {name: factor * 1_234_567 + n for n, name in enumerate(FIGURES)} for factor in (1, 2)]
    printing.show_table("Promises kept", rows)
    text = terminal.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    assert "Promises kept, continued" in text
    assert text.count("2026-03-01") == text.count("first_response") > len(rows)
    for row in rows:
        assert all(text.count(f"{row[name]:,}") == 1 for name in FIGURES)
    assert all(word in text for name in FIGURES for word in name.split("_"))


@pytest.mark.parametrize(("is_terminal", "lines"), [(True, 3), (False, 1)])
def test_a_remark_on_a_terminal_ends_its_lines_between_words(
    monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool, lines: int
) -> None:
    error_output, sentence = io.StringIO(), "Nothing is known of the ticket; look it up by its reference"
    monkeypatch.setattr(error_output, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stderr", error_output)
    monkeypatch.setenv("COLUMNS", "25")
    printing.say(sentence)
    written = error_output.getvalue().splitlines()
    assert (len(written), [word for line in written for word in line.split()]) == (lines, sentence.split())


def test_a_long_word_is_folded_behind_its_hyphens(terminal: io.StringIO) -> None:
    words = {
        "what": "step wait-for-follow-up: complaint",
        "why": "y" * 15,
        "text": "z" * 15,
        "more": "x" * 13,
        "id": UUID(int=7),
    }
    printing.show_table("Work", [words] * 2)
    cells = [line.removeprefix("│ ").partition("│")[0].rstrip() for line in terminal.getvalue().splitlines()]
    assert cells[4:8] == ["step", "wait-for-", "follow-", "up:"]


@pytest.mark.parametrize("shows", ["line", "empty table", "title", "cell"])
def test_no_text_of_an_answer_sends_a_control_sequence_to_the_terminal(terminal: io.StringIO, shows: str) -> None:
    hostile = "Lan\x1b]0;owned\x07 \u202egnp.exe"
    match shows:
        case "line":
            printing.show_lines(["before", hostile])
        case "empty table":
            printing.show_table("Customers", [], hostile)
        case "title":
            printing.show_table(hostile, [{"name": "Lan"}])
        case _:
            printing.show_table("Customers", [{"name": hostile}])
    assert "\\x1b]0;owned\\x07 \\u202egnp.exe" in terminal.getvalue()
    assert not {"\x1b", "\x07", "\u202e"} & set(terminal.getvalue())


def test_a_table_that_fits_is_one_table(terminal: io.StringIO) -> None:
    printing.show_table("Clocks", [MONTH | {"open": 1, "paused": 2, "late": 3}] * 2)
    assert "continued" not in terminal.getvalue()


def test_the_room_that_is_left_goes_to_the_longest_cells(terminal: io.StringIO) -> None:
    line = {"happened": "2026-03-01 08:00:00", "subject": "ticket 01890a5dac96", "through": "chat", "event": "y " * 90}
    printing.show_table("History", [line] * 2)
    borders = terminal.getvalue().splitlines()[1]
    assert [len(column) - 2 for column in borders.strip("┏┓").split("┳")] == [10, 12, 7, 38]


def test_a_table_of_words_is_one_table_however_long_they_are(terminal: io.StringIO) -> None:
    line = {
        "position": 1,
        "happened": "2026-03-01 08:00:00+00:00",
        "recorded": "x" * 30,
        "what": "y" * 90,
        "why": "z" * 40,
    }
    printing.show_table("History", [line] * 2)
    text = terminal.getvalue()
    assert "continued" not in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    "line",
    [
        {
            "position": 1_234,
            "happened": datetime(2026, 3, 2, 8, 0, 1),  # noqa: DTZ001 -- shown with its zone below the table
            "recorded": datetime(2026, 3, 2, 8, 0, 1),  # noqa: DTZ001 -- shown with its zone below the table
            "through": "command line",
            "what": "Linh received the ticket 'Hóa đơn sai' by Zalo from Nguyễn Thị Lan",
            "why": "the flood of last September",
        },
        {
            "alternative": "Office hours",
            "ticket": "01890a5d-ac96-774b-bcce-b302099a8057",
            "target": "first_response",
            "instance": 1,
            "before": "breached",
            "after": "met",
        },
        {
            "version": 1,
            "name": "Handbook",
            "effective_from": datetime(2026, 3, 2, 8, 0, 1, tzinfo=UTC),
            "published": datetime(2026, 3, 2, 8, 0, 1, tzinfo=UTC),
            "by": "linh",
            "why": "new opening hours",
        },
    ],
    ids=lambda line: next(iter(line)),
)
def test_dates_times_and_short_words_are_whole_in_a_narrow_table(
    terminal: io.StringIO, line: dict[str, object]
) -> None:
    printing.show_table("Lines", [line, line])
    text = terminal.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    words = [word for value in line.values() for word in printing.shown(value).split() if len(word) <= 15]
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize(("columns", "in_one_line"), [(3, True), (4, False), (7, True)])
def test_an_id_is_never_cut_in_a_narrow_table(terminal: io.StringIO, columns: int, *, in_one_line: bool) -> None:
    names = ["due", "what", "about", "state", "why", "channel", "template"][:columns]
    printing.show_table("Work", [dict.fromkeys(names, "hand-over new-customer") | {"id": UUID(int=7)}] * 2)
    shown = terminal.getvalue()
    in_column = [line.split("│")[-2].strip() for line in shown.splitlines() if line.startswith("│")]
    assert "".join(in_column).count(str(UUID(int=7))) == 2
    assert (str(UUID(int=7)) in in_column) == in_one_line
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("columns", [60, 40])
def test_rows_that_have_no_room_side_by_side_stand_below_each_other(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    shown, rows = io.StringIO(), [
        {"requested": "2026-03-01 08:00:00", "channel": channel, "template": "received", "state": "suppressed: address",
         "at": None, "id": UUID(int=7)}
        for channel in ("notification", "webhooks")
    ]  # fmt: skip
    monkeypatch.setattr(printing, "console", lambda *_: Console(file=shown, width=columns, highlight=False))
    printing.show_table("Notifications", rows)
    lines = shown.getvalue().splitlines()
    cells = [[cell.strip() for cell in line.split("│")[1:3]] for line in lines if line.startswith("│")]
    names = [name for name, _ in cells if name]
    assert max(map(len, lines)) <= columns
    assert names == [name for name in rows[0] if name != "at"] * len(rows), "what is empty is left out"
    assert ["channel", "notification"] in cells
    assert ["channel", "webhooks"] in cells
    assert "".join(value for _, value in cells).count(str(UUID(int=7))) == len(rows)


def test_a_single_row_from_top_to_bottom_has_no_header_and_so_no_figures_where_there_are_none(
    terminal: io.StringIO,
) -> None:
    printing.show_table("Customer", [{"name": "An", "tier": "gold", "zone": "UTC", "a": 1, "b": 2, "c_d": None}])
    shown = terminal.getvalue()
    assert "figure" not in shown
    assert [cell.strip() for cell in shown.splitlines()[-2].split("│")[1:3]] == ["c d", "-"]


def test_a_number_is_written_as_its_language_writes_it() -> None:
    assert [printing.shown(38_028, language) for language in ("en", "vi")] == ["38,028", "38.028"]
    assert [printing.shown(1_234.5, language) for language in ("en", "vi")] == ["1,234.50", "1.234,50"]


def test_a_bar_counts_what_it_is_given_and_never_shows_more_than_its_total() -> None:
    progress = Progress(disable=True)
    add = printing.Bars(progress).counter("events", 5)
    add(3)
    add(4)
    assert [(task.description, task.completed, task.total) for task in progress.tasks] == [("events", 7, 7)]


@pytest.mark.parametrize(("done", "total", "moves"), [(0, 2_812, True), (1, 2_812, False), (0, 0, False)])
def test_a_bar_moves_before_its_first_step(done: int, total: int, *, moves: bool) -> None:
    progress = Progress(printing.MovingBar(), disable=True)
    printing.Bars(progress).show("tickets judged", done, total)
    (task,) = progress.tasks
    assert printing.MovingBar().render(task).pulse is moves


def test_a_phase_without_a_total_ends_when_the_next_one_begins() -> None:
    progress = Progress(disable=True)
    shown = printing.Bars(progress)
    for phase, done in (("tickets", 10_000), ("tickets", 12_000), ("customers", 0)):
        shown.show_next(phase, done)
    tickets, customers = progress.tasks
    assert [(task.completed, task.total) for task in (tickets, customers)] == [(12_000, 12_000), (0, None)]
    assert [str(printing.CountColumn().render(task)) for task in (tickets, customers)] == ["12000/12000", "0"]
    shown.end()
    assert customers.finished
