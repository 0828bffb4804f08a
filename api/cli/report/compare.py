"""`report verify` and `report changed`: a report made again, and a report beside what is known today."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import typer
from psycopg import IsolationLevel

from api.cli.options import DEFAULT_TENANT, AsJson, Data, ReportZone, Tenant, TenantLang
from api.cli.printing import local, show_json, show_lines, show_table
from api.cli.report.called import IssueNumber, PeriodName, Which, issue_called
from api.cli.tenant_database import connected, open_existing
from api.headings import heading
from api.readable import NOTHING, Language, Quantity, number
from domain.event_log import reader
from domain.zones import zone_named
from projections.audit.sentences import sentence
from projections.customers.tenant_zone import tenant_settings
from projections.issued_reports.changes import ChangesSince, changes_since
from projections.issued_reports.differences import FigureDifference
from projections.issued_reports.late_facts import LateFact
from projections.issued_reports.queries import Issue
from projections.issued_reports.verification import verify as make_again

DIFFERS = 1
"""The exit code when a report that is made again has other bytes."""
_RELATIONS = {
    "definition": "Published since",
    "within": "Recorded since, and happened in the period",
    "before": "Recorded since, and happened before the period",
    "afterwards": "Happened after the period to something that it holds",
}


def verify(
    which: Which,
    period: PeriodName = None,
    issue: IssueNumber = None,
    zone: ReportZone = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Make an issued report again at its position, and compare the bytes.

    Exit code 1: they differ.
    """
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        found = issue_called(connection, tenant, which, period, zone, issue)
        made = make_again(connection, tenant, found)
    if as_json:
        show_json({**made._asdict(), "differences": [each._asdict() for each in made.differences]})
    elif made.equal:
        show_lines([f"The same bytes: SHA-256 {made.recorded}, made again at position {found.facts.position}."])
    else:
        show_lines([f"Other bytes: SHA-256 {made.made_again} instead of {made.recorded}."])
        _show_differences(made.differences, "issued", "made again", "en")
        if made.otherwise_folded:
            show_lines([f"The program folds the log otherwise since: {', '.join(made.otherwise_folded)}."])
        else:
            show_lines(
                ["The program computes these figures otherwise, or the log was altered: `doctor` checks the log."]
            )
    if not made.equal:
        raise typer.Exit(DIFFERS)


def changed(
    which: Which,
    period: PeriodName = None,
    issue: IssueNumber = None,
    language: TenantLang = None,
    zone: ReportZone = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Show how an issued report differs from the figures of today, and what was recorded since."""
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        found = issue_called(connection, tenant, which, period, zone, issue)
        now = reader.now(connection)
        words: Language = language or tenant_settings(connection, tenant, now).language
        since = changes_since(connection, tenant, found, now)
    if as_json:
        show_json(
            {
                "issued_at_position": found.facts.position,
                "position": since.position,
                "judged_at": since.judged_at,
                "differences": [each._asdict() for each in since.differences],
                "facts": since.late.facts,
                "total": since.late.total,
            }
        )
        return
    _show_differences(since.differences, "issued", "today", words)
    _show_facts(found, since, words)


def _show_differences(found: Sequence[FigureDifference], before: str, after: str, language: Language) -> None:
    rows = [
        {
            "section": each.title[language],
            "of": ", ".join(filter(None, [each.period, *(value or NOTHING for value in each.of.values())])) or NOTHING,
            "number": heading(each.name, language),
            before: _number(each.before, language),
            after: _number(each.after, language),
        }
        for each in found
    ]
    show_table("Figures that differ", rows, "none")


def _number(value: float | None, language: Language) -> Quantity:
    return Quantity(NOTHING if value is None else number(value, language, 4))


def _show_facts(issue: Issue, since: ChangesSince, language: Language) -> None:
    zone = zone_named(issue.facts.zone)
    for relation, facts in groupby(since.late.facts, key=lambda fact: fact.relation):
        rows: list[dict[str, Any]] = [
            {
                "position": fact.position,
                "happened": local(fact.occurred_at, zone),
                "recorded": local(fact.recorded_at, zone),
                "stream": fact.stream,
                "what": _what(fact, language),
            }
            for fact in facts
        ]
        show_table(_RELATIONS[relation], rows)
    told = len(since.late.facts)
    if since.late.total > told:
        show_lines([f"These are the first {told} of {since.late.total:,}."])
    if since.differences and not since.late.facts:
        show_lines(["Nothing that concerns the period was recorded since: what was provisional is judged later now."])
    show_lines([f"Issued at position {issue.facts.position}; compared with position {since.position}."])


def _what(fact: LateFact, language: Language) -> str:
    return sentence(fact, language)
