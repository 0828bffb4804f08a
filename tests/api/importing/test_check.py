"""A check says of a whole file what an import would do, and records nothing."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.importing.check import ImportForecast, check_file
from api.importing.recorder import Recorder
from domain.messages import LONGEST_TEXT
from tests.support.importing.exports import at
from tests.support.importing.exports import mapping as export_mapping
from tests.support.importing.histories import HEADER, log, mapping, record, row, write

ROWS = [
    row("New", 0, priority="high", channel="phone", category="login"),
    row("Frozen", 5, priority="urgent", channel="email", category="login"),
    row("Active", time="soon", ticket="T2", priority="urgent"),
    row("Closed", 70, ticket="T2"),
    row("New", 9, ticket="T3", priority="P2"),
    row("New", ticket="T4", time="later"),
    row("New", ticket=""),
]
FEW: dict[str, Any] = {"customer": None, "assignment": {}, "priority": {}, "satisfaction": None, "effort": None}
"""What a mapping of few columns leaves out."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "history.csv", ROWS)


def check(file: Path) -> ImportForecast:
    return check_file(file, mapping())


def test_a_check_counts_rows_tickets_and_events_by_kind(file: Path) -> None:
    forecast = check(file)
    outcome = forecast.outcome
    assert (outcome.rows, outcome.recorded, outcome.held_back, outcome.rejected, outcome.tickets) == (7, 3, 1, 3, 2)
    assert forecast.events_by_kind == {
        "customer.registered": 2,
        "ticket.received": 2,
        "ticket.prioritised": 1,
        "ticket.details_changed": 1,
    }
    assert outcome.events == 6
    assert outcome.read_as == "CSV separated by commas, in utf-8"


def test_a_check_names_the_words_that_the_mapping_does_not(file: Path) -> None:
    forecast = check(file)
    assert forecast.outcome.unknown_states == {"Frozen": 1}
    assert forecast.unknown_words == {"channel": {}, "category": {"login": 2}, "priority": {"urgent": 1}}


def test_a_check_shows_times_as_written_and_as_read(file: Path) -> None:
    (dates,) = check(file).dates
    assert (dates.column, dates.read, dates.unreadable) == ("time", 4, 2)
    assert dates.earliest is not None
    assert dates.latest is not None
    assert [example.written[11:16] for example in (*dates.examples, dates.earliest, dates.latest)] == [
        "08:00", "08:05", "09:10", "08:00", "09:10",
    ]  # fmt: skip
    assert all(example.read.isoformat()[:16] == example.written[:16] for example in dates.examples)


def test_a_check_names_the_columns_of_times_that_no_key_names(tmp_path: Path) -> None:
    header = ["id", "status", "created", "Solved at", "Room"]
    rows = [[f"T{n}", "New", at("02 08:00"), at("03 08:00"), f"{n}a"] for n in range(3)]
    of = export_mapping(time={"created": "created"}, comments=[], **FEW)
    assert check_file(write(tmp_path / "export.csv", rows, header), of).unmapped_times == ["Solved at"]


def test_a_check_counts_what_would_not_be_taken_by_reason(file: Path) -> None:
    reasons = [(reason.reason, reason.rows, reason.lines) for reason in check(file).not_taken]
    assert reasons == [
        ("the time 'soon' in time is not written as iso", 2, [4, 7]),
        ("names no ticket in ticket", 1, [8]),
        ("is held back with line 4 of the same ticket, which cannot be read", 1, [5]),
    ]


def test_a_subject_that_no_list_could_show_is_refused(tmp_path: Path) -> None:
    header = ["id", "status", "created", "title"]
    rows = [[f"T{length}", "New", at("02 08:00"), "x" * length] for length in (LONGEST_TEXT, LONGEST_TEXT + 1)]
    of = export_mapping(time={"created": "created"}, comments=[], received={"subject": "title"}, **FEW)
    forecast = check_file(write(tmp_path / "export.csv", rows, header), of)
    (reason,) = forecast.not_taken
    assert (forecast.outcome.recorded, reason.reason) == (1, "the subject in title is longer than 20000 characters")


def test_a_check_foretells_what_the_import_then_does_and_records_nothing(database_url: str, file: Path) -> None:
    record(database_url, write(file, ROWS[:2]))
    write(file, ROWS)
    before = log(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        foretold = check_file(
            file, mapping(), lambda binding: Recorder(connection, "default", binding).forecast
        ).outcome
    assert log(database_url) == before
    done = record(database_url, file)
    assert (done.known, done.recorded) == (2, 1)
    assert foretold == done


def test_words_beyond_count_are_counted_together(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.importing.outcome.MOST_WORDS", 2)
    write(file, [row("New", ticket=f"T{n}", category=f"c{n}") for n in range(5)], HEADER)
    assert check(file).unknown_words["category"] == {"c0": 1, "c1": 1, "(others)": 3}


def test_customers_are_foretold_once_and_only_those_that_the_log_does_not_know(database_url: str, file: Path) -> None:
    record(database_url, write(file, [row("New", customer="An")]))
    rows = [row("New", ticket=f"T{n}", customer=name) for n, name in enumerate(["An", "An", "Binh", "binh ", ""], 2)]
    write(file, [row("New", customer="An"), *rows, row("Active", 5, ticket="T6", customer="Chi")])
    with psycopg.connect(database_url, autocommit=True) as connection:
        foretold = check_file(file, mapping(), lambda binding: Recorder(connection, "default", binding).forecast)
    done = record(database_url, file)
    assert foretold.outcome == done
    assert foretold.events_by_kind["customer.registered"] == 4


def test_ratings_efforts_and_dates_of_comments_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    comments = "2026-03-02T08:20Z;huong;checked", "soon;huong;call"
    cells = [("4.0", "1 440"), ("Great", "1,440"), ("Great", "a while"), ("good", "0"), ("", "")]
    rows = [[f"T{n}", "New", at("02 08:00"), score, minutes, *comments] for n, (score, minutes) in enumerate(cells)]
    header = ["id", "status", "created", "score", "minutes", "comment", "comment"]
    of = export_mapping(time={"created": "created"}, customer=None, assignment={}, priority={})
    forecast = check_file(write(tmp_path / "export.csv", rows, header), of)
    assert forecast.unknown_words["satisfaction"] == {"Great": 2}
    assert forecast.unknown_words["effort"] == {"1,440": 1, "a while": 1}
    (dates,) = (dates for dates in forecast.dates if dates.column == "comment")
    assert (dates.read, dates.unreadable) == (5, 5)
