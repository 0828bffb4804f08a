"""Which late facts change a number: the report is made again without each of them."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
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

    ``today`` are the figures with every fact. For sections that no fact alone explains, those of one stream are judged
    together, such as a reopening and the work after it. All facts stay when judging them takes more than MOST_FIGURES,
    when a section judges customers from the log, or when nothing explains anything. The connection must be in
    autocommit and REPEATABLE READ.
    """
    published = [fact for fact in late.facts if fact.relation == "definition"]
    if (late.total - len(published)) * len(sections) > MOST_FIGURES:
        return late
    different = _only(question.pack, sections).sections
    if any(FROM_THE_LOG.intersection(FIGURES[each.figure].definitions) for each in different):
        return late
    known = {number: today["sections"][number] for number in sorted(sections)}
    others = [fact for fact in late.facts if fact.relation != "definition"]
    explaining: set[int] = set()
    unexplained = set(known)
    for number, fact in enumerate(others, start=1):
        explained = known.keys() - unexplained
        if changed := _changed(connection, tenant, question, known, [fact.position], unexplained, explained):
            explaining.add(fact.position)
            unexplained -= changed
        progress(number, len(others))
    if unexplained:
        for positions in _by_stream(others):
            if _changed(connection, tenant, question, known, positions, (), unexplained):
                explaining.update(positions)
    named = [*published, *[fact for fact in others if fact.position in explaining]]
    return _these(named) if explaining else late


def _by_stream(facts: Sequence[LateFact]) -> list[list[int]]:
    """The positions of the facts of each stream that has several."""
    by_stream: dict[UUID, list[int]] = {}
    for fact in facts:
        by_stream.setdefault(fact.stream, []).append(fact.position)
    return [each for each in by_stream.values() if len(each) > 1]


def _only(pack: ReportPack, sections: Collection[int]) -> ReportPack:
    return pack.model_copy(update={"sections": tuple(pack.sections[number] for number in sorted(sections))})


def _changed(
    connection: Connection,
    tenant: str,
    question: PackQuestion,
    known: Mapping[int, Document],
    without: Collection[int],
    each: Collection[int],
    any_of: Collection[int],
) -> set[int]:
    """Which sections are others without some events: those of ``each``, or else the first of ``any_of``."""
    definitions = reader.definitions(connection, tenant, question.position)
    projections = projections_of(_only(question.pack, known))
    with as_at_position(connection, tenant, projections, question.position, without=without) as schema:

        def differing(sections: Collection[int]) -> Iterator[int]:
            asked_for = question._replace(pack=_only(question.pack, sections))
            made = sections_of(connection, tenant, schema, asked_for, definitions)
            for number, section in zip(sorted(sections), made, strict=True):
                if json.loads(canonical_json(section)) != known[number]:
                    yield number

        return {*differing(each)} or {*islice(differing(any_of), 1)}


def _these(facts: list[LateFact]) -> LateFacts:
    return LateFacts([replace(fact, total=len(facts)) for fact in facts], len(facts))
