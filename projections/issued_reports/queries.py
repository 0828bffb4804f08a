"""The issued reports: all of them, and the issues of one with their figures."""

import json
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from domain.envelope import BEHIND_ALL
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.issued_report.events import ReportIssued
from domain.text_folding import fold_name
from domain.zones import zone_named
from projections.engine.table import selected
from projections.issued_reports.pack_figures import Document, PackQuestion, pack_in
from projections.issued_reports.table import IssueRow
from projections.scope.named_periods import named_period
from projections.scope.periods import Period

_SQL = sql_file("projections.issued_reports", "issued_reports.sql")
MONTHS = range(1, 13)


class IssueKey(NamedTuple):
    """Where an issue stands in the list of all."""

    at: datetime
    report: UUID
    version: int


class ReportOfDays(NamedTuple):
    """A report, whichever its issue; both days are included."""

    report: UUID
    name: str
    first: date
    last: date
    zone: str


class Issue(NamedTuple):
    """One issue of a report, with its figures."""

    report: UUID
    version: int
    issued_at: datetime
    actor: str
    reason: str | None
    facts: ReportIssued

    @property
    def document(self) -> Document:
        """The figures as they were issued."""
        document: Document = json.loads(self.facts.figures)
        return document

    @property
    def period(self) -> Period:
        """The days."""
        return Period(self.facts.first, self.facts.last, zone_named(self.facts.zone))

    def question(self, position: int, judged_at: datetime) -> PackQuestion:
        """The same question, asked at a position and an instant."""
        document = self.document
        return PackQuestion(document["pack"], pack_in(document), self.period, position, judged_at)


def issued_reports(
    connection: Connection, schema: str, name: str | None = None, *, after: IssueKey | None = None, limit: int = 50
) -> tuple[list[IssueRow], IssueKey | None]:
    """The issues of all packs or of one behind ``after``, the newest first; and the key of the next page, if any."""
    statement = _SQL["issues"].composed(schema, columns=selected(IssueRow))
    at, report, version = after or (None, None, None)
    parameters = {"name": name, "limit": limit + 1, "at": at, "report": report, "version": version}
    with connection.cursor(row_factory=class_row(IssueRow)) as cursor:
        rows = cursor.execute(statement, parameters).fetchall()
    page = rows[:limit]
    if len(rows) == len(page):
        return page, None
    return page, IssueKey(page[-1].issued_at, page[-1].report, page[-1].version)


def reports_under(connection: Connection, schema: str, pack: str, period: str) -> list[ReportOfDays]:
    """The reports of a pack that were issued under the name of a period, each by the settings of its issue.

    Raises PeriodRefused.
    """
    days = [named_period(period, month) for month in MONTHS]
    parameters = {"firsts": [each.first for each in days], "lasts": [each.last for each in days], "months": [*MONTHS]}
    with connection.cursor(row_factory=class_row(ReportOfDays)) as cursor:
        reports = cursor.execute(_SQL["reports of days"].composed(schema), parameters).fetchall()
    return [each for each in reports if fold_name(each.name) == fold_name(pack)]


def issue_of(
    connection: Connection, tenant: str, report: UUID, version: int | None = None, up_to: int = BEHIND_ALL
) -> Issue | None:
    """An issue of a report by its number, else the newest up to a position; None when there is none."""
    event = reader.newest(connection, tenant, report, ReportIssued, version=version, up_to=up_to)
    if event is None:
        return None
    envelope = event.envelope
    return Issue(report, event.version, event.recorded_at, envelope.actor.id, envelope.reason, event.payload)
