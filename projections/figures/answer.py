"""The answer to a question about a figure: checked, computed, and with what it rests on."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.definitions.overview import overview
from domain.errors import LedgerError
from projections.figures.counting import LEFT_OUT, counted_rows, subjects_behind
from projections.figures.figure import ComputedRows, Figure, FigureRow, FigureSubject, SubjectCursor, Unit
from projections.scope.figure_query import FigureQuery

MOST_SPANS = 400
"""The periods of one answer at most."""


class FigureRefused(LedgerError):  # noqa: N818 -- names what happened
    """The figure cannot be asked like that; the message says how it can."""

    kind = "malformed"
    begins_small = True


class DefinitionUsed(NamedTuple):
    """A version of a definition that was in effect when the figure was judged; 0 is the built-in one."""

    kind: str
    name: str
    version: int


class FigureAnswer(NamedTuple):
    """A figure from ``start`` up to but not including ``end``; days begin in ``zone``.

    ``version`` is that of the formula. ``position`` is that of the log for which it is true, ``judged_at`` the instant
    at which what is provisional is judged. ``as_of`` and ``known_at`` repeat the question.
    """

    figure: str
    version: int
    unit: Unit
    start: datetime
    end: datetime
    zone: str
    position: int
    judged_at: datetime
    as_of: datetime | None
    known_at: datetime | None
    definitions: list[DefinitionUsed]
    rows: Sequence[FigureRow]
    note: str | None


def answer(
    figure: Figure,
    query: FigureQuery,
    position: int,
    *,
    known_at: datetime | None = None,
    parts: Collection[str] | None = None,
) -> FigureAnswer:
    """The figure's rows. ``parts``: those that are read of counted facts, beside those of the value; None: all.

    Raises FigureRefused, PeriodRefused and TooManyGroups.
    """
    check_question(figure, query)
    query = _grouped(figure, replace(query, position=position))
    scope = query.scope
    return FigureAnswer(
        figure=figure.name,
        version=figure.version,
        unit=figure.unit,
        start=scope.start,
        end=scope.end,
        zone=scope.zone.key,
        position=position,
        judged_at=query.now,
        as_of=query.as_of,
        known_at=known_at,
        definitions=_definitions(figure, query),
        rows=_rows(figure, query, parts),
        note=figure.note,
    )


def subjects(
    figure: Figure, query: FigureQuery, part: str, *, after: SubjectCursor | None = None, limit: int = 100
) -> Sequence[FigureSubject]:
    """The facts behind a part, behind the cursor ``after``. Raises FigureRefused and PeriodRefused."""
    check_question(figure, query, part)
    if isinstance(figure.reading, ComputedRows):
        behind = figure.reading.subjects(query, part)
        return [each for each in behind if after is None or _key(each) > _key(FigureSubject(*after, None, final=True))][
            :limit
        ]
    return subjects_behind(figure.reading, query, part, after, limit)


def _grouped(figure: Figure, query: FigureQuery) -> FigureQuery:
    """The question with the dimensions by which the figure is always grouped, those that are asked for first."""
    missing = [name for name in figure.always_by if name not in {*query.by, *query.where}]
    return replace(query, by=(*query.by, *missing))


def _key(subject: FigureSubject) -> tuple[datetime, str, str]:
    return subject.at, str(subject.subject or ""), subject.fact or ""


def _rows(figure: Figure, query: FigureQuery, parts: Collection[str] | None) -> Sequence[FigureRow]:
    if isinstance(figure.reading, ComputedRows):
        return figure.reading.rows(query)
    return counted_rows(figure, figure.reading, query, parts)


def _definitions(figure: Figure, query: FigureQuery) -> list[DefinitionUsed]:
    used = [each for kind in ("settings", *figure.definitions) for each in overview(query.definitions, query.now, kind)]
    return [DefinitionUsed(each.kind, each.name, each.version) for each in used]


def filters_in(words: Iterable[str]) -> dict[str, str | None]:
    """The filters of words like team:Billing; nothing behind the colon selects what has none. Raises FigureRefused."""
    wanted: dict[str, str | None] = {}
    for word in words:
        dimension, colon, value = word.partition(":")
        if not colon:
            raise FigureRefused(f"{word!r} is no filter: write it as dimension:value, such as team:Billing")
        if dimension in wanted:
            raise FigureRefused(f"{dimension} is filtered twice: ask for one value, or group by it")
        wanted[dimension] = value or None
    return wanted


def _check_id(organisation: str) -> None:
    try:
        UUID(organisation)
    except ValueError:
        raise FigureRefused(f"{organisation!r} is no id of an organisation: find it with `customer search`") from None


def check_question(figure: Figure, query: FigureQuery, part: str | None = None) -> None:
    """Raises FigureRefused and PeriodRefused. It reads no table, so it can go before a fold.

    ``part``: the one whose facts are asked for.
    """
    parts = (*figure.part_names, *(f"{LEFT_OUT}{reason}" for reason in figure.left_out))
    if part is not None and part not in parts:
        raise FigureRefused(f"the figure {figure.name} has no part {part!r}: choose one of {', '.join(parts)}")
    for dimension in (*query.by, *query.where):
        if dimension not in figure.dimensions:
            known = ", ".join(figure.dimensions) or "none"
            raise FigureRefused(f"the figure {figure.name} has no dimension {dimension!r}; its dimensions are: {known}")
    if (organisation := query.where.get("organisation")) is not None:
        _check_id(organisation)
    spans = query.spans
    if not spans:
        raise FigureRefused("the period has not begun: choose earlier days")
    if len(spans) > MOST_SPANS:
        raise FigureRefused(f"more than {MOST_SPANS} periods: ask for longer ones, or for fewer days")
    if figure.judged == "at the present instant" and (query.every or spans[-1].end <= query.now):
        raise FigureRefused(
            f"the figure {figure.name} is judged at one instant: leave `every` and the days out, and ask as of that"
            " instant"
        )
