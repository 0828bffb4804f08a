"""Exported tickets: clocks as they stand, times in a zone, names beside ids, and files that spreadsheets read."""

import csv
import io
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import psycopg
import pytest

from api.exporting.exporter import Export, ExportForm, write_export
from api.exporting.snapshot import Moment
from api.exporting.text_files import write_csv
from api.terminal_text import escaped, escaped_json
from domain.customer.commands import ChangeCustomerDetails
from domain.ids import new_id
from domain.sla.calendar.microseconds import SECOND
from domain.ticket import commands as c
from domain.zones import UTC_ZONE, TimeZone, zone_named
from projections.engine.table import Column, SqlType
from projections.sla.queries import open_clocks
from projections.sla.ticket_clocks import ticket_clocks
from tests.support.command_line import Run
from tests.support.events import received
from tests.support.log import append_events
from tests.support.told import LONG_AGO, TENANT, Told, march, told

HANOI = zone_named("Asia/Ho_Chi_Minh")
OFFICE = {"name": "Office", "zone": "UTC", "week": {"mon-fri": ["08:00-12:00"]}}
TARGET = {"duration": "6h", "calendar": "Office", "pauses": ["customer"]}
POLICY = {
    "name": "Office hours",
    "rules": [{"priority": ["P1", "P2"], "first_response": "1h", "resolution": TARGET}, {"first_response": "48h"}],
}


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    """Tickets of Monday, 2 March: running, paused, resolved, cancelled, and one that is promised no resolution."""
    with told(database_url) as made:
        made.calendar(OFFICE)
        made.policy(POLICY)
        customer = made.customer()
        made.send(customer, ChangeCustomerDetails(name="=Hạnh", occurred_at=LONG_AGO))
        made.ticket(march(2, 8), customer, priority="P1")
        paused, resolved, cancelled = (made.ticket(march(2, 9), customer, priority="P2") for _ in range(3))
        made.send(paused, c.AssignTicket(agent="lan", occurred_at=march(2, 10)))
        made.send(paused, c.PutOnHold(waiting_for="customer", reason="r", occurred_at=march(2, 11)))
        made.send(resolved, c.ResolveTicket(resolution="r", occurred_at=march(2, 10)))
        made.send(cancelled, c.CancelTicket(occurred_at=march(2, 10)))
        with psycopg.connect(database_url, autocommit=True) as connection:  # from before customers had to be registered
            append_events(connection, new_id(), received(channel="email", priority="P4"), at=march(2, 9))
        made.follow()
        yield made


def exported(desk: Told, to: Path, now: datetime, *, zone: TimeZone = UTC_ZONE) -> list[dict[str, Any]]:
    with psycopg.connect(desk.dsn, autocommit=True, options="-c timezone=UTC") as connection:
        form = ExportForm("jsonl", bom=False, zone=zone)
        write_export(connection, TENANT, Export("tickets", form, Moment(as_of=now)), to)
    return [json.loads(line) for line in to.read_text(encoding="utf-8").splitlines()]


NOWS = [march(2, 11), march(2, 12), march(3, 9), march(3, 10), march(3, 10, 1), march(9)]


@pytest.mark.parametrize("now", NOWS, ids=str)
def test_a_clock_stands_in_the_export_as_the_pure_function_says(desk: Told, tmp_path: Path, now: datetime) -> None:
    rows = exported(desk, tmp_path / "tickets.jsonl", now)
    with psycopg.connect(desk.dsn) as connection:
        for row in rows:
            for clock in ticket_clocks(connection, TENANT, UUID(row["ticket"]), at=now):
                cells = [row[f"{clock.target}_{fact}"] for fact in ("state", "verdict", "elapsed_seconds")]
                assert cells == [clock.state, clock.verdict, clock.elapsed_us / SECOND]
    assert {row["resolution_state"] for row in rows} == {"running", "paused", "fulfilled", "cancelled", None}


def test_a_late_clock_is_breached_in_the_export_as_in_the_report(desk: Told, tmp_path: Path) -> None:
    late: list[dict[str, Any]] = []
    for now in NOWS:
        rows = exported(desk, tmp_path / "tickets.jsonl", now)
        late = [row for row in rows if row["resolution_state"] == "running" and row["resolution_verdict"] == "breached"]
        with psycopg.connect(desk.dsn) as connection:
            figures = open_clocks(connection, "tenant_default", now=now)
        assert sum(figure.late for figure in figures if figure.target == "resolution") == len(late)
    assert len(late) == 1


def test_times_are_written_in_the_zone_asked_for_with_their_offset(desk: Told, tmp_path: Path) -> None:
    there = exported(desk, tmp_path / "there.jsonl", march(9), zone=HANOI)
    here = exported(desk, tmp_path / "here.jsonl", march(9))
    assert there[0]["received_at"] == "2026-03-02T15:00:00+07:00"
    assert here[0]["received_at"] == "2026-03-02T08:00:00Z"
    for line, shifted in zip(there, here, strict=True):
        for name in ("received_at", "last_event_at", "resolution_due_at", "last_resolved_at"):
            assert (line[name] is None) == (shifted[name] is None)
            assert line[name] is None or datetime.fromisoformat(line[name]) == datetime.fromisoformat(shifted[name])


def test_the_customer_s_name_stands_beside_the_id(desk: Told, run: Run, tmp_path: Path) -> None:
    rows = exported(desk, tmp_path / "tickets.jsonl", march(9))
    assert list(rows[0])[:3] == ["ticket", "customer", "customer_name"]
    assert [row["customer_name"] for row in rows] == ["=Hạnh"] * 4 + [None]
    assert run("export", "tickets", "--to", "tickets.csv").code == 0
    with (tmp_path / "tickets.csv").open(encoding="utf-8", newline="") as file:
        assert [row["customer_name"] for row in csv.DictReader(file)] == ["'=Hạnh"] * 4 + [""]


def test_a_byte_order_mark_is_written_when_it_is_asked_for_and_in_csv_alone(
    desk: Told, run: Run, tmp_path: Path
) -> None:
    assert desk.head()
    for words, begins in (((), b"ticket,"), (("--bom",), b"\xef\xbb\xbfticket,")):
        assert run("export", "tickets", *words, "--zone", "Asia/Ho_Chi_Minh", "--to", "tickets.csv").code == 0
        written = (tmp_path / "tickets.csv").read_bytes()
        assert written.startswith(begins)
        assert b"2026-03-02T15:00:00+07:00" in written
    refused = run("export", "tickets", "--format", "jsonl", "--bom")
    assert refused.code != 0
    assert "--bom dành cho CSV" in refused.err
    assert run("export", "tickets", "--zone", "Asia/Hanoy").code != 0


class Terminal(io.StringIO):
    """A standard output that somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_terminal_gets_no_control_character_and_a_file_gets_them_all(
    desk: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: Literal["csv", "jsonl"]
) -> None:
    name = "\x1b]0;PWNED\x07\u202egnp"
    customer = desk.customer()
    desk.send(customer, ChangeCustomerDetails(name=name, occurred_at=LONG_AGO))
    desk.ticket(march(2, 9), customer)
    desk.follow()
    form, terminal, file = ExportForm(kind, bom=False, zone=UTC_ZONE), Terminal(newline=""), tmp_path / "tickets"
    monkeypatch.setattr(sys, "stdout", terminal)
    with psycopg.connect(desk.dsn, autocommit=True, options="-c timezone=UTC") as connection:
        write_export(connection, TENANT, Export("tickets", form, Moment()), None)
        write_export(connection, TENANT, Export("tickets", form, Moment()), file)
    shown = terminal.getvalue().replace("\r\n", "\n")
    assert escaped(shown) == shown
    assert "]0;PWNED" in shown
    if kind == "jsonl":
        assert shown == escaped_json(file.read_text(encoding="utf-8"))
    else:
        assert name in file.read_text(encoding="utf-8")


def test_a_list_of_names_is_as_inert_as_one() -> None:
    output, names = io.StringIO(), Column("names", SqlType("text[]", "text[]"), nullable=False)
    write_csv(output, [names], [(["=1", "x"],)], UTC_ZONE, bom=False, shown=False)
    assert output.getvalue() == "names\r\n'=1 x\r\n"
