"""How many requests came in this month and today, and how that is going."""

from api.http.read_session import ReadSession
from api.screen.figures.question import asked
from api.screen.figures.sentences import change_sentence
from api.screen.figures.shown import shown_table, the_cell, trend
from api.screen.page import Content
from api.screen.pages.desk.days import days_of, of_team
from api.screen.visit import Visit

_PART = "received"


def requests(visit: Visit, session: ReadSession) -> Content:
    """Receipts of this month and of today, day by day, and by team; compared with the same days of the last month."""
    days, team = days_of(visit, session), of_team(visit)
    month = asked("flow", first=days.month, last=days.today, where=team).answered(visit, session)
    before = asked("flow", first=days.month_before, last=days.same_day_before, where=team).answered(visit, session)
    today = asked("flow", first=days.today, last=days.today, where=team).answered(visit, session)
    daily = asked("flow", first=days.trend, last=days.today, every="day", where=team).answered(visit, session)
    teams = asked("flow", first=days.month, last=days.today, by=("team",))
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
            (visit.w("desk.today"), the_cell(today, _PART)),
        ],
        "chart": trend(daily, summary, part=_PART),
        "teams": None if team else shown_table(teams.answered(visit, session), part=_PART),
    }
