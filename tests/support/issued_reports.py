"""Reports of a week, computed and issued on a desk of a test."""

import json
from datetime import UTC, datetime
from typing import Any

import psycopg

from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from projections.figures.registry import FIGURES
from projections.issued_reports.issuing import PackRequest, ReportToIssue, report_to_issue
from projections.issued_reports.queries import Issue, issue_of
from projections.tickets.table import TICKETS
from tests.support.told import LONG_AGO, Told

AFTERWARDS = datetime(2026, 4, 20, tzinfo=UTC)
WEEK = PackRequest("weekly", "2026-W10", "UTC")


def computed(connection: psycopg.Connection, request: PackRequest = WEEK, now: datetime = AFTERWARDS) -> ReportToIssue:
    return report_to_issue(connection, "default", request, now)


def issued(desk: Told, connection: psycopg.Connection, request: PackRequest = WEEK) -> Issue:
    """The newest issue, after the report was issued."""
    report = computed(connection, request)
    desk.send(report.stream, report.command)
    issue = issue_of(connection, "default", report.stream)
    assert issue is not None
    return issue


def section(figures: str, name: str) -> list[dict[str, Any]]:
    """The rows of the first section with a figure."""
    return next(each["rows"] for each in json.loads(figures)["sections"] if each["figure"] == name)


def publish(desk: Told, kind: str, name: str, body: dict[str, Any]) -> None:
    command = PublishDefinition(kind=kind, name=name, body=body, effective_from=LONG_AGO, reason="decided")
    desk.send(definition_stream(kind, name), command)


def publish_pack_of_a_segment(desk: Told) -> None:
    """A pack `own` with a figure that judges customers from the log: who is eligible by a segment of open tickets."""
    publish(desk, "segment", "Writers", {"members": {"field": "open_tickets", "comparison": "at_least", "value": 1}})
    publish(desk, "upselling", "tenant", {"eligible": "Writers"})
    publish_pack(desk, "upsell-eligible")


def publish_pack(desk: Told, *figures: str) -> None:
    """A weekly pack `own` with a section for each figure."""
    heading = {"en": "x", "vi": "x"}
    sections = [{"title": heading, "figure": figure} for figure in figures]
    publish(desk, "report-pack", "own", {"title": heading, "period": "week", "sections": sections})


def told_otherwise_by_an_older_release(dsn: str, part: str) -> list[str]:
    """Makes the numbers of a part other ones in what was issued; returns the versions that differ from those in use."""
    older = "tickets version 0"
    _tell_otherwise(dsn, part, TICKETS.definition, older)
    return sorted([TICKETS.definition, older])


def told_otherwise_by_an_older_formula(dsn: str, figure: str, part: str) -> None:
    """Makes the numbers of a part other ones in what was issued, and the version of a formula 0."""
    _tell_otherwise(dsn, part, f'"{figure}":{FIGURES[figure].version}', f'"{figure}":0')


def _tell_otherwise(dsn: str, part: str, version: str, older: str) -> None:
    changed = (
        "update tenant_default.events set state = regexp_replace(replace(state::text, %s, %s), %s, %s, 'g')"
        " where topic = 'report.issued'"
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        assert connection.execute(changed, [version, older, rf'\\"{part}\\":', r"\&7"]).rowcount == 1
