"""Reports for the terminal: which figures, from which tables, as of which instant."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from psycopg import Connection

from api.cli.printing import flat, show_json, show_lines, show_table
from api.cli.table_lines import lines_under
from api.cli.tenant_database import UsageError
from domain.event_log import reader
from domain.zones import UTC_ZONE, TimeZone
from projections.backlog.flow import backlog_flow
from projections.backlog.queries import backlog, workload
from projections.backlog.table import BACKLOG
from projections.engine.point_in_time import as_it_was
from projections.engine.projection import Projection
from projections.figures.service_figures import handling_time, reopen_rate, satisfaction
from projections.first_contact.queries import first_contact_resolution, repeat_rate
from projections.first_contact.table import FIRST_CONTACT
from projections.scope.periods import EARLIEST, LATEST, Every, day_begins, day_ends
from projections.scope.report_scope import ReportScope
from projections.sla.queries import compliance, open_clocks
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS

DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """The days, both included, the grouping, and the instants of knowledge and of the world."""

    first: date | None = None
    last: date | None = None
    every: Every | None = None
    zone: TimeZone = UTC_ZONE
    by: tuple[Any, ...] = ()
    known_at: datetime | None = None
    as_of: datetime | None = None

    def days(self, now: datetime) -> tuple[date, date]:
        """The first and the last day. Raises UsageError."""
        last = self.last or now.astimezone(self.zone).date()
        first = self.first or last - timedelta(days=DEFAULT_DAYS - 1)
        if last < first:
            raise UsageError(f"--to {last} lies before --from {first}: exchange them.")
        if not EARLIEST <= first <= last <= LATEST:
            raise UsageError(f"--from {first} --to {last}: choose days between {EARLIEST.year} and {LATEST.year}.")
        return first, last


class ReportConnection(NamedTuple):
    """Where a report asks; ``now`` is when what depends on the present is judged."""

    connection: Connection
    schema: str
    asked: ReportOptions
    now: datetime

    @property
    def scope(self) -> ReportScope:
        """The days asked for, as instants."""
        first, last = self.asked.days(self.now)
        start, end = day_begins(first, self.asked.zone), day_ends(last, self.asked.zone)
        return ReportScope(start, end, self.asked.every, self.asked.zone, self.asked.by)


Part = Callable[[ReportConnection], Sequence[object]]


class ReportSpec(NamedTuple):
    """The projections it reads, and its parts by their titles.

    ``rows_tell_when``: its parts cut the rows at ``as_of`` themselves, so that nothing has to be folded anew.
    """

    projections: tuple[Projection, ...]
    parts: Mapping[str, Part]
    rows_tell_when: bool = False


def report(connection: Connection, tenant: str, name: str, asked: ReportOptions, *, as_json: bool) -> None:
    """Shows the report of that name."""
    try:
        found = figures(connection, tenant, name, asked)
    except OverflowError:
        raise UsageError(
            "The days or instants are beyond what can be counted: choose days between 1900 and 2999."
        ) from None
    if as_json:
        show_json(found)
        return
    for title, rows in found.items():
        show_table(title, [flat(row) for row in rows])
        show_lines(lines_under(rows))


def figures(connection: Connection, tenant: str, name: str, asked: ReportOptions) -> dict[str, Sequence[object]]:
    """The parts of the report of that name, by their titles, all from one snapshot."""
    wanted = REPORTS[name]
    as_of = None if wanted.rows_tell_when else asked.as_of
    with _snapshot(connection, tenant, wanted.projections, asked.known_at, as_of) as schema:
        place = ReportConnection(connection, schema, asked, asked.as_of or asked.known_at or reader.now(connection))
        return {title: part(place) for title, part in wanted.parts.items()}


@contextmanager
def _snapshot(
    connection: Connection,
    tenant: str,
    projections: Sequence[Projection],
    known_at: datetime | None,
    as_of: datetime | None,
) -> Iterator[str]:
    connection.execute("set default_transaction_isolation = 'repeatable read'")
    with (
        connection.transaction(),
        as_it_was(connection, tenant, projections, known_at=known_at, as_of=as_of) as schema,
    ):
        yield schema


def _backlog(place: ReportConnection) -> Sequence[object]:
    return backlog(place.connection, place.schema, place.now, place.asked.by)


def _flow(place: ReportConnection) -> Sequence[object]:
    asked = place.asked
    first, last = asked.days(place.now)
    every = asked.every or "day"
    return backlog_flow(place.connection, place.schema, first, last, every, asked.zone, asked.as_of)


def _compliance(place: ReportConnection) -> Sequence[object]:
    return compliance(place.connection, place.schema, place.scope)


def _open_clocks(place: ReportConnection) -> Sequence[object]:
    return open_clocks(place.connection, place.schema, now=place.now, by=place.asked.by)


def _first_contact(place: ReportConnection) -> Sequence[object]:
    return first_contact_resolution(place.connection, place.schema, place.scope, now=place.now)


def _repeats(place: ReportConnection) -> Sequence[object]:
    scope = place.scope
    return [repeat_rate(place.connection, place.schema, scope.start, scope.end, now=place.now)]


def _handling(place: ReportConnection) -> Sequence[object]:
    return handling_time(place.connection, place.schema, place.scope)


def _satisfaction(place: ReportConnection) -> Sequence[object]:
    return satisfaction(place.connection, place.schema, place.scope)


def _reopenings(place: ReportConnection) -> Sequence[object]:
    return reopen_rate(place.connection, place.schema, place.scope)


def _workload(place: ReportConnection) -> Sequence[object]:
    return workload(place.connection, place.schema, place.now)


_FIRST_CONTACT: Mapping[str, Part] = {"First contact resolution": _first_contact, "Customers who came back": _repeats}
_SLA: Mapping[str, Part] = {"Promises kept": _compliance, "Clocks that have not ended": _open_clocks}

REPORTS: Mapping[str, ReportSpec] = MappingProxyType(
    {
        "backlog": ReportSpec((BACKLOG,), {"Backlog": _backlog, "Backlog flow": _flow}, rows_tell_when=True),
        "sla": ReportSpec((SLA_CLOCKS,), _SLA),
        "first-contact": ReportSpec((FIRST_CONTACT,), _FIRST_CONTACT),
        "workload": ReportSpec((BACKLOG,), {"Workload": _workload}, rows_tell_when=True),
        "figures": ReportSpec(
            (TICKETS, BACKLOG, FIRST_CONTACT, SLA_CLOCKS),
            {
                "Handling time (seconds)": _handling,
                "Satisfaction": _satisfaction,
                "Reopenings": _reopenings,
                **_FIRST_CONTACT,
                **_SLA,
                "Backlog": _backlog,
            },
        ),
    }
)
