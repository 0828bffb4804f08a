"""Satisfaction, response time, and promises kept: this month beside the last one, the trend, and by team."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple, get_args

from api.http.read_session import ReadSession
from api.http.report_request import ReportRequest
from api.screen.figures.presentation import ShownCell, share_cell, shown_table, the_cell, trend
from api.screen.figures.question import AnsweredQuestion, FigureQuestion
from api.screen.figures.sentences import change_sentence
from api.screen.page import Content
from api.screen.pages.desk.days import Days, days_of, of_team
from api.screen.visit import Visit
from domain.readable import Number
from domain.sla.policy.policy import TargetName
from projections.figures.figure import FigureRow
from projections.figures.registry import FIGURES
from projections.figures.values import parts_of
from projections.scope.periods import RequestedPeriod
from projections.scope.report_scope import Share
from projections.sla.queries import EndedPromises, kept_promises

_MAIN = "sla-resolution"


class _TwoMonths(NamedTuple):
    """A figure this month and the whole month before, and a sentence about both."""

    title: str
    now: ShownCell
    before: ShownCell
    summary: str


def satisfaction(visit: Visit, session: ReadSession) -> Content:
    """Ratings, how many gave one, and the time to the first response."""
    days, team = days_of(visit, session), of_team(visit)
    ratings = replace(FigureQuestion(FIGURES["csat"], where=team), parts=())
    first = min(days.month_before, days.weeks)
    in_days = replace(ratings, first=first, last=days.today, every="day", by=("team",)).answered(visit, session)
    rated = _two_months(in_days.summed(every="month", first=days.month_before), days)
    month = FigureQuestion(FIGURES["response-rate"], first=days.month, last=days.today, where=team)
    answered = replace(month, parts=()).answered(visit, session)
    times = ("elapsed_median", "elapsed_p90")
    responded = replace(month, figure=FIGURES["sla-first-response"], parts=times).answered(visit, session)
    weekly = in_days.summed(every="week", first=days.weeks)
    return {
        "figures": [
            (visit.w("desk.satisfaction_this_month"), rated.now),
            (visit.w("desk.ratings_given"), the_cell(answered)),
            (visit.w("desk.first_response_median"), the_cell(responded, "elapsed_median")),
            (visit.w("desk.first_response_p90"), the_cell(responded, "elapsed_p90")),
        ],
        "chart": trend(weekly, rated.summary),
        "teams": None if team else shown_table(in_days.summed("team", first=days.month)),
    }


def within(visit: Visit, session: ReadSession) -> Content:
    """The share of promises kept, of each target; the resolutions day by day and by team."""
    days, team = days_of(visit, session), of_team(visit)
    both = RequestedPeriod(min(days.month_before, days.trend), days.today)
    scope = ReportRequest(visit.reader, both, dict(team)).query(session).scope
    ended = kept_promises(session.connection, session.schema, scope)
    targets = {target: _target(visit, days, target, ended) for target in get_args(TargetName)}
    main = replace(FigureQuestion(FIGURES[_MAIN], where=team), parts=(), first=days.month, last=days.today)
    teams = replace(main, by=() if team else ("team",)).answered(visit, session)
    resolutions = {day: each._asdict() for (target, day), each in ended.items() if target == "resolution"}
    daily = teams.counted(days.trend, "day", resolutions)
    return {
        "targets": list(targets.values()),
        "chart": trend(daily, targets["resolution"].summary),
        "teams": None if team else shown_table(teams),
    }


def _target(
    visit: Visit, days: Days, target: TargetName, ended: Mapping[tuple[TargetName, date], EndedPromises]
) -> _TwoMonths:
    """A target in two months."""
    question = FigureQuestion(FIGURES[f"sla-{target.replace('_', '-')}"], where=of_team(visit))
    last_day_before = days.month - timedelta(days=1)

    def kept(first: date, last: date) -> Share:
        counts = [each for (of, day), each in ended.items() if of == target and first <= day <= last]
        met = sum(each.met for each in counts)
        return Share(numerator=met, denominator=met + sum(each.breached for each in counts))

    now, before = kept(days.month, days.today), kept(days.month_before, last_day_before)
    now_cell = _kept_cell(visit, replace(question, first=days.month, last=days.today), now)
    before_cell = _kept_cell(visit, replace(question, first=days.month_before, last=last_day_before), before)
    title = getattr(question.figure.title, visit.language)
    return _TwoMonths(title, now_cell, before_cell, _of_this_month(visit, title, now_cell, now.ratio, before.ratio))


def _kept_cell(visit: Visit, question: FigureQuestion, kept: Share) -> ShownCell:
    return share_cell(visit, question, "met", kept.numerator, kept.denominator)


def _two_months(answered: AnsweredQuestion, days: Days) -> _TwoMonths:
    """This month beside the one before, from an answer with a row for each month; without a row it has nothing."""
    rows = {row.period: row for row in answered.answer.rows}
    now, before = rows.get(days.month), rows.get(days.month_before)
    now_cell = _month_cell(answered, now, days.month, days.today)
    before_cell = _month_cell(answered, before, days.month_before, days.month - timedelta(days=1))
    title = getattr(answered.question.figure.title, answered.visit.language)
    summary = _of_this_month(answered.visit, title, now_cell, now and now.value, before and before.value)
    return _TwoMonths(title, now_cell, before_cell, summary)


def _of_this_month(visit: Visit, title: str, cell: ShownCell, now: Number | None, before: Number | None) -> str:
    """The sentence above a chart that shows earlier months too."""
    of_month = visit.w("desk.figure_this_month", title=title)
    return change_sentence(visit, of_month, cell.text, now, before, visit.w("desk.last_month"), "share")


def _month_cell(answered: AnsweredQuestion, row: FigureRow | None, first: date, last: date) -> ShownCell:
    question = replace(answered.question, first=first, last=last, every=None)
    counts = (0, 0) if row is None else (row.numerator or 0, row.denominator or 0)
    return share_cell(answered.visit, question, parts_of(question.figure.value)[0], *counts)
