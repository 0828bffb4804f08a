"""The export of tickets: one row for each, with its fields and its last SLA targets."""

import csv
import json
import sys
from collections.abc import Collection, Generator, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple, TextIO
from uuid import UUID

from psycopg import Connection, IsolationLevel
from pydantic_core import to_jsonable_python

from api.spreadsheet_text import inert
from api.terminal_text import escaped, escaped_json
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.sla.calendar.microseconds import SECOND
from domain.sla.policy.policy import TargetName
from domain.zones import TimeZone
from projections.customers.queries import names_of
from projections.customers.survivors import name_survivors
from projections.customers.table import CUSTOMERS
from projections.engine.checkpoints import position_of
from projections.engine.table import column_names
from projections.sla.instances_at import LastPromise, calendars_of, last_promises
from projections.sla.table import SLA_CLOCKS
from projections.tickets.queries import every_ticket
from projections.tickets.table import TICKETS, TicketRow

TARGETS: tuple[TargetName, ...] = ("first_response", "resolution")
"""The targets of the default policy. All instances of all targets are in the SLA report."""

SLA_COLUMNS = tuple(
    f"{target}_{name}"
    for target in TARGETS
    for name in ("state", "due_at", "verdict", "corrected_verdict", "elapsed_seconds")
)

AT_ONCE = 2_000
"""How many tickets are read together."""
BYTE_ORDER_MARK = "\ufeff"
COLUMNS = column_names(TicketRow)
_fields = attrgetter(*COLUMNS)


class ExportForm(NamedTuple):
    """How tickets are written. ``bom``: CSV begins with a byte order mark, by which Excel recognises UTF-8."""

    kind: Literal["csv", "jsonl"]
    bom: bool
    zone: TimeZone


def write_tickets(connection: Connection, tenant: str, form: ExportForm, to: Path | None, now: datetime) -> None:
    """Writes every ticket of one snapshot, the oldest first, to a file or to the standard output.

    Running clocks show their state at ``now``. CSV holds inert text, a terminal gets no control characters. Raises
    ProjectionOutdated.
    """
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    with connection.transaction():
        position_of(connection, tenant, [TICKETS, SLA_CLOCKS, CUSTOMERS])
        with _output(to) as output, closing(_rows(connection, tenant, form.zone, now)) as rows:
            shown = output.isatty()
            if form.kind == "csv":
                output.write(BYTE_ORDER_MARK if form.bom else "")
                writer = csv.writer(output)
                writer.writerow(_columns())
                writer.writerows([_cell(value, shown=shown) for value in row.values()] for row in rows)
            else:
                documents = (json.dumps(row, ensure_ascii=False) for row in rows)
                output.writelines(f"{escaped_json(document) if shown else document}\n" for document in documents)


def _columns() -> list[str]:
    """The columns in order, the name of the customer beside its id."""
    after_customer = COLUMNS.index("customer") + 1
    return [*COLUMNS[:after_customer], "customer_name", *COLUMNS[after_customer:], *SLA_COLUMNS]


def _rows(connection: Connection, tenant: str, zone: TimeZone, now: datetime) -> Generator[dict[str, Any]]:
    schema = schema_of(tenant)
    calendars = calendars_of(reader.rules(connection, tenant, reader.head(connection, tenant)))
    empty = dict.fromkeys(_columns())
    with closing(every_ticket(connection, schema)) as tickets:
        while page := list(islice(tickets, AT_ONCE)):
            promises = last_promises(connection, schema, _ids(page, "ticket"), TARGETS, calendars, now)
            name_survivors(connection, schema, page)
            names = names_of(connection, schema, _ids(page, "customer"))
            for ticket in page:
                fields = dict(zip(COLUMNS, _fields(ticket), strict=True)) | {
                    "customer_name": names.get(ticket.customer)
                }
                for promise in promises.get(ticket.ticket, ()):
                    fields |= _target_fields(promise)
                yield empty | to_jsonable_python({name: _in_zone(value, zone) for name, value in fields.items()})


def _ids(tickets: Collection[TicketRow], column: Literal["ticket", "customer"]) -> set[UUID]:
    return {getattr(ticket, column) for ticket in tickets}


def _target_fields(promise: LastPromise) -> dict[str, object]:
    return {
        f"{promise.target}_state": promise.state,
        f"{promise.target}_due_at": promise.due_at,
        f"{promise.target}_verdict": promise.verdict,
        f"{promise.target}_corrected_verdict": promise.corrected_verdict,
        f"{promise.target}_elapsed_seconds": promise.elapsed_us / SECOND,
    }


def _in_zone(value: object, zone: TimeZone) -> object:
    return value.astimezone(zone) if isinstance(value, datetime) else value


def _cell(value: object, *, shown: bool) -> object:
    if isinstance(value, list):
        value = " ".join(map(str, value))
    if isinstance(value, str):
        return inert(escaped(value) if shown else value)
    return str(value).lower() if isinstance(value, bool) else value


@contextmanager
def _output(to: Path | None) -> Iterator[TextIO]:
    if to is None:
        yield sys.stdout
    else:
        with to.open("w", encoding="utf-8", newline="") as file:
            yield file
