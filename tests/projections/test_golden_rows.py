"""A fold that gives other rows of a fixed history needs another version, and then has its rows recorded."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.event_log.event_types import EVENT_TYPES
from projections.engine.projection import FoldInputs, Projection, Row
from projections.engine.stream import Stream
from projections.registry import PROJECTIONS
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS, StoredTicket
from tests.support import golden
from tests.support.golden import HISTORY, Golden, rows_of, stored_history

RAISE, RECORD = "raise its version", "is not recorded"


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
def test_every_projection_gives_the_rows_that_are_recorded_for_its_version(projection: Projection) -> None:
    assert rows_of(projection, stored_history()).problem() is None


def test_every_kind_of_event_and_every_projection_is_in_the_recorded_files() -> None:
    assert {event.topic for event in stored_history()} == set(EVENT_TYPES.classes)
    recorded = {path.name for path in HISTORY.parent.iterdir()}
    assert recorded == {HISTORY.name, *(f"{projection.name}.txt" for projection in PROJECTIONS)}


def test_the_recorded_history_is_the_part_of_a_log() -> None:
    log = stored_history()
    assert [event.position for event in log] == list(range(1, len(log) + 1))
    for stream in {event.stream for event in log}:
        versions = [event.version for event in log if event.stream == stream]
        assert versions == list(range(1, len(versions) + 1))


def otherwise(stream: Stream, inputs: FoldInputs) -> Iterable[Row]:
    """A changed fold: it does not count automated replies."""
    for row in TICKETS.fold(stream, inputs):
        yield replace(row, automated_replies=0) if isinstance(row, StoredTicket) else row


def problem(projection: Projection) -> str:
    return rows_of(projection, stored_history()).problem() or ""


def test_a_changed_fold_or_table_without_another_version_is_a_problem() -> None:
    other_table = replace(TICKETS.tables[0], indexes=())
    assert RAISE in problem(replace(TICKETS, fold=otherwise))
    assert RAISE in problem(replace(TICKETS, tables=(other_table, *TICKETS.tables[1:])))
    assert RAISE in problem(replace(TICKETS, fold=otherwise, version=TICKETS.version - 1))


def test_another_version_is_a_problem_until_its_rows_are_recorded() -> None:
    assert RECORD in problem(replace(TICKETS, version=TICKETS.version + 1))
    assert RECORD in problem(replace(TICKETS, fold=otherwise, version=TICKETS.version + 1))


def test_other_zone_data_changes_the_recorded_rows() -> None:
    """The control for an upgrade of tzdata: the calendar's zone stands for other data of the same zone."""
    log = [in_another_zone(event) if event.topic == "calendar.published" else event for event in stored_history()]
    assert RAISE in (rows_of(SLA_CLOCKS, log).problem() or "")


def in_another_zone(event: Any) -> Any:
    calendar = event.payload.calendar.model_copy(update={"zone": "Pacific/Kiritimati"})
    around = event.envelope.model_copy(update={"event_id": f"{event.envelope.event_id} elsewhere"})
    return event._replace(envelope=around, payload=event.payload.model_copy(update={"calendar": calendar}))


def test_a_stream_that_is_added_to_the_history_needs_no_other_version() -> None:
    made = rows_of(TICKETS, stored_history())
    shorter = replace(made, parts=dict(list(made.parts.items())[1:]))
    assert made.only_adds_to(shorter)
    assert not shorter.only_adds_to(made)


def test_the_command_records_a_new_version_and_refuses_changed_rows_of_a_recorded_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def given(parts: dict[str, str], version: int) -> int:
        made = Golden(tmp_path / "some.txt", version, "create table some", parts)
        monkeypatch.setattr(golden, "every_golden", lambda: [made])
        return golden.record()

    first, second = {"stream 1": "stream 1\nrow"}, {"stream 1": "stream 1\nother row"}
    assert given(first, version=1) == 0
    assert given(first | {"stream 2": "stream 2\nrow"}, version=1) == 0
    assert given(second, version=1) == 1
    assert RAISE in capsys.readouterr().err
    assert "other" not in (tmp_path / "some.txt").read_text()
    assert given(second, version=2) == 0
    assert "other" in (tmp_path / "some.txt").read_text()
