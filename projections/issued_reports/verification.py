"""Makes a report again at the position at which it was issued, and compares the bytes."""

import json
from typing import NamedTuple

from psycopg import Connection

from projections.engine.point_in_time import TEMPORARY, fold_temporarily
from projections.issued_reports.canonical import sha256
from projections.issued_reports.differences import FigureDifference, differences
from projections.issued_reports.pack_figures import figures_of, projections_of
from projections.issued_reports.queries import Issue


class Verification(NamedTuple):
    """``equal``: the bytes are those that were issued, and these have the recorded digest.

    ``otherwise_folded`` names the projections whose versions changed since: the program then reads the same events
    otherwise.
    """

    equal: bool
    recorded: str
    made_again: str
    differences: list[FigureDifference]
    otherwise_folded: list[str]


def verify(connection: Connection, tenant: str, issue: Issue) -> Verification:
    """Folds the log up to the position of the issue, all of it, and computes the figures.

    Raises FigureRefused for a figure that is no longer in the registry.
    """
    facts = issue.facts
    asked = issue.question(facts.position, facts.judged_at)
    projections = projections_of(asked.pack)
    with connection.transaction(force_rollback=True):
        fold_temporarily(connection, tenant, projections, facts.position)
        figures = figures_of(connection, tenant, TEMPORARY, asked)
    now = {each.definition for each in projections}
    return Verification(
        equal=figures == facts.figures and sha256(facts.figures) == facts.sha256,
        recorded=facts.sha256,
        made_again=sha256(figures),
        differences=differences(issue.document, json.loads(figures)),
        otherwise_folded=sorted(now.symmetric_difference(facts.projections)),
    )
