"""The tables of reports, each under its address."""

from collections.abc import Callable
from types import GenericAlias
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from api.http.read_session import ReadRequest, reader
from api.http.report_request import Report, ReportRequest, dimensions, in_groups, period
from api.http.routes.backlog import At, OpenFilters, ReadBacklog
from projections.backlog.table import BacklogDimension
from projections.report_tables import FLOW, OPEN_BACKLOG, OPEN_CLOCKS, REPEATS, REPORT_TABLES, WORKLOAD, ReportTable
from projections.scope.periods import Every, RequestedPeriod
from projections.scope.report_scope import Dimension
from projections.sla.table import SLA_CLOCKS

router = APIRouter(prefix="/v1/reports", tags=["reports"])
Endpoint = Callable[..., Response]


def _at_its_address(table: ReportTable, *, in_period: bool = False) -> Callable[[Endpoint], Endpoint]:
    """Adds an endpoint; a table of a period is answered with its instants, others as rows alone."""
    model = Report.__class_getitem__(table.row) if in_period else GenericAlias(list, (table.row,))
    return router.get(table.address, name=table.operation, summary=table.summary, response_model=model)


def _add_grouped(table: ReportTable) -> None:
    @_at_its_address(table, in_period=True)
    def figures(report: Annotated[ReportRequest, Depends(in_groups(*table.projections))]) -> Response:
        return report.figures(table)


for each in REPORT_TABLES:
    if each.grouped:
        _add_grouped(each)


@_at_its_address(REPEATS, in_period=True)
def repeat_contacts(
    reader: Annotated[ReadRequest, Depends(reader(*REPEATS.projections))],
    period: Annotated[RequestedPeriod, Depends(period)],
) -> Response:
    return ReportRequest(reader, period).figures(REPEATS)


@_at_its_address(OPEN_CLOCKS)
def sla_open(
    reader: Annotated[ReadRequest, Depends(reader(SLA_CLOCKS))],
    where: Annotated[dict[Any, Any], Depends(dimensions)],
    by: Annotated[list[Dimension] | None, Query(max_length=5)] = None,
) -> Response:
    return ReportRequest(reader, where=where, by=tuple(dict.fromkeys(by or ()))).rows(OPEN_CLOCKS)


@_at_its_address(OPEN_BACKLOG)
def backlog_report(
    reader: ReadBacklog,
    where: OpenFilters,
    at: At = None,
    by: Annotated[list[BacklogDimension] | None, Query(max_length=6)] = None,
) -> Response:
    return ReportRequest(reader, where=where, by=tuple(dict.fromkeys(by or ()))).rows(OPEN_BACKLOG, at=at)


@_at_its_address(FLOW)
def backlog_flow_report(
    reader: ReadBacklog, period: Annotated[RequestedPeriod, Depends(period)], every: Every = "day"
) -> Response:
    return ReportRequest(reader, period, every=every).rows(FLOW)


@_at_its_address(WORKLOAD)
def workload_report(reader: ReadBacklog) -> Response:
    return ReportRequest(reader).rows(WORKLOAD)
