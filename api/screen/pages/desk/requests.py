"""How many requests came in this month and today, and how that is going."""

from api.http.read_session import ReadSession
from api.screen.figures.presentation import part_cell, the_cell, trend
from api.screen.figures.question import FigureQuestion
from api.screen.figures.sentences import change_sentence
from api.screen.page import Content
from api.screen.pages.desk.days import days_of
from api.screen.visit import Visit
from projections.figures.registry import FIGURES

_PART = "received"


def requests(visit: Visit, session: ReadSession) -> Content:
    """Receipts of this month and of today, and day by day; compared with the same days of the last month.

    They are those of all teams, since a ticket has no team when it is received.
    """
    days = days_of(visit, session)
    first = min(days.month_before, days.trend)
    received = FigureQuestion(FIGURES["flow"], first=first, last=days.today, every="day", parts=(_PART,))
    answered = received.answered(visit, session)
    month = answered.summed(first=days.month)
    before = answered.summed(first=days.month_before, last=days.same_day_before)
    daily = answered.summed(every="day", first=days.trend)
    this_month = the_cell(month, _PART)
    title, earlier = visit.w("desk.requests_this_month"), before.row.parts[_PART]
    if earlier:
        now = month.row.parts[_PART]
        summary = change_sentence(visit, title, this_month.text, now, earlier, visit.w("desk.same_days"))
    else:
        summary = visit.w("desk.no_same_days", title=title, value=this_month.text)
    return {
        "figures": [
            (visit.w("desk.this_month"), this_month),
            (visit.w("desk.today"), part_cell(daily, daily.answer.rows[-1], _PART)),
        ],
        "chart": trend(daily, summary, part=_PART),
        "all_teams": visit.one("team") is not None,
    }
