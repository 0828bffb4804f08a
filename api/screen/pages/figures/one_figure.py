"""A figure with its question, its answer, and the facts behind a part of it: what every number on the desk links to."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import get_args

from api.figure_formulas import formula_sentence, note_of
from api.headings import heading, reason_words
from api.http.read_session import ReadSession
from api.screen.figures.presentation import ShownCell, bars, count_cell, period_words, shown_table, trend
from api.screen.figures.question import AnsweredQuestion
from api.screen.page import Content, Page, Panel
from api.screen.pages.figures.facts_behind import facts_behind
from api.screen.pages.figures.question_in_address import figure_of, question_of, reading
from api.screen.pages.rules.addresses import titled
from api.screen.visit import Visit
from api.screen.words.sources import source_in
from domain.readable import minute, number
from projections.figures.counting import LEFT_OUT
from projections.figures.registry import FIGURES
from projections.scope.periods import Every

_PARAMETERS = frozenset({"first", "last", "every", "by", "where", "part", "cursor"})
_MOST_BARS = 24
"""Groups of an answer that are drawn; more are a table alone."""


def _title(visit: Visit, _session: ReadSession) -> str:
    title: str = getattr(figure_of(visit).title, visit.language)
    return title


def _question(visit: Visit, session: ReadSession) -> Content:
    question, language = question_of(visit), visit.language
    figure = question.figure
    return {
        "formula": formula_sentence(figure, language),
        "note": note_of(figure, language),
        "source": source_in(figure.source, language),
        "question": question,
        "days": None if figure.judged == "at the present instant" else question.days(visit, session),
        "dimensions": [(name, heading(name, language), name in question.by) for name in figure.dimensions],
        "wheres": [*question.wheres, ""],
        "every": [(each, heading(each, language)) for each in get_args(Every)],
    }


def _answer(visit: Visit, session: ReadSession) -> Content:
    answered = question_of(visit).answered(visit, session)
    summary = _summary(answered, _title(visit, session))
    rows = answered.answer.rows
    chart = None
    if answered.question.every is not None and not answered.question.by and not answered.question.figure.always_by:
        chart = trend(answered, summary)
    elif answered.question.every is None and 1 < len(rows) <= _MOST_BARS:
        chart = bars(answered, summary)
    return {
        "summary": summary,
        "chart": chart,
        "table": shown_table(_without_left_out(answered)),
        "parts_behind": _parts(answered) if len(rows) == 1 else [],
        "final": number(sum(row.final for row in rows), visit.language),
        "provisional": number(sum(row.provisional for row in rows), visit.language),
        "left_out": _left_out(answered),
        "definitions": [(used, titled(used.kind, used.name, visit)) for used in answered.answer.definitions],
    }


def _summary(answered: AnsweredQuestion, title: str) -> str:
    """The figure with its days, or with the instant that it is judged at."""
    visit, answer = answered.visit, answered.answer
    judged, at = answered.question.figure.judged, answer.judged_at
    if judged == "over a period" or answered.question.every is not None:
        return visit.w("figure.of_days", title=title, days=period_words(answered))
    if judged == "at instants":
        at = min(at, answer.end - timedelta.resolution)
    return visit.w("figure.of_instant", title=title, at=minute(visit.local(at), visit.language))


def _parts(answered: AnsweredQuestion) -> list[tuple[str, str]]:
    """Each part of an answer with one row, with the address of its facts."""
    behind = answered.behind(answered.row)
    names = [name for name in answered.question.figure.part_names if answered.row.parts.get(name) is not None]
    return [(heading(name, answered.visit.language), behind.address(answered.visit, name)) for name in names]


def _without_left_out(answered: AnsweredQuestion) -> AnsweredQuestion:
    """The answer without what is left out, which stands below the table with links."""
    rows = [row._replace(left_out={}) for row in answered.answer.rows]
    return replace(answered, answer=answered.answer._replace(rows=rows))


def _left_out(answered: AnsweredQuestion) -> list[tuple[str, ShownCell]]:
    visit, question = answered.visit, answered.question
    counts: dict[str, int] = {}
    for reason, count in chain.from_iterable(row.left_out.items() for row in answered.answer.rows):
        counts[reason] = counts.get(reason, 0) + count
    return [
        (reason_words(reason, visit.language), count_cell(visit, count, question.address(visit, LEFT_OUT + reason)))
        for reason, count in counts.items()
        if count
    ]


PAGE = Page(
    name="figure",
    path="/figures/{name}",
    panels=(
        Panel("asked", _question, wide=True),
        Panel("answer", _answer, wide=True),
        Panel("facts", facts_behind, wide=True),
    ),
    projections=tuple({each.name: each for figure in FIGURES.values() for each in figure.projections}.values()),
    reading=reading,
    title=_title,
    parameters=_PARAMETERS,
    refreshes=False,
)
