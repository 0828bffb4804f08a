"""The figure and the question of an address."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import get_args

from api.http.problems import Problem, malformed
from api.http.read_session import ReadSession
from api.http.report_request import written_day
from api.screen.figures.question import FigureQuestion
from api.screen.visit import Visit
from projections.figures.answer import filters_in
from projections.figures.figure import Figure
from projections.figures.registry import FIGURES
from projections.scope.periods import Every


def figure_of(visit: Visit) -> Figure:
    """The figure of the address. Raises Problem (not_found)."""
    name = visit.path["name"]
    if name not in FIGURES:
        raise Problem("not_found", "there is no figure of that name: the list of figures names them")
    return FIGURES[name]


def reading(visit: Visit) -> AbstractContextManager[ReadSession]:
    """The snapshot of the page: at another instant the projections of its figure alone are folded."""
    return replace(visit.reader, projections=figure_of(visit).projections).view()


def question_of(visit: Visit) -> FigureQuestion:
    """The question of the address. Raises Problem (malformed, not_found) and FigureRefused."""
    wanted, periods = visit.one("every"), get_args(Every)
    every = next((each for each in periods if each == wanted), None)
    if wanted is not None and every is None:
        raise malformed([{"loc": ("every",), "msg": f"choose one of {', '.join(periods)}"}])
    return FigureQuestion(
        figure_of(visit),
        _day(visit, "first"),
        _day(visit, "last"),
        every,
        tuple(dict.fromkeys(filter(None, visit.query.get("by", ())))),
        filters_in(filter(None, visit.query.get("where", ()))),
    )


def _day(visit: Visit, name: str) -> date | None:
    text = visit.one(name)
    try:
        return None if text is None else written_day(text)
    except ValueError as error:
        raise malformed([{"loc": (name,), "msg": str(error)}]) from None
