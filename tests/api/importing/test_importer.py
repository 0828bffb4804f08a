"""What an import records of a file, on a real log: nothing is lost, and nothing is recorded twice."""

from pathlib import Path

import psycopg
import pytest

from api.importing import outcome as outcomes
from api.importing.mapping import MappingError
from api.importing.rows import UnreadableFile
from domain.event_log.append import Batch, append_statement
from tests.support.catching_up import catch_up
from tests.support.importing.histories import desk_history, log, record, rejected, row, write


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.csv"


def test_every_row_becomes_events_or_a_line_with_its_reason(database_url: str, file: Path) -> None:
    rows = [
        row("New"),
        row("New", ticket=""),
        [*row("New", 3, ticket="T2"), "too much"],
        row("Closed", ticket="T2", time="soon"),
        [*row("New", 5, ticket="T3"), "too much"],
        row("Closed", ticket="T3", time="later"),
    ]
    outcome = record(database_url, write(file, rows))
    assert (outcome.rows, outcome.recorded, outcome.rejected, outcome.tickets) == (6, 1, 5, 1)
    assert {(line, reason.split()[0]) for line, reason, _ in rejected(file)} == {
        (3, "names"), (4, "has"), (5, "the"), (6, "has"), (7, "the"),
    }  # fmt: skip
    assert [text.split(",")[0] for _, _, text in rejected(file)] == ["", "T2", "T2", "T3", "T3"]


def test_a_ticket_whose_number_no_command_id_can_hold_is_rejected_and_its_neighbours_come_in(
    database_url: str, file: Path
) -> None:
    outcome = record(database_url, write(file, [row("New", ticket="T\x1e1"), row("New", ticket="T2")]))
    assert (outcome.recorded, outcome.rejected) == (1, 1)


def test_the_same_file_again_adds_nothing(database_url: str, file: Path) -> None:
    write(file, desk_history(20))
    first = record(database_url, file)
    before = log(database_url)
    again = record(database_url, file)
    assert first.recorded == again.known == again.rows == 100
    assert (again.recorded, again.events) == (0, 0)
    assert log(database_url) == before


def test_a_longer_file_adds_only_what_is_new(database_url: str, file: Path) -> None:
    rows = desk_history(20)
    record(database_url, write(file, rows[:53]))
    outcome = record(database_url, write(file, rows))
    assert (outcome.known, outcome.recorded) == (53, 47)


def test_another_source_is_another_history(database_url: str, file: Path) -> None:
    write(file, [row("New")])
    record(database_url, file)
    assert record(database_url, file, source="other-desk").recorded == 1


def test_a_customer_is_registered_once(database_url: str, file: Path) -> None:
    rows = desk_history(30)
    record(database_url, write(file, rows[:70]))
    record(database_url, write(file, rows))
    assert [topic for _, _, topic, _ in log(database_url)].count("customer.registered") == 7


def test_a_row_that_has_changed_since_is_rejected_and_what_is_recorded_stays(database_url: str, file: Path) -> None:
    record(database_url, write(file, [row("New"), row("Active", 1, agent="linh"), row("Closed", 2)]))
    before = log(database_url)
    changed = [row("New"), row("Active", 1, agent="huong"), row("Closed", 2), row("Active", 3)]
    outcome = record(database_url, write(file, changed))
    assert (outcome.known, outcome.rejected, outcome.recorded) == (2, 1, 1)
    assert [(line, reason.split()[0]) for line, reason, _ in rejected(file)] == [(3, "differs")]
    assert set(before) < set(log(database_url))


def test_what_the_source_computes_may_change_without_a_row_being_another(database_url: str, file: Path) -> None:
    record(database_url, write(file, [row("New", note="open")]), truth=["note"])
    outcome = record(
        database_url, write(file, [row("New", note="closed"), row("Closed", 5, note="closed")]), truth=["note"]
    )
    assert (outcome.known, outcome.recorded, outcome.rejected) == (1, 1, 0)


def test_a_row_that_is_put_in_before_recorded_ones_becomes_details_and_the_ticket_stays_as_it_ended(
    database_url: str, file: Path
) -> None:
    record(database_url, write(file, [row("New"), row("Closed", 2)]))
    outcome = record(database_url, write(file, [row("New"), row("Active", 1), row("Closed", 2)]))
    assert (outcome.known, outcome.recorded, outcome.late, outcome.rejected) == (2, 1, 1, 0)
    assert log(database_url)[-1][2] == "ticket.details_changed"
    assert record(database_url, file).recorded == 0


def test_rows_are_ordered_by_the_column_that_the_mapping_names(database_url: str, file: Path) -> None:
    write(file, [row("Closed", 30), row("New"), row("Active", 10)])
    record(database_url, file, order="time")
    kinds = [topic for _, _, topic, _ in log(database_url) if topic != "customer.registered"]
    assert kinds == ["ticket.received", "ticket.work_started", "ticket.closed"]


def test_a_row_earlier_than_the_one_before_is_noted_and_its_place_kept(database_url: str, file: Path) -> None:
    outcome = record(database_url, write(file, [row("New", 5), row("Active", 1), row("Closed", 9)]))
    assert (outcome.back_in_time, outcome.back_in_time_lines) == (1, [3])
    assert [topic for _, _, topic, _ in log(database_url)][-1] == "ticket.closed"
    repeated = record(database_url, file)
    assert (repeated.known, repeated.back_in_time, repeated.back_in_time_lines) == (3, 0, [])


def test_states_that_the_mapping_does_not_name_are_counted_each_as_it_is_written(database_url: str, file: Path) -> None:
    rows = [
        row("New"),
        row("Frozen", 1),
        row("Đã khóa", 2),
        row("Frozen", 3),
        row("", 4),
        row("Frozen", ticket="T2", time="soon"),
    ]
    write(file, rows)
    assert record(database_url, file).unknown_states == {"Frozen": 2, "Đã khóa": 1}
    assert record(database_url, file).unknown_states == {"Frozen": 2, "Đã khóa": 1}


def test_a_column_that_is_no_state_does_not_make_the_report_grow_without_bound(
    database_url: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "MOST_WORDS", 2)
    write(file, [row(state, minute) for minute, state in enumerate(["a", "b", "c", "d", "a"])])
    assert record(database_url, file).unknown_states == {"a": 2, "b": 1, "(others)": 2}


def test_a_ticket_that_was_worked_on_since_takes_the_rest_of_its_history_behind_that(
    database_url: str, file: Path
) -> None:
    record(database_url, write(file, [row("New")]))
    with psycopg.connect(database_url, autocommit=True) as connection:
        stream = next(event[0] for event in log(database_url) if event[2] == "ticket.received")
        batch = Batch(judged={stream: 1}, seen=["by-hand"])
        state = next(event[3] for event in log(database_url) if event[2] == "ticket.received")
        batch.add_event(stream, 2, "ticket.received", state)
        batch.add_command("by-hand", "by-hand", stream, 2, 1)
        connection.execute(append_statement("default"), batch.parameters())
    assert record(database_url, write(file, [row("New"), row("Closed", 3)])).recorded == 1
    assert [version for of, version, *_ in log(database_url) if of == stream] == [1, 2, 3]


def test_a_header_in_another_encoding_is_told_apart_from_none(database_url: str, file: Path) -> None:
    file.write_bytes("ticket,status,time,ghi chú\n".encode("latin-1"))
    with pytest.raises(UnreadableFile, match="holds bytes that are not in the encoding of the file"):
        record(database_url, file)


@pytest.mark.parametrize("broken", ["", "ticket,status\nT1,New\n"])
def test_a_file_that_cannot_be_used_leaves_the_log_as_it_was(database_url: str, file: Path, broken: str) -> None:
    file.write_text(broken)
    with pytest.raises(MappingError if broken else UnreadableFile):
        record(database_url, file)
    assert log(database_url) == []


def test_every_imported_history_can_be_projected(database_url: str, file: Path) -> None:
    strange = [
        row("Closed"),
        row("Frozen", 1),
        row("Waiting", 2),
        row("New", 0),
        row("Resolved", 3, priority="?", channel="Fax"),
        row("Cancelled", 4),
        row("", 5),
        row("Active", 6, note="x" * 10_000),
        row("Active", 7, category="Loại đặc biệt ☎"),
    ]
    record(database_url, write(file, strange))
    catch_up(database_url)
    with psycopg.connect(database_url) as connection:
        stopped = connection.execute(
            "select name, error from tenant_default.projection_positions where stopped_at is not null"
        ).fetchall()
        assert stopped == []
        assert connection.execute("select state, open from tenant_default.tickets").fetchall() == [
            ("in_progress", True)
        ]
