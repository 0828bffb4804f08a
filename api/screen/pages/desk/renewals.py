"""The contract terms that end soon, how many were renewed of late, and the chance of the others."""

from collections.abc import Sequence
from datetime import timedelta

from api.http.read_session import ReadSession
from api.screen.figures.presentation import ShownTable, shown_table, the_cell, trend
from api.screen.figures.question import FigureQuestion
from api.screen.figures.sentences import change_sentence
from api.screen.page import Content
from api.screen.pages.desk.days import days_of
from api.screen.visit import Visit
from domain.days import months_later
from projections.figures.figure import FigureRow
from projections.figures.registry import FIGURES

_AHEAD = timedelta(days=90)
_YEAR = timedelta(days=365)
_MONTHS = 6


def of_ended_terms(table: ShownTable, rows: Sequence[FigureRow]) -> ShownTable:
    """The chance of renewal by band, without a band whose terms are all open."""
    return table._replace(rows=[shown for shown, row in zip(table.rows, rows, strict=True) if row.denominator])


def renewals(visit: Visit, session: ReadSession) -> Content:
    """Terms that end in the next 90 days, renewals month by month, and the share renewed by band of health."""
    days = days_of(visit, session)
    ahead = FigureQuestion(FIGURES["renewal"], first=days.today, last=days.today + _AHEAD).answered(visit, session)
    since = months_later(days.month, 1 - _MONTHS, 1)
    monthly = FigureQuestion(FIGURES["renewal"], first=since, last=days.today, every="month").answered(visit, session)
    chance = FigureQuestion(FIGURES["renewal-chance"], first=days.today - _YEAR, last=days.today).answered(
        visit, session
    )
    before, now = monthly.answer.rows[-2:]
    summary = change_sentence(
        visit,
        visit.w("desk.renewed_this_month"),
        shown_table(monthly).rows[-1][1].text,
        now.value,
        before.value,
        visit.w("desk.last_month"),
        "share",
    )
    return {
        "figures": [
            (visit.w("desk.ending_soon"), the_cell(ahead, "due")),
            (visit.w("desk.renewed_ahead"), the_cell(ahead, "renewed")),
        ],
        "chart": trend(monthly, summary),
        "chance": of_ended_terms(shown_table(chance), chance.answer.rows),
    }
