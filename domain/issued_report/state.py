"""The state of a report of one period, and its stream."""

from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from domain.issued_report.events import ReportEvent
from domain.text_folding import fold_name

_NAMESPACE = UUID("7d2f6a1e-3c0b-4f5a-9b61-52d0c8e4a913")


class IssuedReport(NamedTuple):
    """The newest issue: its position, the digest of its figures, and whether its period was over."""

    state: Literal["none", "issued"] = "none"
    position: int = 0
    sha256: str = ""
    complete: bool = False


def evolve(report: IssuedReport, event: ReportEvent, at: datetime) -> IssuedReport:  # noqa: ARG001 -- the shape every fold has
    """The report after one more event. Total: any history folds."""
    return IssuedReport("issued", event.position, event.sha256, event.complete)


def report_stream(name: str, first: date, last: date, zone: str) -> UUID:
    """The stream of a pack's report of some days in a zone."""
    return uuid5(_NAMESPACE, f"{fold_name(name)}/{first}/{last}/{zone}")
