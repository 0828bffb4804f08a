"""Makes a report again at the position at which it was issued, and compares the bytes."""

import json
from typing import Literal, NamedTuple

from psycopg import Connection

from domain.program_version import versions_in_use
from projections.engine.replay import ReplayProgress
from projections.engine.temporary_tables import TEMPORARY, fold_temporarily
from projections.issued_reports.canonical import sha256
from projections.issued_reports.differences import FigureDifference, differences
from projections.issued_reports.other_versions import OtherFormula, other_versions
from projections.issued_reports.pack_figures import figures_of, projections_of
from projections.issued_reports.queries import Issue

Cause = Literal["altered", "other_version", "unexplained"]


class Verification(NamedTuple):
    """``equal``: the bytes are those that were issued, and these have the recorded digest.

    ``cause`` says why they differ:

    - altered: the recorded figures do not have the recorded digest
    - other_version: another version of the program, of its time zones, of a projection or of a formula made them
    - unexplained: the same versions give other figures, so the log or the program is damaged

    ``otherwise_folded``, ``made_by`` and ``formulas`` are those of OtherVersions.
    """

    equal: bool
    cause: Cause | None
    recorded: str
    made_again: str
    differences: list[FigureDifference]
    otherwise_folded: list[str]
    made_by: list[str]
    formulas: list[OtherFormula]


def verify(
    connection: Connection, tenant: str, issue: Issue, progress: ReplayProgress = lambda _: None
) -> Verification:
    """Folds the log up to the position of the issue, all of it, and computes the figures.

    Raises FigureRefused for a figure that is no longer in the registry.
    """
    facts = issue.facts
    question = issue.question(facts.position, facts.judged_at)
    projections = projections_of(question.pack)
    with connection.transaction(force_rollback=True):
        fold_temporarily(connection, tenant, projections, facts.position, progress=progress)
        figures = figures_of(connection, tenant, TEMPORARY, question)
    changed = differences(issue.document, json.loads(figures))
    versions = other_versions(facts, projections, changed)
    cause: Cause | None = None
    if sha256(facts.figures) != facts.sha256:
        cause = "altered"
    elif figures != facts.figures:
        same_versions = facts.made_by == versions_in_use() and not versions.otherwise_folded
        is_explained = not same_versions or versions.formulas_explain(changed)
        cause = "other_version" if is_explained else "unexplained"
    return Verification(
        equal=cause is None,
        cause=cause,
        recorded=facts.sha256,
        made_again=sha256(figures),
        differences=changed,
        otherwise_folded=versions.otherwise_folded,
        made_by=versions.made_by,
        formulas=versions.formulas,
    )
