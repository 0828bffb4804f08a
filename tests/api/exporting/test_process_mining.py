"""The log for process mining, read by a program that is not ours, and against the folded rows."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import r4pm

from api.exporting.process_mining.objects import object_of
from domain.command_context import Actor
from domain.customer.state import Customer
from domain.switches.events import SwitchStopped
from domain.ticket import commands as c
from tests.support.events import at, history, received
from tests.support.exported_files import exported_to, lines_of, manifest_beside
from tests.support.log import append_events, append_history
from tests.support.told import Told, march, told

ROOT = Actor(kind="agent", id="root")


@pytest.fixture
def desk(exported_template: str, database_url: str) -> Iterator[Told]:  # noqa: ARG001 -- the database is a copy of it
    with told(database_url) as made:
        with psycopg.connect(database_url, autocommit=True) as connection:  # of a customer who was never registered
            append_events(connection, UUID(int=7), received(channel="email", priority="P4"), at=march(2, 9))
        first, second = made.ticket(march(11)), made.ticket(march(11))
        made.send(first, c.MergeTicket(into=second, reason="r", occurred_at=march(12)))
        made.send(second, c.EscalateTicket(to="Hàng 2", level=2, reason="r", occurred_at=march(12)))
        append_history(database_url, history(at(0, SwitchStopped(what="automation", name="x"), ROOT)))  # of no object
        made.follow()
        yield made


def read_back(file: Path, folder: Path) -> Any:
    """The file as r4pm reads and writes it."""
    kind = "EventLog" if file.suffix == ".xes" else "OCEL"
    item = r4pm.import_item(kind, str(file))
    r4pm.export_item(item, str(folder / "again.json"))
    r4pm.remove_item(item)
    return json.loads((folder / "again.json").read_text(encoding="utf-8"))


def one_form(value: object) -> str:
    """An instant in one form: the other reader leaves zeros out at the end of a fraction. Any other value as text."""
    try:
        return datetime.fromisoformat(str(value)).isoformat()
    except ValueError:
        return str(value)


def unordered(log: dict[str, Any]) -> dict[str, Any]:
    """The log without the order of its lists."""

    def of(each: dict[str, Any]) -> list[Any]:
        attributes = sorted(
            (attribute["name"], one_form(attribute.get("time", "")), one_form(attribute["value"]))
            for attribute in each["attributes"]
        )
        return [each["type"], one_form(each.get("time")), attributes,
                sorted((link["objectId"], link["qualifier"]) for link in each["relationships"])]  # fmt: skip

    return {part: {each["id"]: of(each) for each in log[part]} for part in ("objects", "events")}


def test_another_reader_finds_what_was_written_in_json_and_in_sqlite(desk: Told, tmp_path: Path) -> None:
    written = exported_to(desk.dsn, tmp_path / "log.json", "events", "ocel-json")
    stored = exported_to(desk.dsn, tmp_path / "log.sqlite", "events", "ocel-sqlite")
    log = json.loads(written.read_text(encoding="utf-8"))
    assert unordered(read_back(written, tmp_path)) == unordered(log)
    assert unordered(read_back(stored, tmp_path)) == unordered(log)
    manifest = manifest_beside(written)
    assert (manifest["objects"], manifest["events"]) == (len(log["objects"]), len(log["events"]))


def test_the_log_keeps_to_the_standard(desk: Told, tmp_path: Path) -> None:
    """Unique ids, declared types and attributes, and no link to an object that is not there."""
    log = json.loads(exported_to(desk.dsn, tmp_path / "log.json", "events", "ocel-json").read_text(encoding="utf-8"))
    ids = [each["id"] for each in log["objects"]]
    assert len(set(ids)) == len(ids)
    assert len({each["id"] for each in log["events"]}) == len(log["events"])
    for part, types in (("objects", "objectTypes"), ("events", "eventTypes")):
        declared = {
            each["name"]: {attribute["name"]: attribute["type"] for attribute in each["attributes"]}
            for each in log[types]
        }
        values = {"string": str, "integer": int, "time": str}
        for each in log[part]:
            assert {link["objectId"] for link in each["relationships"]} <= set(ids)
            for attribute in each["attributes"]:
                assert isinstance(attribute["value"], values[declared[each["type"]][attribute["name"]]])
    positions = [_of(each)["position"] for each in log["events"]]
    assert positions == sorted(positions)
    links = {link["qualifier"] for each in log["events"] for link in each["relationships"]}
    assert links == {"about", "by", "to", "for"}
    linked = {link["objectId"] for each in log["events"] for link in each["relationships"]}
    assert {each["id"] for each in log["objects"] if each["type"] in {"agent", "team"}} <= linked
    assert {link["qualifier"] for each in log["objects"] for link in each["relationships"]} == {"absorbed_into"}
    assert {each["type"] for each in log["objects"]} == {each["name"] for each in log["objectTypes"]}


def _of(each: dict[str, Any]) -> dict[str, Any]:
    return {attribute["name"]: attribute["value"] for attribute in each["attributes"]}


def test_the_last_value_of_an_attribute_is_that_of_the_tickets_row(desk: Told, tmp_path: Path) -> None:
    log = json.loads(exported_to(desk.dsn, tmp_path / "log.json", "events", "ocel-json").read_text(encoding="utf-8"))
    objects = {each["id"]: each for each in log["objects"]}
    rows = lines_of(exported_to(desk.dsn, tmp_path / "t.jsonl", "tickets", "jsonl"))
    for row in rows:
        values = _of(objects[row["ticket"]])
        assert [values.get(name) for name in ("state", "priority", "category")] == [
            row[name] for name in ("state", "priority", "category")
        ]
        about = [
            each["id"] for each in log["events"]
            if {"objectId": row["ticket"], "qualifier": "about"} in each["relationships"]
        ]  # fmt: skip
        assert len(about) == row["version"]
    merged = next(row for row in rows if row["merged_into"])
    assert objects[merged["ticket"]]["relationships"] == [
        {"objectId": merged["merged_into"], "qualifier": "absorbed_into"}
    ]


def test_an_attribute_that_has_lost_its_value_has_the_empty_text() -> None:
    states = [Customer(), Customer(tier="gold"), Customer(), Customer(), Customer(tier="gold")]
    written = object_of("id", "customer", [(march(day), state) for day, state in enumerate(states, start=1)], [])
    assert [(each.value, each.time) for each in written.attributes] == [
        ("gold", march(2)), ("", march(3)), ("gold", march(5)),
    ]  # fmt: skip


def test_sqlite_finds_no_broken_reference(desk: Told, tmp_path: Path) -> None:
    file = exported_to(desk.dsn, tmp_path / "log.sqlite", "events", "ocel-sqlite")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("pragma foreign_key_check").fetchall() == []
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert file.read_bytes() == exported_to(desk.dsn, tmp_path / "again.sqlite", "events", "ocel-sqlite").read_bytes()


def test_what_an_object_always_has_stands_in_its_first_row_of_sqlite(desk: Told, tmp_path: Path) -> None:
    """Readers take the row without a changed field for the attributes of the object."""
    file = exported_to(desk.dsn, tmp_path / "log.sqlite", "events", "ocel-sqlite")
    with closing(sqlite3.connect(file)) as connection:
        teams = "select name, ocel_changed_field, count(*) over (partition by ocel_id) from object_team"
        assert set(connection.execute(teams)) == {("Hàng 1", None, 1), ("Hàng 2", None, 1)}
        targets = "select count(*) from object_sla_instance where ocel_changed_field is null and target is null"
        assert connection.execute(targets).fetchone() == (0,)


def test_a_trace_of_xes_is_a_ticket_in_world_order(desk: Told, tmp_path: Path) -> None:
    log = read_back(exported_to(desk.dsn, tmp_path / "log.xes", "tickets", "xes"), tmp_path)
    rows = {row["ticket"]: row for row in lines_of(exported_to(desk.dsn, tmp_path / "t.jsonl", "tickets", "jsonl"))}
    traces = {_content(trace)["concept:name"]: trace for trace in log["traces"]}
    assert traces.keys() == rows.keys()
    for ticket, trace in traces.items():
        events = [_content(event) for event in trace["events"]]
        times = [datetime.fromisoformat(event["time:timestamp"]) for event in events]
        assert times == sorted(times)
        assert events[0]["concept:name"] == "ticket.received"
        assert events[-1]["state"] == rows[ticket]["state"]


def _content(each: dict[str, Any]) -> dict[str, Any]:
    return {attribute["key"]: attribute["value"]["content"] for attribute in each["attributes"]}
