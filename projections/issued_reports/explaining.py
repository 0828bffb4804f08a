"""Which late facts change a number: the report is made again without each of them."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from uuid import UUID

from psycopg import Connection

from domain.event_log import reader
from domain.report_pack.definition import ReportPack
from projections.figures.registry import FIGURES
from projections.issued_reports.canonical import canonical_json
from projections.issued_reports.late_facts import FROM_THE_LOG, LateFact, LateFacts
from projections.issued_reports.pack_figures import Document, PackQuestion, projections_of, sections_of
from projections.point_in_time.readings import as_at_position

MOST_FIGURES = 200
"""Figures that are computed at most: each section that differs, once for each fact."""
JudgedFacts = Callable[[int, int], None]
"""Called with how many facts are judged so far, and how many there are."""


def facts_that_explain(
    connection: Connection,
    tenant: str,
    question: PackQuestion,
    today: Document,
    sections: Collection[int],
    late: LateFacts,
    progress: JudgedFacts = lambda _judged, _all: None,
) -> LateFacts:
    """The facts without which a number of the sections that differ is another one, and what was published.

    ``today`` are the figures with every fact. All facts stay when judging them takes more than MOST_FIGURES, when such
    a section judges customers from the log, or when neither a fact alone makes a difference nor those of one stream
    together, such as a reopening and the work after it. The connection must be in
    autocommit and REPEATABLE READ.
    """
    published = [fact for fact in late.facts if fact.relation == "definition"]
    if (late.total - len(published)) * len(sections) > MOST_FIGURES:
        return late
    different = question._replace(pack=_only(question.pack, sections))
    if any(FROM_THE_LOG.intersection(FIGURES[each.figure].definitions) for each in different.pack.sections):
        return late
    known = [section for number, section in enumerate(today["sections"]) if number in sections]
    others = [fact for fact in late.facts if fact.relation != "definition"]
    explaining = []
    for number, fact in enumerate(others, start=1):
        if _differs(connection, tenant, different, known, [fact.position]):
            explaining.append(fact)
        progress(number, len(others))
    if not explaining:
        explaining = [
            fact
            for of_stream in _by_stream(others)
            if _differs(connection, tenant, different, known, [each.position for each in of_stream])
            for fact in of_stream
        ]
    return _these([*published, *explaining]) if explaining else late


def _by_stream(facts: Sequence[LateFact]) -> list[list[LateFact]]:
    """The facts of each stream that has several."""
    by_stream: dict[UUID, list[LateFact]] = {}
    for fact in facts:
        by_stream.setdefault(fact.stream, []).append(fact)
    return [each for each in by_stream.values() if len(each) > 1]


def _only(pack: ReportPack, sections: Collection[int]) -> ReportPack:
    chosen = tuple(section for number, section in enumerate(pack.sections) if number in sections)
    return pack.model_copy(update={"sections": chosen})


def _differs(
    connection: Connection, tenant: str, question: PackQuestion, known: Sequence[Document], without: Collection[int]
) -> bool:
    """Whether a section is another one without some events; those behind the first such section are not computed."""
    definitions = reader.definitions(connection, tenant, question.position)
    projections = projections_of(question.pack)
    with as_at_position(connection, tenant, projections, question.position, without=without) as schema:
        sections = sections_of(connection, tenant, schema, question, definitions)
        return any(json.loads(canonical_json(made)) != section for made, section in zip(sections, known, strict=True))


def _these(facts: list[LateFact]) -> LateFacts:
    return LateFacts([replace(fact, total=len(facts)) for fact in facts], len(facts))
