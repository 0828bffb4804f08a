"""Tickets taken out: one row each, with its facts and what became of its promises."""

import csv
import json
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TextIO
from uuid import UUID

from psycopg import Connection, sql
from pydantic_core import to_jsonable_python

from domain.event_log.schema import schema_of
from domain.sla.microseconds import SECOND
from projections.sla_clocks import SLA_CLOCKS
from projections.tables import position_of
from projections.tickets import COLUMNS, TICKETS
from projections.tickets_queries import every_ticket

TARGETS = ("first_response", "resolution")
"""The targets of the default policy; every instance of every target is in the SLA report."""

SLA_COLUMNS = tuple(
    f"{target}_{fact}"
    for target in TARGETS
    for fact in ("state", "due_at", "verdict", "corrected_verdict", "elapsed_seconds")
)


AT_ONCE = 2_000
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_tickets(connection: Connection, tenant: str, form: Literal["csv", "jsonl"], to: Path | None) -> None:
    """Every ticket, the oldest first, to a file or to the standard output: one snapshot, AT_ONCE tickets at a time.

    In CSV a text that a spreadsheet would take for a formula has an apostrophe before it. Raises AnotherRelease.
    """
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read")
        position_of(connection, tenant, [TICKETS, SLA_CLOCKS])
        with _output(to) as output, closing(_rows(connection, schema_of(tenant))) as rows:
            if form == "csv":
                writer = csv.writer(output)
                writer.writerow([*COLUMNS, *SLA_COLUMNS])
                writer.writerows([_cell(value) for value in row.values()] for row in rows)
            else:
                output.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _rows(connection: Connection, schema: str) -> Generator[dict[str, Any]]:
    nothing = dict.fromkeys(SLA_COLUMNS)
    with closing(every_ticket(connection, schema)) as tickets:
        while some := list(islice(tickets, AT_ONCE)):
            promises = _promises(connection, schema, [ticket.ticket for ticket in some])
            for ticket in some:
                yield to_jsonable_python(asdict(ticket)) | nothing | promises.get(ticket.ticket, {})


def _promises(connection: Connection, schema: str, tickets: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The last instance of each target, by ticket."""
    statement = sql.SQL(
        "select distinct on (ticket, target) ticket, target, state, due_at, verdict, corrected_verdict, elapsed_us"
        " from {}.sla_clocks where ticket = any(%s) and target = any(%s) order by ticket, target, instance desc"
    ).format(sql.Identifier(schema))
    rows = connection.execute(statement, [tickets, list(TARGETS)])
    found: dict[UUID, dict[str, Any]] = {}
    for ticket, target, state, due_at, verdict, corrected, elapsed_us in rows:
        found.setdefault(ticket, {}).update(
            {
                f"{target}_state": state,
                f"{target}_due_at": to_jsonable_python(due_at),
                f"{target}_verdict": verdict,
                f"{target}_corrected_verdict": corrected,
                f"{target}_elapsed_seconds": elapsed_us / SECOND,
            }
        )
    return found


def _cell(value: object) -> object:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, str) and value.startswith(_LIVE):
        return f"'{value}"
    return str(value).lower() if isinstance(value, bool) else value


@contextmanager
def _output(to: Path | None) -> Iterator[TextIO]:
    if to is None:
        yield sys.stdout
    else:
        with to.open("w", encoding="utf-8", newline="") as file:
            yield file
