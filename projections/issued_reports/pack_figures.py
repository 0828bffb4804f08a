"""The figures of a pack for a period, as one document: canonical JSON that can be made again byte for byte."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from domain.definitions.settings import settings_in_effect
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.report_pack.definition import ReportPack, Section
from projections.engine.projection import Projection
from projections.figures.answer import FigureAnswer, FigureRefused, answer
from projections.figures.figure import Figure, FigureRow
from projections.figures.registry import FIGURES
from projections.issued_reports.canonical import canonical_json
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Period

Document = dict[str, Any]
"""What the JSON holds: the pack, the days, the zone, and the sections with their rows."""


class PackQuestion(NamedTuple):
    """A pack for the days of a period, by what the log holds up to ``position``, judged at an instant."""

    name: str
    pack: ReportPack
    period: Period
    position: int
    judged_at: datetime


def projections_of(pack: ReportPack) -> tuple[Projection, ...]:
    """The projections that the sections read, each once. Raises FigureRefused for an unknown figure."""
    read = {each.name: each for section in pack.sections for each in _figure(section).projections}
    return tuple(read.values())


def formulas_of(pack: ReportPack) -> dict[str, int]:
    """The version of the formula of each figure of the sections. Raises FigureRefused for an unknown figure."""
    return {section.figure: _figure(section).version for section in pack.sections}


def figures_of(connection: Connection, tenant: str, schema: str, question: PackQuestion) -> str:
    """The document, from the projections in ``schema``, which must stand at the position.

    Raises FigureRefused, PeriodRefused and TooManyGroups.
    """
    definitions = reader.definitions(connection, tenant, question.position)
    days = _days(question, definitions)
    return canonical_json(
        {
            "pack": question.name,
            "title": question.pack.title.model_dump(),
            "period": question.pack.period,
            "first": days.first,
            "last": days.last,
            "zone": days.zone.key,
            "year_begins": days.year_begins,
            "sections": [*sections_of(connection, tenant, schema, question, definitions)],
        }
    )


def sections_of(
    connection: Connection, tenant: str, schema: str, question: PackQuestion, definitions: Sequence[RecordedEvent]
) -> Iterator[Document]:
    """The sections of the document, each computed when it is taken; ``definitions`` are those known at the position.

    A section of a figure that is judged at the present instant has no rows once the period is over: the rows of the
    projections are those of the present, and the report would differ at each issue.
    """
    days = _days(question, definitions)
    is_over = days.span(question.judged_at)[1] <= question.judged_at
    for section in question.pack.sections:
        figure = _figure(section)
        at_present = is_judged_at_present(section.figure)
        period = Period(None, None, days.zone) if at_present else days
        query = FigureQuery(
            connection,
            schema,
            question.judged_at,
            period,
            section.every,
            section.by,
            section.where,
            tenant=tenant,
            definitions=definitions,
        )
        answered = answer(figure, query, question.position)
        yield _section(section, answered._replace(rows=()) if at_present and is_over else answered)


def _days(question: PackQuestion, definitions: Sequence[RecordedEvent]) -> Period:
    """The days of the question, with the year of the tenant's settings."""
    year_begins = settings_in_effect(definitions, question.judged_at).year_begins
    return Period(question.period.first, question.period.last, question.period.zone, year_begins)


def is_judged_at_present(figure: str) -> bool:
    """Whether a figure of the registry is judged at the present instant alone."""
    registered = FIGURES.get(figure)
    return registered is not None and registered.judged == "at the present instant"


def pack_in(document: Document) -> ReportPack:
    """The pack that a document was made of."""
    fields = Section.model_fields
    sections = [{name: value for name, value in each.items() if name in fields} for each in document["sections"]]
    return ReportPack.model_validate({"title": document["title"], "period": document["period"], "sections": sections})


def _figure(section: Section) -> Figure:
    figure = FIGURES.get(section.figure)
    if figure is None:
        raise FigureRefused(f"there is no figure {section.figure!r}: choose one of {', '.join(FIGURES)}")
    if section.part is not None and section.part not in figure.part_names:
        parts = ", ".join(figure.part_names)
        raise FigureRefused(f"the figure {figure.name} has no part {section.part!r}: choose one of {parts}")
    return figure


def _section(section: Section, answered: FigureAnswer) -> Document:
    return section.model_dump() | {
        "unit": answered.unit,
        "definitions": [used._asdict() for used in sorted(answered.definitions)],
        "rows": [row._asdict() for row in _chosen(answered.rows, section)],
    }


def _chosen(rows: Sequence[FigureRow], section: Section) -> Iterable[FigureRow]:
    """The rows by period and group; of at most ``most``, the greatest come first."""

    def size(row: FigureRow) -> float:
        if section.part is not None:
            return row.parts[section.part] or 0
        return (row.value if row.numerator is None else row.numerator) or 0

    in_order = sorted(rows, key=_order)
    return in_order if section.most is None else sorted(in_order, key=size, reverse=True)[: section.most]


def _order(row: FigureRow) -> tuple[str, list[tuple[bool, str]]]:
    """Sorts by period, then by group; a group without a value comes last."""
    return str(row.period or ""), [(value is None, value or "") for value in row.of.values()]
