"""A ticket with a row that cannot be read waits until the file is mended; nothing of it is lost or invented."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.importing.histories import HEADER, log, record, rejected, row, write

MENDED = [row("New", 0), row("Active", 5), row("Resolved", 540)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.csv"


def topics(dsn: str) -> list[str]:
    return [topic for _, _, topic, _ in log(dsn) if topic.startswith("ticket.")]


def test_a_ticket_whose_rows_are_ordered_by_numbers_and_words_is_rejected_and_its_neighbours_come_in(
    database_url: str, file: Path
) -> None:
    rows = [row("New", 0, note="9"), row("Active", 5, note="10a"), row("Resolved", 540, note="10")]
    neighbour = [row("New", 1, "T2", note="9"), row("Active", 2, "T2", note="10")]
    outcome = record(database_url, write(file, rows + neighbour), order="note")
    assert (outcome.recorded, outcome.rejected) == (2, 3)
    assert {reason for _, reason, _ in rejected(file)} == {
        "belongs to a ticket whose rows are ordered by numbers and by words, which have no common order"
    }


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_all_rows_of_the_ticket_are_held_back_and_the_mended_file_is_the_whole_history(
    database_url: str, file: Path, bad: int
) -> None:
    broken = [row("New", 0), row("Active", 5), row("Resolved", 540), row("New", 7, ticket="T2")]
    broken[bad][HEADER.index("time")] = "02/03/2026 08:00"
    outcome = record(database_url, write(file, broken))
    assert (outcome.rows, outcome.recorded, outcome.rejected, outcome.held_back, outcome.tickets) == (4, 1, 1, 2, 1)
    reasons = {line: reason for line, reason, _ in rejected(file)}
    assert set(reasons) == {2, 3, 4}
    assert "02/03/2026 08:00" in reasons.pop(bad + 2)
    assert set(reasons.values()) == {f"is held back with line {bad + 2} of the same ticket, which cannot be read"}
    outcome = record(database_url, write(file, [*MENDED, row("New", 7, ticket="T2")]))
    assert (outcome.recorded, outcome.known, outcome.late, outcome.whole) == (3, 1, 0, True)
    assert topics(database_url).count("ticket.received") == 2
    assert rejected(file) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("T1,New,2026-03-02T08:00:00,,,,,,,x,surplus\n", "has 11 cells where the header has 10"),
        ("T1,New\n", "has 2 cells where the header has 10"),
        ("T1,New,2026-03-02T08:00:00,,,,,,,\0\n", "holds a NUL character"),
        ("T1,New,2026-03-02T08:00:00,,,,,,,\udcff\n", "holds bytes that are not in the encoding"),
        ('T1,New,2026-03-02T08:00:00,,,,,,,"x" y\n', "a quote is closed in the middle of a cell"),
    ],
)
def test_a_record_that_cannot_be_read_holds_back_the_ticket_that_it_names(
    database_url: str, file: Path, text: str, why: str
) -> None:
    write(file, [row("New", 7, ticket="T2"), row("Active", 1)])
    with file.open("a", encoding="utf-8", errors="surrogateescape", newline="") as more:
        more.write(text)
    outcome = record(database_url, file)
    assert (outcome.rows, outcome.recorded, outcome.rejected, outcome.held_back) == (3, 1, 1, 1)
    (unreadable, held) = sorted(rejected(file), reverse=True)
    assert why in unreadable[1]
    assert unreadable[2] == text.rstrip("\n")
    assert (held[0], held[1]) == (3, "is held back with line 4 of the same ticket, which cannot be read")


def test_of_a_ticket_that_is_recorded_in_part_only_new_rows_are_held_back(database_url: str, file: Path) -> None:
    record(database_url, write(file, MENDED[:2]))
    before = log(database_url)
    broken = [*MENDED[:2], row("Waiting", time="soon"), MENDED[2]]
    outcome = record(database_url, write(file, broken))
    assert (outcome.known, outcome.rejected, outcome.held_back, outcome.recorded) == (2, 1, 1, 0)
    assert log(database_url) == before
    outcome = record(database_url, write(file, [*MENDED[:2], row("Waiting", 10), MENDED[2]]))
    assert (outcome.known, outcome.recorded, outcome.late) == (2, 2, 0)
    assert topics(database_url)[-2:] == ["ticket.put_on_hold", "ticket.resolved"]


def test_pasted_lines_inside_a_quoted_cell_make_no_ticket(database_url: str, file: Path) -> None:
    pasted = "".join(f"F-{number},Closed,2026-03-01T08:00:00\n" for number in range(4_000))
    assert len(pasted) > 131_072
    write(file, [row("New", note=pasted), [*row("New", 1, ticket="T2", note=f"a log:\n{pasted}end"), "surplus"]])
    outcome = record(database_url, file, ignored=["note"])
    assert (outcome.rows, outcome.recorded, outcome.rejected) == (2, 1, 1)
    assert {stream for stream, *_ in log(database_url)} == {stream for stream, *_ in log(database_url)[:3]}
    assert record(database_url, file, source="kept").recorded == 1
    assert any(pasted[:100].replace("\n", "\\n") in state for *_, state in log(database_url))


def test_what_stands_behind_broken_quotes_is_not_taken_and_holds_back_its_tickets(
    database_url: str, file: Path
) -> None:
    write(file, [row("New"), row("New", 1, ticket="T2")])
    with file.open("a", encoding="utf-8") as more:
        more.write('T3,New,2026-03-02T08:00:00,"An\nA-9,Closed,2026-03-01T08:00:00,,,,,,,\n')
        more.write("T1,Closed,2026-03-02T09:00:00,,,,,,,\n")
    outcome = record(database_url, file)
    assert (outcome.rows, outcome.recorded, outcome.rejected, outcome.held_back) == (5, 1, 3, 1)
    assert [line for line, _, _ in sorted(rejected(file))] == [2, 4, 5, 6]
    assert topics(database_url) == ["ticket.received"]


def test_empty_surplus_cells_are_no_cells_and_missing_ones_are_empty(database_url: str, file: Path) -> None:
    file.write_text(
        "ticket,status,time,agent,note\nT1,New,2026-03-02T08:00:00,an,x,, \nT2,New,2026-03-02T08:00:00\n"
        "T3,New,2026-03-02T08:00:00,,\nT4,New\n"
    )
    outcome = record(database_url, file, **FEW_COLUMNS)
    assert (outcome.recorded, outcome.rejected) == (3, 1)
    assert rejected(file) == [(5, "has 2 cells where the header has 5", "T4,New")]


def test_a_short_row_before_the_rest_of_its_broken_line_is_not_taken(database_url: str, file: Path) -> None:
    """A line end without quotes around it has cut the note in two."""
    file.write_text("ticket,status,time,agent,note\nT1,New,2026-03-02T08:00:00,an\nsee the log,x\n")
    outcome = record(database_url, file, **FEW_COLUMNS)
    assert (outcome.recorded, outcome.rejected) == (0, 2)
    assert min(rejected(file)) == (2, "lacks cells, and so does line 3 after it", "T1,New,2026-03-02T08:00:00,an")


FEW_COLUMNS: dict[str, Any] = {
    "customer": None,
    "actor": "agent",
    "assignment": {"agent": "agent"},
    "category": {},
    "priority": {},
    "channel": {},
}


def test_both_columns_of_one_name_are_kept_and_seen_by_the_fingerprint(database_url: str, file: Path) -> None:
    header = [*HEADER, "note", ""]
    write(file, [[*row("New", note="first"), "second", "third"]], header)
    record(database_url, file)
    (state,) = [state for _, _, topic, state in log(database_url) if topic == "ticket.details_changed"]
    for name, word in (("note", "first"), ("note (2)", "second"), ("column 12", "third")):
        assert f'"{name}":{{"old":null,"new":"{word}"}}' in state
    assert record(database_url, file).known == 1
    write(file, [[*row("New", note="first"), "another", "third"]], header)
    assert record(database_url, file).known == 0


times = st.sampled_from(["2026-03-02T08:00:00", "2026-03-02T09:00:00", "2026-03-02T10:00:00", "soon"])
tickets = st.sampled_from(["T1", "T2", "T3"])
histories = st.lists(st.tuples(tickets, st.sampled_from(["New", "Active", "Closed"]), times), max_size=12)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=histories)
def test_a_file_that_is_mended_is_recorded_as_if_it_had_never_been_broken(
    database_url: str, file: Path, rows: Sequence[tuple[str, str, str]]
) -> None:
    broken = [row(status, ticket=ticket, time=time, note=str(n)) for n, (ticket, status, time) in enumerate(rows)]
    mended = [
        row(status, ticket=ticket, time=time.replace("soon", "2026-03-02T07:00:00"), note=str(n))
        for n, (ticket, status, time) in enumerate(rows)
    ]
    holed = {ticket for ticket, _, time in rows if time == "soon"}
    with psycopg.connect(database_url, autocommit=True) as connection:
        empty(connection)
        record(database_url, write(file, mended))
        expected = log(database_url)
        empty(connection)
        outcome = record(database_url, write(file, broken))
        assert (
            outcome.rows
            == outcome.recorded + outcome.held_back + outcome.rejected
            == len(rejected(file)) + outcome.recorded
        )
        assert outcome.recorded == sum(ticket not in holed for ticket, _, _ in rows)
        assert record(database_url, write(file, mended)).whole
        assert log(database_url) == expected


def empty(connection: psycopg.Connection) -> None:
    connection.execute("truncate tenant_default.events, tenant_default.commands")
    connection.execute("update tenant_default.log_head set position = 0")


def test_a_row_without_its_place_among_the_rows_of_its_ticket_is_not_put_anywhere(
    database_url: str, file: Path
) -> None:
    rows = [row("Resolved", 9, note="10"), row("New", 0, note="9"), row("Active", 5)]
    outcome = record(database_url, write(file, rows), order="note")
    assert (outcome.recorded, outcome.rejected, outcome.held_back) == (0, 1, 2)
    assert rejected(file)[0][:2] == (4, "has nothing in note, which orders the rows of its ticket")
