"""Imports that users reported: what the commands and reports say of them."""

import csv
import json
from pathlib import Path

from tests.support.catching_up import catch_up
from tests.support.command_line import Run

LOG = """
source = "desk"
ticket = "ticket"
[time]
column = "time"
{time}
[state]
column = "status"
[state.values]
"Open" = "received"
"New" = "received"
"Active" = "in_progress"
"In progress" = "in_progress"
"Assigned" = "assigned"
"Pending" = "waiting:customer"
"Resolved" = "resolved"
[priority]
column = "prio"
"""
MINUTE = 60_000_000
"""In microseconds."""

EXPORT = """
source = "desk"
ticket = "ticket"
[time]
created = "created"
first_reply = "first_reply"
resolved = "resolved"
[state]
column = "status"
values = { "Open" = "received", "Resolved" = "resolved", "Closed" = "closed" }
"""


def imported(run: Run, database_url: str, mapping: str, *rows: list[str]) -> dict[str, int]:
    """What the import answers, once every projection has seen it."""
    Path("map.toml").write_text(mapping, encoding="utf-8")
    with Path("rows.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    answer = run("import", "rows.csv", "--mapping", "map.toml", "--json")
    assert answer.code == 0, answer.err
    catch_up(database_url)
    counts: dict[str, int] = answer.json
    return counts


def test_a_wait_that_ends_in_the_second_of_two_equal_hours_lasts_twenty_minutes(run: Run, database_url: str) -> None:
    berlin = LOG.format(time='format = "%Y-%m-%d %H:%M"\nzone = "Europe/Berlin"')
    imported(
        run,
        database_url,
        berlin,
        ["ticket", "status", "time", "prio"],
        ["D-1", "Open", "2025-10-26 01:00", "P2"],
        ["D-1", "Pending", "2025-10-26 02:50", "P2"],
        ["D-1", "In progress", "2025-10-26 02:10", "P2"],
        ["D-1", "Resolved", "2025-10-27 05:00", "P2"],
    )
    (resolution,) = (clock for clock in run("sla", "explain", "D-1", "--json").json if clock["target"] == "resolution")
    assert (resolution["verdict"], resolution["elapsed_us"]) == ("breached", (28 * 60 + 40) * MINUTE)


def test_a_ticket_that_is_reopened_before_it_was_resolved_is_open_in_the_backlog(run: Run, database_url: str) -> None:
    counts = imported(
        run,
        database_url,
        LOG.format(time=""),
        ["ticket", "status", "time", "prio"],
        ["B-1", "Open", "2026-03-02T08:00Z", "P2"],
        ["B-1", "Resolved", "2026-03-02T10:00Z", "P2"],
        ["B-1", "Open", "2026-03-02T09:59Z", "P2"],
        ["H-1", "New", "2026-03-02T08:00Z", "P2"],
        ["H-1", "Active", "2026-03-02T09:00Z", "P2"],
        ["H-1", "Assigned", "2026-03-02T10:00Z", "P2"],
    )
    assert counts["back_in_time"] == 1
    tickets = [json.loads(line) for line in run("export", "tickets", "--format", "jsonl").out.splitlines()]
    assert sorted(
        (ticket["external_reference"], ticket["state"], ticket["open"], ticket["reopenings"]) for ticket in tickets
    ) == [
        ("B-1", "received", True, 1),
        ("H-1", "received", True, 0),
    ]


def test_open_tickets_of_an_export_come_in_and_the_next_export_ends_them(run: Run, database_url: str) -> None:
    header = ["ticket", "status", "created", "first_reply", "resolved"]
    first = ["S-1", "Closed", "2026-03-02T08:00Z", "2026-03-02T08:10Z", "2026-03-02T10:00Z"]
    counts = imported(
        run, database_url, EXPORT, header, first, ["S-2", "Open", "2026-03-02T09:00Z", "2026-03-02T09:05Z", ""]
    )
    assert (counts["recorded"], counts["rejected"]) == (2, 0)
    answered = [clock for clock in run("sla", "explain", "S-1", "--json").json if clock["target"] == "first_response"]
    assert [clock["elapsed_us"] for clock in answered] == [10 * MINUTE]
    counts = imported(
        run,
        database_url,
        EXPORT,
        header,
        first,
        ["S-2", "Resolved", "2026-03-02T09:00Z", "2026-03-02T09:05Z", "2026-03-03T09:00Z"],
    )
    assert (counts["known"], counts["recorded"], counts["events"]) == (1, 1, 1)
    history = run("history", "S-2", "--json").json
    assert [entry["occurred_at"][:16] for entry in history if entry["topic"] == "ticket.resolved"] == [
        "2026-03-03T09:00"
    ]
