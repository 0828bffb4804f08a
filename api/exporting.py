"""Tickets taken out: one row each, with its facts and what became of its promises."""

import csv
import json
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, TextIO

from psycopg import Connection, sql
from pydantic_core import to_jsonable_python

from domain.event_log.schema import schema_of
from domain.sla.microseconds import SECOND
from projections.tickets import COLUMNS
from projections.tickets_queries import every_ticket

TARGETS = ("first_response", "resolution")
"""The targets of the default policy; every instance of every target is in the SLA report."""

SLA_COLUMNS = tuple(
    f"{target}_{fact}"
    for target in TARGETS
    for fact in ("state", "due_at", "verdict", "corrected_verdict", "elapsed_seconds")
)


def write_tickets(connection: Connection, tenant: str, form: Literal["csv", "jsonl"], to: Path | None) -> None:
    """Every ticket, the oldest first, to a file or to the standard output."""
    with connection.transaction(), _output(to) as output, closing(_rows(connection, schema_of(tenant))) as rows:
        if form == "csv":
            writer = csv.writer(output)
            writer.writerow([*COLUMNS, *SLA_COLUMNS])
            writer.writerows([_cell(value) for value in row.values()] for row in rows)
        else:
            output.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _rows(connection: Connection, schema: str) -> Generator[dict[str, Any]]:
    promises = _promises(connection, schema)
    nothing = dict.fromkeys(SLA_COLUMNS)
    with closing(every_ticket(connection, schema)) as tickets:
        for ticket in tickets:
            yield to_jsonable_python(asdict(ticket)) | nothing | promises.pop(str(ticket.ticket), {})


def _promises(connection: Connection, schema: str) -> dict[str, dict[str, Any]]:
    """The last instance of each target, by ticket."""
    statement = sql.SQL(
        "select distinct on (ticket, target) ticket, target, state, due_at, verdict, corrected_verdict, elapsed_us"
        " from {}.sla_clocks where target = any(%s) order by ticket, target, instance desc"
    ).format(sql.Identifier(schema))
    found: dict[str, dict[str, Any]] = {}
    for ticket, target, state, due_at, verdict, corrected, elapsed_us in connection.execute(statement, [list(TARGETS)]):
        found.setdefault(str(ticket), {}).update(
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
    return str(value).lower() if isinstance(value, bool) else value


@contextmanager
def _output(to: Path | None) -> Iterator[TextIO]:
    if to is None:
        yield sys.stdout
    else:
        with to.open("w", encoding="utf-8", newline="") as file:
            yield file
