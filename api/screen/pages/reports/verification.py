"""The pages that examine an issued report: made again at its position, and compared with today."""

from contextlib import AbstractContextManager
from typing import NamedTuple

from api.http.read_session import ReadSession
from api.report_pages.difference_words import formula_in_words, in_words
from api.screen.page import Content, Page, Panel
from api.screen.pages.reports.report import EXAMINE, issue_in, issue_path, title
from api.screen.visit import Visit
from projections.audit.sentences import sentence
from projections.issued_reports.changes import changes_since
from projections.issued_reports.late_facts import LateFact
from projections.issued_reports.verification import verify

_RELATIONS = {"before": "before_it"}
"""The words of relations whose own name says something else."""


class FactRecordedSince(NamedTuple):
    """An event that may explain a difference, as a sentence."""

    fact: LateFact
    relation: str
    text: str


def _verification(visit: Visit, session: ReadSession) -> Content:
    """The report made again: the whole log is folded up to its position."""
    issue = issue_in(visit, session)
    verified = verify(session.connection, visit.reader.tenant, issue)
    return {
        "issue": issue,
        "found": verified,
        "path": visit.link(issue_path(issue), issue=issue.version),
        "versions": [*verified.otherwise_folded, *verified.made_by],
        "formulas": [formula_in_words(each, visit.language) for each in verified.formulas],
        "differences": [in_words(each, visit.language) for each in verified.differences],
    }


def _changes(visit: Visit, session: ReadSession) -> Content:
    """The figures of the issue beside those of today, and what was recorded since."""
    issue = issue_in(visit, session)
    since = changes_since(session.connection, visit.reader.tenant, issue, session.now)
    facts = [
        FactRecordedSince(
            fact,
            visit.w(f"report_changes.{_RELATIONS.get(fact.relation, fact.relation)}"),
            sentence(fact, visit.language, zone=visit.zone),
        )
        for fact in since.late.facts
    ]
    return {
        "issue": issue,
        "since": since,
        "path": visit.link(issue_path(issue), issue=issue.version),
        "differences": [in_words(each, visit.language) for each in since.differences],
        "facts": facts,
        "total": since.late.total,
        "versions": [*since.versions.otherwise_folded, *since.versions.made_by],
        "formulas": [formula_in_words(each, visit.language) for each in since.versions.formulas],
    }


def _reading(visit: Visit) -> AbstractContextManager[ReadSession]:
    """A snapshot in a slot: both pages fold the whole log."""
    return visit.reader.live_in_slot()


VERIFICATION = Page(
    "report_verification",
    "/reports/{report_id}/verification",
    (Panel("verification", _verification, wide=True),),
    scope=EXAMINE,
    reading=_reading,
    title=title,
    parameters=frozenset({"issue"}),
    refreshes=False,
)
CHANGES = Page(
    "report_changes",
    "/reports/{report_id}/changes",
    (Panel("changes", _changes, wide=True),),
    scope=EXAMINE,
    reading=_reading,
    title=title,
    parameters=frozenset({"issue"}),
    refreshes=False,
)
