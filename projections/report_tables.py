"""The registry of reports and of their tables, for HTTP and for the command line."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from projections.backlog.flow import Flow, backlog_flow
from projections.backlog.queries import BacklogGroup, Workload, backlog, workload
from projections.backlog.table import BACKLOG
from projections.customers.table import CUSTOMERS
from projections.engine.projection import Projection
from projections.figures.service_reports import (
    HandlingFigures,
    ReopenFigures,
    SatisfactionFigures,
    handling_time,
    reopen_rate,
    satisfaction,
)
from projections.first_contact.queries import FirstContactFigures, RepeatFigures, first_contact_resolution, repeat_rate
from projections.first_contact.table import FIRST_CONTACT
from projections.scope.figure_query import FigureQuery
from projections.sla.queries import ComplianceFigures, OpenFigures, compliance, open_clocks
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS

ReportName = Literal["backlog", "sla", "first-contact", "figures", "workload"]


class ReportTable(NamedTuple):
    """A question that is answered by rows of one model.

    ``title`` stands above its table, ``summary`` in the description of the API. ``operation`` is its name there,
    ``address`` its last part under /v1/reports. ``grouped``: it takes a period, filters and a grouping, and nothing
    else. ``rows_have_instants``: ``compute`` leaves out what came after ``as_of``, so that nothing is folded again.
    """

    operation: str
    address: str
    title: str
    summary: str
    projections: tuple[Projection, ...]
    row: type
    compute: Callable[[FigureQuery], Sequence[object]]
    grouped: bool = False
    rows_have_instants: bool = False


class ReportSpec(NamedTuple):
    """Tables that are shown together, all from one snapshot."""

    tables: tuple[ReportTable, ...]

    @property
    def projections(self) -> tuple[Projection, ...]:
        """The projections that it reads, each once."""
        return tuple(
            {projection.name: projection for table in self.tables for projection in table.projections}.values()
        )

    @property
    def rows_have_instants(self) -> bool:
        """Whether it can be asked as of an instant without folding again."""
        return all(table.rows_have_instants for table in self.tables)


def _flow(query: FigureQuery) -> list[Flow]:
    first, last = query.period.days(query.now)
    every, period = query.every or "day", query.period
    return backlog_flow(
        query.connection, query.schema, first, last, every, period.zone, query.as_of, period.year_begins
    )


def _repeats(query: FigureQuery) -> list[RepeatFigures]:
    scope = query.scope
    return [repeat_rate(query.connection, query.schema, scope.start, scope.end, now=query.now)]


OPEN_BACKLOG = ReportTable(
    "backlog_report",
    "/backlog",
    "Backlog",
    "The backlog at an instant, by any dimension, with ages",
    (BACKLOG,),
    BacklogGroup,
    lambda query: backlog(query.connection, query.schema, query.now, query.by, query.where),
    rows_have_instants=True,
)
FLOW = ReportTable(
    "backlog_flow_report",
    "/backlog/flow",
    "Backlog flow",
    "The tickets that entered the backlog and left it",
    (BACKLOG,),
    Flow,
    _flow,
    rows_have_instants=True,
)
WORKLOAD = ReportTable(
    "workload_report",
    "/workload",
    "Workload",
    "Open tickets for each team and agent",
    (BACKLOG,),
    Workload,
    lambda query: workload(query.connection, query.schema, query.now),
    rows_have_instants=True,
)
COMPLIANCE = ReportTable(
    "sla_compliance",
    "/sla",
    "Promises kept",
    "Compliance by target: met, breached, cancelled",
    (SLA_CLOCKS,),
    ComplianceFigures,
    lambda query: compliance(query.connection, query.schema, query.scope),
    grouped=True,
)
OPEN_CLOCKS = ReportTable(
    "sla_open",
    "/sla/open",
    "Clocks that have not ended",
    "Clocks that have not ended: open, paused, late",
    (SLA_CLOCKS,),
    OpenFigures,
    lambda query: open_clocks(query.connection, query.schema, now=query.now, by=query.by, where=query.where),
)
RESOLUTION = ReportTable(
    "first_contact_report",
    "/first-contact",
    "First contact resolution",
    "First contact resolution: the headline and every variant",
    (FIRST_CONTACT, CUSTOMERS),
    FirstContactFigures,
    lambda query: first_contact_resolution(query.connection, query.schema, query.scope, now=query.now),
    grouped=True,
)
REPEATS = ReportTable(
    "repeat_contacts",
    "/repeat-contacts",
    "Customers who came back",
    "Customers who came back with the same category",
    (FIRST_CONTACT, CUSTOMERS),
    RepeatFigures,
    _repeats,
)
HANDLING = ReportTable(
    "handling_time",
    "/handling-time",
    "Handling time (seconds)",
    "Handling time, elapsed and effort",
    (TICKETS,),
    HandlingFigures,
    handling_time,
    grouped=True,
)
SATISFACTION = ReportTable(
    "satisfaction",
    "/satisfaction",
    "Satisfaction",
    "Customer satisfaction",
    (TICKETS,),
    SatisfactionFigures,
    satisfaction,
    grouped=True,
)
REOPENINGS = ReportTable(
    "reopenings",
    "/reopenings",
    "Reopenings",
    "Tickets that were reopened",
    (TICKETS,),
    ReopenFigures,
    reopen_rate,
    grouped=True,
)

REPORTS: Mapping[ReportName, ReportSpec] = MappingProxyType(
    {
        "backlog": ReportSpec((OPEN_BACKLOG, FLOW)),
        "sla": ReportSpec((COMPLIANCE, OPEN_CLOCKS)),
        "first-contact": ReportSpec((RESOLUTION, REPEATS)),
        "workload": ReportSpec((WORKLOAD,)),
        "figures": ReportSpec(
            (HANDLING, SATISFACTION, REOPENINGS, RESOLUTION, REPEATS, COMPLIANCE, OPEN_CLOCKS, OPEN_BACKLOG)
        ),
    }
)
"""By the word of the command line."""

REPORT_TABLES: tuple[ReportTable, ...] = tuple(
    {table.operation: table for spec in REPORTS.values() for table in spec.tables}.values()
)
"""Each table once."""
