"""A real history of 4,905 tickets comes in and gives back what its source counted."""

import csv
import gzip
import pickle
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from api.importing.importer import import_file
from api.importing.mapping import read_mapping
from api.importing.outcome import ImportResult
from domain.event_log import reader
from domain.zones import zone_named
from projections.backlog.flow import backlog_flow
from projections.engine.rebuild import compare
from projections.registry import PROJECTIONS
from projections.scope.report_scope import ReportScope
from projections.tickets.table import TicketRow
from tests.support.compared_reports import expected, reported, same
from tests.support.every_ticket import every_ticket
from tests.support.importing.imported import imported_into
from tests.support.plain_figures import PlainFigures
from tests.support.run_databases import RUN, RunDatabases

SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "uci498_dev_sample.csv.gz"
ENDS = {"Resolved", "Closed"}
ROWS, TICKETS, REOPENED_TICKETS = 27_929, 4_905, 62

pytestmark = pytest.mark.skipif(
    not SAMPLE.is_file(), reason="the sample ../shared/data/uci498_dev_sample.csv.gz does not lie beside this checkout"
)


@dataclass(frozen=True)
class Imported:
    """The database after the import, what the import said, and the rows of the file by ticket."""

    dsn: str
    outcome: ImportResult
    tickets: dict[str, TicketRow]
    rows: dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def imported(run_databases: RunDatabases, template: str, pytestconfig: pytest.Config) -> Imported:
    """Imported once in a run, by whichever worker is first; no test changes it."""
    run = pytestconfig.stash[RUN]
    pickled = run / "sample"

    def fill(dsn: str) -> None:
        pickled.write_bytes(pickle.dumps(imported_into(dsn, SAMPLE, "servicenow", run / "rejects.csv")))

    dsn = run_databases.conninfo(run_databases.made("sample", fill, template))
    with psycopg.connect(dsn) as connection:
        imported_tickets = {
            str(ticket.external_reference): ticket for ticket in every_ticket(connection, "tenant_default")
        }
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(SAMPLE, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["number"]].append(row)
    return Imported(dsn, pickle.loads(pickled.read_bytes()), imported_tickets, rows)  # noqa: S301 -- of this run


def instant(written: str) -> datetime:
    return datetime.strptime(written, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def test_every_row_of_the_sample_becomes_events(imported: Imported) -> None:
    outcome = imported.outcome
    assert (outcome.rows, outcome.recorded, outcome.rejected) == (ROWS, ROWS, 0)
    assert len(imported.tickets) == TICKETS
    with psycopg.connect(imported.dsn) as connection:
        per_row = connection.execute(
            "select min(events), count(*) from tenant_default.commands where command_id like 'import/%'"
        ).fetchone()
    assert per_row is not None
    assert per_row[0] >= 1
    assert per_row[1] == ROWS


def test_every_ticket_was_reopened_as_often_as_it_left_resolved_or_closed(imported: Imported) -> None:
    expected = {
        number: sum(
            before["incident_state"] in ENDS and after["incident_state"] not in ENDS for before, after in pairwise(rows)
        )
        for number, rows in imported.rows.items()
    }
    assert {number: ticket.reopenings for number, ticket in imported.tickets.items()} == expected
    assert sum(count > 0 for count in expected.values()) == REOPENED_TICKETS
    assert expected == {number: int(rows[-1]["reopen_count"]) for number, rows in imported.rows.items()}


def test_the_team_changes_are_the_reassignments_that_the_source_counted(imported: Imported) -> None:
    agree = sum(
        ticket.team_changes == int(imported.rows[number][-1]["reassignment_count"])
        for number, ticket in imported.tickets.items()
    )
    assert round(100 * agree / TICKETS, 2) == 99.65


def test_every_ticket_ends_when_the_source_says_it_was_closed(imported: Imported) -> None:
    with psycopg.connect(imported.dsn) as connection:
        ends: dict[str, datetime] = dict(
            connection.execute(
                "select t.external_reference, max((e.state::json ->> 'occurred_at')::timestamptz)"
                " from tenant_default.events e join tenant_default.tickets t on t.ticket = e.stream group by 1"
            ).fetchall()
        )
    assert ends == {number: instant(rows[-1]["closed_at"]) for number, rows in imported.rows.items()}
    assert {ticket.state for ticket in imported.tickets.values()} == {"closed"}


def test_the_last_resolution_is_where_the_source_says_for_nearly_all(imported: Imported) -> None:
    known = {
        number: rows[-1]["resolved_at"] for number, rows in imported.rows.items() if rows[-1]["resolved_at"] != "?"
    }
    agree = sum(imported.tickets[number].last_resolved_at == instant(written) for number, written in known.items())
    assert agree / len(known) == pytest.approx(0.987, abs=0.001)


def test_the_backlog_flow_of_the_sample_holds_for_every_day(imported: Imported) -> None:
    with psycopg.connect(imported.dsn) as connection:
        flows = backlog_flow(
            connection, "tenant_default", date(2016, 2, 28), date(2017, 2, 28), "day", zone_named("Asia/Ho_Chi_Minh")
        )
    assert all(flow.holds for flow in flows)
    assert sum(flow.received for flow in flows) == TICKETS
    assert flows[-1].backlog_after == 0


def test_every_report_of_the_sample_is_what_plain_python_makes_of_its_events(imported: Imported) -> None:
    scope = ReportScope(datetime(2016, 2, 1, tzinfo=UTC), datetime(2016, 6, 1, tzinfo=UTC))
    with psycopg.connect(imported.dsn) as connection:
        streams = [ticket.ticket for ticket in imported.tickets.values()]
        events = reader.streams(connection, "default", streams, imported.outcome.events)
        same(reported(connection, scope), expected(PlainFigures(events.values(), scope.start, scope.end)))
        first_contact = reported(connection, scope)["first_contact"]
    assert first_contact["unknown"] == first_contact["resolved"] > 0


def test_a_rebuild_of_the_sample_changes_nothing(imported: Imported) -> None:
    compared = compare(imported.dsn, "default", PROJECTIONS)
    assert [comparison for comparison in compared if not comparison.same] == []
    assert {comparison.position for comparison in compared} == {imported.outcome.events}


def test_the_sample_again_adds_nothing(imported: Imported, tmp_path: Path) -> None:
    with psycopg.connect(imported.dsn, autocommit=True) as connection:
        again = import_file(connection, "default", SAMPLE, read_mapping(Path("servicenow")), tmp_path / "rejects.csv")
    assert (again.known, again.recorded, again.rejected, again.events) == (ROWS, 0, 0, 0)
