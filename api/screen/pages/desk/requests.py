"""How many requests came in this month and today, and how that is going."""

from dataclasses import replace

from api.http.read_session import ReadSession
from api.screen.figures.question import FigureQuestion
from api.screen.figures.sentences import change_sentence
from api.screen.figures.shown import part_cell, shown_table, the_cell, trend
from api.screen.page import Content
from api.screen.pages.desk.days import days_of, of_team
from api.screen.visit import Visit
from projections.figures.registry import FIGURES

_PART = "received"


def requests(visit: Visit, session: ReadSession) -> Content:
    """Receipts of this month and of today, day by day, and by team; compared with the same days of the last month."""
    days, team = days_of(visit, session), of_team(visit)
    received = replace(FigureQuestion(FIGURES["flow"], where=team), parts=(_PART,))
    teams = replace(received, first=days.month, last=days.today, by=("team",)).answered(visit, session)
    before = replace(received, first=days.month_before, last=days.same_day_before).answered(visit, session)
    daily = replace(received, first=days.trend, last=days.today, every="day").answered(visit, session)
    month = teams.summed()
    this_month = the_cell(month, _PART)
    summary = change_sentence(
        visit,
        visit.w("desk.requests_this_month"),
        this_month.text,
        month.row.parts[_PART],
        before.row.parts[_PART],
        visit.w("desk.same_days"),
    )
    return {
        "figures": [
            (visit.w("desk.this_month"), this_month),
            (visit.w("desk.today"), part_cell(daily, daily.answer.rows[-1], _PART)),
        ],
        "chart": trend(daily, summary, part=_PART),
        "teams": None if team else shown_table(teams, part=_PART),
    }
