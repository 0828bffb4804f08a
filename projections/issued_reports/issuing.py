"""From a pack and the name of a period to the command that issues the report."""

import json
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.definitions.kinds import REPORT_PACK
from domain.definitions.overview import overview
from domain.definitions.published import definition_in_effect
from domain.definitions.settings import settings_in_effect
from domain.errors import LedgerError
from domain.event_log import reader
from domain.issued_report.commands import LARGEST, IssueReport
from domain.issued_report.state import report_stream
from domain.local_time import local_day
from domain.program_version import versions_in_use
from domain.zones import zone_named
from projections.issued_reports.canonical import sha256
from projections.issued_reports.differences import say_the_same
from projections.issued_reports.pack_figures import PackQuestion, figures_of, formulas_of, projections_of
from projections.issued_reports.queries import issue_of
from projections.issued_reports.rows_at_head import rows_at_head
from projections.scope.named_periods import NamedPeriod, last_one_over, named_period
from projections.scope.periods import Period, day_ends


class ReportRefused(LedgerError):  # noqa: N818 -- names what happened
    """The report cannot be issued like that; the message says what to do."""

    kind = "malformed"
    begins_small = True


class PackRequest(NamedTuple):
    """``pack`` and ``period`` are names; without a period it is the last one that is over. ``zone``: else the tenant's.

    ``reason`` says why a report is issued again.
    """

    pack: str
    period: str | None = None
    zone: str | None = None
    reason: str | None = None


class ReportToIssue(NamedTuple):
    """The command, its stream and the name of the period."""

    stream: UUID
    command: IssueReport
    period: NamedPeriod


def report_to_issue(connection: Connection, tenant: str, request: PackRequest, judged_at: datetime) -> ReportToIssue:
    """Computes the figures. The connection must be in autocommit and REPEATABLE READ.

    Raises ReportRefused, FigureRefused, PeriodRefused, TooManyGroups and UnknownZone.
    """
    definitions = reader.definitions(connection, tenant)
    try:
        version, _, pack = definition_in_effect(definitions, REPORT_PACK, judged_at, request.pack)
    except LookupError:
        names = ", ".join(each.name for each in overview(definitions, judged_at, REPORT_PACK.name))
        raise ReportRefused(f"there is no report pack {request.pack!r}: choose one of {names}") from None
    settings = settings_in_effect(definitions, judged_at)
    zone = zone_named(request.zone or settings.zone)
    today = local_day(judged_at, zone)
    if request.period is None:
        period = last_one_over(today, pack.period, settings.year_begins)
    else:
        period = named_period(request.period, settings.year_begins)
    if period.kind != pack.period:
        raise ReportRefused(
            f"a {request.pack} report covers a {pack.period} and {request.period} is a {period.kind}:"
            f" the last {pack.period} is {last_one_over(today, pack.period, settings.year_begins).name}"
        )
    if period.first > today:
        raise ReportRefused(f"{period.name} has not begun: issue its report when it is over")
    projections = projections_of(pack)
    days = Period(period.first, period.last, zone)
    with rows_at_head(connection, tenant, projections) as rows:
        question = PackQuestion(request.pack, pack, days, rows.position, judged_at)
        figures = figures_of(connection, tenant, rows.schema, question)
    if len(figures) > LARGEST:
        raise ReportRefused(
            f"the figures have {len(figures):,} characters, more than {LARGEST:,}: give the sections `most`, or split"
            " the pack"
        )
    stream = report_stream(request.pack, period.first, period.last, zone.key)
    command = IssueReport(
        name=request.pack,
        first=period.first,
        last=period.last,
        zone=zone.key,
        reason=request.reason,
        definition_version=version or 0,
        complete=day_ends(period.last, zone) <= judged_at,
        position=rows.position,
        judged_at=judged_at,
        projections=tuple(each.definition for each in projections),
        figures=figures,
        sha256=sha256(figures),
        made_by=versions_in_use(),
        formulas=formulas_of(pack),
        same_as=_same_as(connection, tenant, stream, figures),
    )
    return ReportToIssue(stream, command, period)


def _same_as(connection: Connection, tenant: str, stream: UUID, figures: str) -> str | None:
    """The digest of the newest issue when it says what the figures say; else None."""
    newest = issue_of(connection, tenant, stream)
    if newest is None or not say_the_same(newest.document, json.loads(figures)):
        return None
    return newest.facts.sha256
