"""The decider of a report of one period."""

from domain.issued_report.commands import IssueReport
from domain.issued_report.events import ReportIssued
from domain.issued_report.state import IssuedReport
from domain.refusal import Refusal


def decide(command: IssueReport, report: IssuedReport) -> list[ReportIssued]:
    """The next issue; nothing when the newest one has the same figures or counts later events.

    Raises Refusal when the newest issue is of a complete period and no reason is given.
    """
    if command.position < report.position:
        return []
    if report.sha256 in {command.sha256, command.same_as} and report.complete == command.complete:
        return []
    if report.complete and command.reason is None:
        rule = f"it was issued at position {report.position:,} with other figures: give a reason to issue it again"
        raise Refusal("report_issued", rule, report.state)
    return [ReportIssued(**{field: getattr(command, field) for field in ReportIssued.model_fields})]
