"""The registry of figures: their list, their answers, and the facts behind each part."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from itertools import chain
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter
from pydantic_core import to_json

from api.api_keys import Principal
from api.http.filters import STORABLE
from api.http.paging import Cursor, Limit, cursor_key, page_of
from api.http.problems import Problem
from api.http.read_session import ReadRequest, ReadSession, caller_with, reader
from api.http.report_request import ReportRequest, period
from projections.figures.answer import answer, check_question, filters_in, subjects
from projections.figures.figure import Figure, SubjectKind, Unit
from projections.figures.registry import FIGURES, described
from projections.scope.periods import Every, RequestedPeriod

router = APIRouter(prefix="/v1/figures", tags=["figures"])

READ = tuple(
    {
        projection.name: projection
        for projection in chain.from_iterable(figure.projections for figure in FIGURES.values())
    }.values()
)
"""What any figure reads."""
_KEY = TypeAdapter(tuple[AwareDatetime, UUID | None, str | None])
ReadFigures = Annotated[ReadRequest, Depends(reader(*READ))]
Name = Annotated[str, Path(max_length=80, description="A name of the list of figures.")]
By = Annotated[list[str] | None, Query(max_length=8, description="Group by these dimensions of the figure.")]
Where = Annotated[
    list[Annotated[str, Query(max_length=300, pattern=STORABLE)]] | None,
    Query(
        max_length=16,
        description="Only what has this value, such as team:Billing; nothing behind the colon: what has none.",
    ),
]


class FigureTitle(BaseModel):
    en: str
    vi: str


class ListedFigure(BaseModel):
    """``judged`` says whether it is judged over a period or at instants; ``left_out`` holds reasons.

    ``version`` is that of the formula: it rises when the same facts give another answer.
    """

    name: str
    title: FigureTitle
    formula: str
    source: str
    version: int
    unit: Unit
    subject: SubjectKind
    judged: str
    parts: list[str]
    dimensions: list[str]
    definitions: list[str]
    left_out: list[str]
    note: str | None


class FigureGroup(BaseModel):
    """``value`` is null where there is nothing to divide by. ``parts`` are the numbers that it is made of."""

    period: date | None
    of: dict[str, str | None]
    value: float | None
    numerator: float | None
    denominator: float | None
    parts: dict[str, float | None]
    final: int
    provisional: int
    left_out: dict[str, int]


class UsedDefinition(BaseModel):
    """A version in effect; 0 is the built-in one."""

    kind: str
    name: str
    version: int


class AnsweredFigure(BaseModel):
    """A figure from ``start`` up to but not including ``end``, true for ``position`` of the log.

    ``version`` is that of the formula. ``facts`` is the address of what is behind a part: add ``part`` to the same
    question.
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
    definitions: list[UsedDefinition]
    rows: list[FigureGroup]
    note: str | None
    facts: str


class FactBehind(BaseModel):
    """``subject`` is the ticket, customer or contract that counts at ``at``; ``fact`` names it among several."""

    at: datetime
    subject: UUID | None
    fact: str | None
    customer: UUID | None
    final: bool


class FactsBehind(BaseModel):
    """``next`` is the cursor of the next page."""

    subject: SubjectKind
    facts: list[FactBehind]
    next: str | None


def _figure(name: Name, _caller: ReadFigures) -> Figure:
    if name not in FIGURES:
        raise Problem("not_found", "there is no figure of that name: GET /v1/figures lists them")
    return FIGURES[name]


async def _filters(where: Where = None) -> dict[str, str | None]:
    return filters_in(where or ())


def figure_request(
    figure: Annotated[Figure, Depends(_figure)],
    reader: ReadFigures,
    period: Annotated[RequestedPeriod, Depends(period)],
    where: Annotated[dict[str, str | None], Depends(_filters)],
    every: Every | None = None,
    by: By = None,
) -> ReportRequest:
    narrowed = replace(reader, projections=figure.projections)
    return ReportRequest(narrowed, period, where, every, tuple(dict.fromkeys(by or ())))


@router.get("", summary="The figures, with what each counts", response_model=list[ListedFigure])
async def list_figures(_caller: Annotated[Principal, Depends(caller_with("read"))]) -> Response:
    figures = [described(figure) for figure in FIGURES.values()]
    return Response(to_json(figures), media_type="application/json")


def _check_of(figure: Figure, request: ReportRequest, part: str | None = None) -> Callable[[ReadSession], None]:
    """Refuses a question before the log is folded for it."""
    return lambda session: check_question(figure, request.query(session), part)


@router.get("/{name}", summary="A figure, by period and dimensions", response_model=AnsweredFigure)
def figure(
    figure: Annotated[Figure, Depends(_figure)],
    request: Annotated[ReportRequest, Depends(figure_request)],
) -> Response:
    with request.reader.view(_check_of(figure, request)) as view:
        answered = answer(figure, request.query(view), view.position, known_at=request.reader.known_at)
    rows = [row._asdict() for row in answered.rows]
    definitions = [used._asdict() for used in answered.definitions]
    return view.answer(
        {**answered._asdict(), "rows": rows, "definitions": definitions, "facts": f"/v1/figures/{figure.name}/facts"}
    )


@router.get("/{name}/facts", summary="The facts behind a part of a figure", response_model=FactsBehind)
def facts_behind(
    figure: Annotated[Figure, Depends(_figure)],
    request: Annotated[ReportRequest, Depends(figure_request)],
    part: Annotated[str, Query(max_length=80, description="The name of a part.")],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = cursor_key(cursor, _KEY)
    with request.reader.view(_check_of(figure, request, part)) as view:
        facts = subjects(figure, request.query(view), part, after=after, limit=limit + 1)
    page, following = page_of(facts, limit, lambda fact: (fact.at, fact.subject, fact.fact))
    return view.answer({"subject": figure.subject, "facts": [fact._asdict() for fact in page], "next": following})
