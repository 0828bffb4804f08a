"""Tables on a narrow terminal keep their names and their figures whole."""

import io

import pytest
from rich.console import Console

from api.cli import printing

MONTH = {"period": "2026-03-01", "target": "first_response"}
FIGURES = ("compliance", "met", "breached", "corrected", "cancelled", "elapsed_median", "elapsed_p90")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    shown = io.StringIO()
    monkeypatch.setattr(printing, "console", lambda: Console(file=shown, width=80, highlight=False, markup=False))
    return shown


def test_a_table_of_figures_that_is_too_wide_goes_on_below_with_what_each_row_is_about(terminal: io.StringIO) -> None:
    rows = [MONTH | {name: place * 1_234_567 + n for n, name in enumerate(FIGURES)} for place in (1, 2)]
    printing.show_table("Promises kept", rows)
    text = terminal.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    assert "Promises kept, continued" in text
    assert text.count("2026-03-01") == text.count("first_response") > len(rows)
    for row in rows:
        assert all(text.count(f"{row[name]:,}") == 1 for name in FIGURES)
    assert all(word in text for name in FIGURES for word in name.split("_"))


def test_a_table_that_fits_is_one_table(terminal: io.StringIO) -> None:
    printing.show_table("Clocks", [MONTH | {"open": 1, "paused": 2, "late": 3}] * 2)
    assert "continued" not in terminal.getvalue()


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
