"""Satisfaction, response time, and promises kept: this month beside the last one, the trend, and by team."""

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple, get_args

from api.http.read_session import ReadSession
from api.http.report_request import ReportRequest
from api.screen.figures.question import AnsweredQuestion, FigureQuestion, asked
from api.screen.figures.sentences import change_sentence
from api.screen.figures.shown import ShownCell, share_cell, shown_table, the_cell, trend
from api.screen.page import Content
from api.screen.pages.desk.days import days_of, of_team
from api.screen.visit import Visit
from domain.sla.policy.policy import TargetName
from projections.scope.periods import RequestedPeriod
from projections.scope.report_scope import Share
from projections.sla.queries import compliance

_MAIN = "sla-resolution"
_NONE = Share(numerator=0, denominator=0)


class _TwoMonths(NamedTuple):
    """A figure this month and the whole month before, and a sentence about both."""

    title: str
    now: ShownCell
    before: ShownCell
    summary: str


def satisfaction(visit: Visit, session: ReadSession) -> Content:
    """Ratings, how many gave one, and the time to the first response."""
    days, team = days_of(visit, session), of_team(visit)
    rated = _two_months(visit, session, "csat")
    answered, responded = (
        asked(name, first=days.month, last=days.today, where=team).answered(visit, session)
        for name in ("response-rate", "sla-first-response")
    )
    weekly = asked("csat", first=days.weeks, last=days.today, every="week", where=team)
    return {
        "figures": [
            (visit.w("desk.satisfaction_this_month"), rated.now),
            (visit.w("desk.ratings_given"), the_cell(answered)),
            (visit.w("desk.first_response_median"), the_cell(responded, "elapsed_median")),
            (visit.w("desk.first_response_p90"), the_cell(responded, "elapsed_p90")),
        ],
        "chart": trend(weekly.answered(visit, session), rated.summary),
        "teams": None if team else shown_table(_by_team(visit, session, "csat")),
    }


def within(visit: Visit, session: ReadSession) -> Content:
    """The share of promises kept, of each target; the resolutions day by day and by team."""
    days, team = days_of(visit, session), of_team(visit)
    targets = _targets(visit, session)
    daily = asked(_MAIN, first=days.trend, last=days.today, every="day", where=team)
    return {
        "targets": list(targets.values()),
        "chart": trend(daily.answered(visit, session), targets["resolution"].summary),
        "teams": None if team else shown_table(_by_team(visit, session, _MAIN)),
    }


def _targets(visit: Visit, session: ReadSession) -> dict[TargetName, _TwoMonths]:
    """Every target in two months, from one statement."""
    days, team = days_of(visit, session), of_team(visit)
    both = RequestedPeriod(days.month_before, days.today)
    scope = ReportRequest(visit.reader, both, dict(team), "month").query(session).scope
    kept = {(row.target, row.period): row.compliance for row in compliance(session.connection, session.schema, scope)}
    found = {}
    for target in get_args(TargetName):
        question = asked(f"sla-{target.replace('_', '-')}", where=team)
        now, before = kept.get((target, days.month), _NONE), kept.get((target, days.month_before), _NONE)
        title = getattr(question.figure.title, visit.language)
        last_day_before = days.month - timedelta(days=1)
        now_cell = _kept_cell(visit, replace(question, first=days.month, last=days.today), now)
        before_cell = _kept_cell(visit, replace(question, first=days.month_before, last=last_day_before), before)
        summary = change_sentence(
            visit, title, now_cell.text, now.ratio, before.ratio, visit.w("desk.last_month"), "share"
        )
        found[target] = _TwoMonths(title, now_cell, before_cell, summary)
    return found


def _kept_cell(visit: Visit, question: FigureQuestion, kept: Share) -> ShownCell:
    return share_cell(visit, question, "met", kept.numerator, kept.denominator)


def _two_months(visit: Visit, session: ReadSession, name: str) -> _TwoMonths:
    days = days_of(visit, session)
    question = asked(name, first=days.month_before, last=days.today, every="month", where=of_team(visit))
    told = question.answered(visit, session)
    before, now = told.answer.rows
    cells = [row[1] for row in shown_table(told).rows]
    title = getattr(question.figure.title, visit.language)
    summary = change_sentence(visit, title, cells[1].text, now.value, before.value, visit.w("desk.last_month"), "share")
    return _TwoMonths(title, cells[1], cells[0], summary)


def _by_team(visit: Visit, session: ReadSession, name: str) -> AnsweredQuestion:
    days = days_of(visit, session)
    return asked(name, first=days.month, last=days.today, by=("team",)).answered(visit, session)
