"""Which late facts change a number: the report is made again without each of them."""

from collections.abc import Collection
from dataclasses import replace

from psycopg import Connection

from domain.definitions.kinds import HEALTH, SEGMENT
from domain.report_pack.definition import ReportPack
from projections.figures.registry import FIGURES
from projections.issued_reports.late_facts import LateFact, LateFacts
from projections.issued_reports.pack_figures import PackQuestion, figures_of, projections_of
from projections.point_in_time.readings import as_at_position

MOST_FIGURES = 200
"""Figures that are computed at most: each section that differs, once for each fact."""
_JUDGED_FROM_THE_LOG = {HEALTH.name, SEGMENT.name}
"""The kinds of definitions whose figures gather events from the log itself, where none can be left out."""


def facts_that_explain(
    connection: Connection, tenant: str, question: PackQuestion, sections: Collection[int], late: LateFacts
) -> LateFacts:
    """The facts without which a number of the sections that differ is another one, and what was published.

    All facts stay when that takes more than MOST_FIGURES, when such a section judges customers from the log, or when no
    fact alone makes a difference. The connection must be in autocommit and REPEATABLE READ.
    """
    published = [fact for fact in late.facts if fact.relation == "definition"]
    if not sections:
        return _these(published)
    if (late.total - len(published)) * len(sections) > MOST_FIGURES:
        return late
    different = question._replace(pack=_only(question.pack, sections))
    if any(_JUDGED_FROM_THE_LOG.intersection(FIGURES[each.figure].definitions) for each in different.pack.sections):
        return late
    today = _figures(connection, tenant, different)
    explaining = [
        fact
        for fact in late.facts
        if fact.relation != "definition" and _figures(connection, tenant, different, without=fact.position) != today
    ]
    return _these([*published, *explaining]) if explaining else late


def _only(pack: ReportPack, sections: Collection[int]) -> ReportPack:
    chosen = tuple(section for number, section in enumerate(pack.sections) if number in sections)
    return pack.model_copy(update={"sections": chosen})


def _figures(connection: Connection, tenant: str, question: PackQuestion, without: int | None = None) -> str:
    projections = projections_of(question.pack)
    with as_at_position(connection, tenant, projections, question.position, without=without) as schema:
        return figures_of(connection, tenant, schema, question)


def _these(facts: list[LateFact]) -> LateFacts:
    return LateFacts([replace(fact, total=len(facts)) for fact in facts], len(facts))
