"""Issued reports, a row for each issue.

Their figures stay in the log.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.issued_report.events import ReportIssued
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import ClampedBigInt, ClampedInt, Table


@dataclass(slots=True)
class IssueRow:
    """Issue number ``version`` of a report; ``position`` is the last event that its figures count.

    ``year_begins`` is the month in which the year began by the settings of the issue: with 4, the quarter from October
    has the name 2026-Q3.
    """

    report: UUID
    version: int
    name: str
    definition_version: ClampedInt
    first: date
    last: date
    year_begins: ClampedInt
    zone: str
    complete: bool
    position: ClampedBigInt
    judged_at: datetime
    sha256: str
    issued_at: datetime
    actor: str
    reason: str | None


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[IssueRow]:
    """A row for each new issue."""
    for event in stream.new:
        issued, envelope = event.payload, event.envelope
        if not isinstance(issued, ReportIssued):
            continue
        yield IssueRow(
            report=event.stream,
            version=event.version,
            name=issued.name,
            definition_version=issued.definition_version,
            first=issued.first,
            last=issued.last,
            year_begins=issued.year_begins,
            zone=issued.zone,
            complete=issued.complete,
            position=issued.position,
            judged_at=issued.judged_at,
            sha256=issued.sha256,
            issued_at=event.recorded_at,
            actor=envelope.actor.id,
            reason=envelope.reason,
        )


ISSUED_REPORTS = Projection(
    name="issued_reports",
    version=2,
    kinds=frozenset({"report"}),
    tables=(Table("issued_reports", IssueRow, key=("report", "version"), append_only=True),),
    fold=fold,
)
