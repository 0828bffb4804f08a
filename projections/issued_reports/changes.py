"""The figures of a report today, and what was recorded since it was issued."""

import json
from datetime import datetime
from typing import NamedTuple

from psycopg import Connection

from projections.figures.registry import FIGURES
from projections.issued_reports.differences import FigureDifference, differences
from projections.issued_reports.explaining import JudgedFacts, facts_that_explain
from projections.issued_reports.late_facts import READ, LateFacts, late_facts, published_for
from projections.issued_reports.other_versions import OtherVersions, other_versions
from projections.issued_reports.pack_figures import figures_of, is_judged_at_present, projections_of
from projections.issued_reports.queries import Issue
from projections.issued_reports.rows_at_head import rows_at_head


class ChangesSince(NamedTuple):
    """``position`` and ``judged_at`` are those of the present figures. ``late`` and ``versions`` explain them."""

    position: int
    judged_at: datetime
    differences: list[FigureDifference]
    late: LateFacts
    versions: OtherVersions


def changes_since(
    connection: Connection,
    tenant: str,
    issue: Issue,
    now: datetime,
    progress: JudgedFacts = lambda _judged, _all: None,
) -> ChangesSince:
    """The figures of an issue beside those of today, without figures that are judged at the present instant.

    ``progress`` is told how many late facts are judged. The connection must be in autocommit and REPEATABLE READ.
    """
    facts = issue.facts
    question = issue.question(facts.position, now)
    of_figures = projections_of(question.pack)
    projections = tuple({each.name: each for each in (*of_figures, *READ)}.values())
    with rows_at_head(connection, tenant, projections) as rows:
        figures = json.loads(figures_of(connection, tenant, rows.schema, question._replace(position=rows.position)))
        changed = differences(issue.document, figures)
        compared = [each for each in changed if not is_judged_at_present(each.figure)]
        read = published_for([FIGURES[each.figure] for each in compared])
        late = LateFacts([], 0)
        if compared:
            late = late_facts(connection, rows.schema, facts.position, question.period, now, read)
    today = question._replace(position=rows.position)
    sections = {each.section for each in compared}
    explaining = facts_that_explain(connection, tenant, today, figures, sections, late, progress)
    return ChangesSince(rows.position, now, compared, explaining, other_versions(facts, of_figures, compared))
