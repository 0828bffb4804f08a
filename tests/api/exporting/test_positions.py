"""What an export shows: one position, whatever goes on beside it; and what changed after one."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest

from api.exporting.snapshot import ExportRefused, Moment, snapshot_of
from domain.ticket import commands as c
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from projections.tickets.table import TICKETS
from tests.support.catching_up import catch_up
from tests.support.exported_desk import steps
from tests.support.exported_files import exported_to, files_under, lines_of, manifest_beside
from tests.support.told import TENANT, Told, march, told


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as made:
        yield made


@pytest.mark.usefixtures("exported_template")
@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx"])
def test_two_exports_at_one_position_are_equal_byte_by_byte(desk: Told, tmp_path: Path, kind: Any) -> None:
    first, second = (exported_to(desk.dsn, tmp_path / name / "all", "everything", kind) for name in _folders(tmp_path))
    if kind == "xlsx":
        first, second = first.parent, second.parent
    assert files_under(first) == files_under(second)
    position = desk.head()
    desk.ticket(march(20))
    desk.follow()
    again = exported_to(desk.dsn, tmp_path / "third" / "all", "everything", kind, Moment(at=position))
    assert files_under(again if kind != "xlsx" else again.parent) == files_under(first)


def _folders(folder: Path) -> list[str]:
    names = ["one", "other", "third"]
    for name in names:
        (folder / name).mkdir()
    return names[:2]


def test_an_export_at_a_position_is_that_which_was_made_when_the_log_ended_there(desk: Told, tmp_path: Path) -> None:
    then: dict[int, dict[str, bytes]] = {}
    for number, step in enumerate(steps(desk)):
        step()
        if number % 6 == 0:
            desk.follow()
            position = desk.head()
            then[position] = files_under(exported_to(desk.dsn, tmp_path / f"then{position}", "everything", "jsonl"))
    desk.follow()
    for position, files in then.items():
        now = exported_to(desk.dsn, tmp_path / f"now{position}", "everything", "jsonl", Moment(at=position))
        assert files_under(now) == files


@pytest.mark.usefixtures("exported_template")
def test_the_events_of_two_stretches_are_those_of_the_whole(desk: Told, tmp_path: Path) -> None:
    end, middle = desk.head() - 1, desk.head() // 2
    moments = {"whole": Moment(at=end), "begun": Moment(at=middle), "rest": Moment(at=end, after=middle)}
    whole, begun, rest = (
        exported_to(desk.dsn, tmp_path / name, "events", "jsonl", moment).read_bytes()
        for name, moment in moments.items()
    )
    assert begun + rest == whole


def test_what_changed_after_a_position_brings_its_export_up_to_date(desk: Told, tmp_path: Path) -> None:
    """By the rule of the how-to: remove the rows of changed streams and those that came again, then add."""
    made = steps(desk)
    for step in made[:5]:
        step()
    positions = [desk.head()]
    for number, step in enumerate(made[5:], start=1):
        step()
        if number % 4 == 0 or number == len(made[5:]):
            positions.append(desk.head())
    desk.follow()
    head = desk.head()
    whole = _tables(exported_to(desk.dsn, tmp_path / "whole", "everything", "jsonl"))
    assert sum(bool(rows) for rows in whole.values()) >= 11
    for position in positions:
        before = _tables(exported_to(desk.dsn, tmp_path / f"b{position}", "everything", "jsonl", Moment(at=position)))
        folder = exported_to(desk.dsn, tmp_path / f"d{position}", "everything", "jsonl", Moment(after=position))
        assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["first_position"] == position + 1
        delta = _tables(folder)
        changed = {row["stream"] for row in delta.pop("changed_streams")}
        assert (position == head) == (not changed)
        for name, rows in before.items():
            assert _up_to_date(rows, delta[name], changed) == _sorted(whole[name]), (name, position)
        assert len(delta["events"]) == head - position


def _tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return {file.stem: _without_now(lines_of(file)) for file in folder.glob("*.jsonl")}


def _without_now(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without how long a clock has been running."""
    return [{name: value for name, value in row.items() if not name.endswith("elapsed_seconds")} for row in rows]


def _up_to_date(before: list[dict[str, Any]], delta: list[dict[str, Any]], changed: set[str]) -> list[dict[str, Any]]:
    first = next(iter((before or delta or [{"": ""}])[0]))
    gone = changed | {row[first] for row in delta}
    return _sorted([*(row for row in before if row[first] not in gone), *delta])


def _sorted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=json.dumps)


def test_an_export_shows_one_position_while_projections_lag_behind_each_other(desk: Told, tmp_path: Path) -> None:
    ticket = desk.ticket(march(2))
    desk.follow()
    position = desk.head()
    desk.send(ticket, c.ResolveTicket(resolution="r", occurred_at=march(3)))
    catch_up(desk.dsn, TENANT, [TICKETS])
    file = exported_to(desk.dsn, tmp_path / "tickets.jsonl", "tickets", "jsonl")
    assert [row["state"] for row in lines_of(file)] == ["received"]
    assert manifest_beside(file)["last_position"] == position


def test_a_rebuild_waits_for_an_export_which_keeps_its_rows(desk: Told) -> None:
    desk.ticket(march(2))
    desk.follow()
    rebuilding = Thread(target=rebuild, args=(desk.dsn, TENANT, PROJECTIONS), kwargs={"views": VIEWS}, daemon=True)
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        with snapshot_of(connection, TENANT, [TICKETS]) as snapshot:
            rebuilding.start()
            held = _a_switch_has_been_tried(desk.dsn)
            counted = connection.execute("select count(*) from tenant_default.tickets").fetchone()
            assert snapshot.schema == "tenant_default"
        rebuilding.join(60)
        assert held
        assert counted == (1,)
        assert connection.execute("select count(*) from tenant_default.tickets").fetchone() == (1,)


def _a_switch_has_been_tried(dsn: str) -> bool:
    """Whether somebody waits for a table that the export holds, within a minute."""
    waiting, seen = Event(), False
    with psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(6_000):
            row = connection.execute(
                "select count(*) from pg_locks where not granted and mode = 'AccessExclusiveLock'"
            ).fetchone()
            seen = row is not None and row[0] > 0
            if seen or waiting.wait(0.01):
                break
    return seen


def test_a_position_that_the_log_has_not_reached_is_refused(desk: Told, tmp_path: Path) -> None:
    desk.ticket(march(2))
    desk.follow()
    for moment in (Moment(at=99), Moment(after=99)):
        with pytest.raises(ExportRefused, match="99 lies after"):
            exported_to(desk.dsn, tmp_path / "tickets.csv", "tickets", "csv", moment)
    assert list(tmp_path.iterdir()) == []


def test_a_tenant_with_no_rows_is_exported_as_headers(desk: Told, tmp_path: Path) -> None:
    folder = exported_to(desk.dsn, tmp_path / "all", "everything", "csv")
    files = {file.stem: file.read_text(encoding="utf-8").splitlines() for file in folder.glob("*.csv")}
    assert len(files.pop("figures")) > 1
    assert {len(lines) for lines in files.values()} == {1}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["last_position"] == 0
    assert {table["name"] for table in manifest["tables"] if table["rows"]} == {"figures"}
