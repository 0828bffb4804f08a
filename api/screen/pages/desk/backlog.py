"""The backlog by age, what came in and what left, and the tickets of nobody."""

from collections.abc import Mapping
from datetime import date, timedelta

from api.http.read_session import ReadSession
from api.screen.figures.presentation import part_cell, shown_table, stacks, the_cell
from api.screen.figures.question import FigureQuestion
from api.screen.figures.sentences import change_sentence
from api.screen.page import Content
from api.screen.pages.desk.days import Days, days_of, of_team
from api.screen.pages.query import SET
from api.screen.visit import Visit
from projections.figures.registry import FIGURES

_AGES = ("under_10_days", "from_10_to_30_days", "over_30_days")
_WEEK = timedelta(days=7)


def backlog(visit: Visit, session: ReadSession) -> Content:
    """Open tickets now and at the end of each day of a week by age, and what entered and left today.

    What entered is not shown for a team, since a ticket has no team when it is received.
    """
    days, team = days_of(visit, session), of_team(visit)
    answered = _aged(days.today - _WEEK, days, team).answered(visit, session)
    flow = FigureQuestion(FIGURES["flow"], first=days.today, last=days.today, where=team).answered(visit, session)
    daily = answered.summed(every="day")
    now = daily.answer.rows[-1]
    on_monday = next(row.value for row in daily.answer.rows if row.period == days.monday)
    cell = part_cell(daily, now, "open")
    summary = change_sentence(
        visit, visit.w("desk.backlog"), cell.text, now.value, on_monday, visit.w(days.since_monday)
    )
    return {
        "figures": [
            (visit.w("desk.open_now"), cell),
            *((visit.w(f"desk.{age}"), part_cell(daily, now, age)) for age in _AGES),
            *([] if team else [(visit.w("desk.entered_today"), the_cell(flow, "entered"))]),
            (visit.w("desk.left_today"), the_cell(flow, "left")),
        ],
        "chart": stacks(daily, summary, parts=_AGES, name="backlog"),
        "teams": None if team else shown_table(answered.summed("team", first=days.today)),
    }


def _aged(first: date, days: Days, where: Mapping[str, str | None]) -> FigureQuestion:
    """Open tickets by age and team, at the end of each day and now."""
    figure = FIGURES["open-tickets"]
    return FigureQuestion(figure, first, days.today, every="day", by=("team",), where=where, parts=_AGES)


def unassigned(visit: Visit, session: ReadSession) -> Content:
    """Open tickets without an agent, by age and by team."""
    days = days_of(visit, session)
    answered = _aged(days.monday, days, {"agent": None, **of_team(visit)}).answered(visit, session)
    now, teams = answered.summed(first=days.today), answered.summed("team", first=days.today)
    monday = answered.summed(first=days.monday, last=days.monday)
    cell = the_cell(now)
    return {
        "summary": change_sentence(
            visit,
            visit.w("desk.without_an_agent"),
            cell.text,
            now.row.value,
            monday.row.value,
            visit.w(days.since_monday),
        ),
        "figures": [
            (visit.w("desk.without_an_agent"), cell),
            *((visit.w(f"desk.{age}"), the_cell(now, age)) for age in _AGES),
        ],
        "teams": shown_table(teams) if now.row.value and not visit.one("team") else None,
        "tickets": visit.link("/tickets", unassigned=SET, open=SET, team=visit.one("team")),
    }
