"""A report has as many groups as somebody can read; who asks for more is told how to ask for fewer."""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest

from domain.ticket import events as e
from projections.backlog.queries import backlog
from projections.figures.service_reports import handling_time, reopen_rate, satisfaction
from projections.first_contact.queries import first_contact_resolution
from projections.registry import PROJECTIONS
from projections.scope.report_scope import ReportScope, TooManyGroups
from projections.sla.queries import compliance, open_clocks
from tests.support.events import OTHER_TICKET, START, THIRD_TICKET, at, history, instant, received, resolved
from tests.support.figure_answers import question_of
from tests.support.filled import SCHEMA, filled

LATER = instant(100)
SCOPE = ReportScope(START, LATER, by=("channel",))
Report = Callable[[psycopg.Connection, ReportScope], Sequence[Any]]
REPORTS: dict[str, Report] = {
    "handling time": lambda connection, scope: handling_time(question_of(connection, scope)),
    "satisfaction": lambda connection, scope: satisfaction(question_of(connection, scope)),
    "reopenings": lambda connection, scope: reopen_rate(question_of(connection, scope)),
    "first contact": lambda connection, scope: first_contact_resolution(connection, SCHEMA, scope, now=LATER),
    "compliance": lambda connection, scope: compliance(connection, SCHEMA, scope),
    "open clocks": lambda connection, scope: open_clocks(connection, SCHEMA, now=LATER, by=scope.by),
    "backlog": lambda connection, scope: backlog(connection, SCHEMA, instant(5), by=scope.by),
}


@pytest.mark.parametrize("name", REPORTS)
def test_of_more_groups_than_can_be_read_none_is_told(
    database_url: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    email = history(at(0, received(channel="email")), at(10, resolved()), at(20, e.SatisfactionRated(score=5)))
    zalo = history(at(0, received(channel="zalo")), at(10, resolved()), ticket=OTHER_TICKET, first_position=100)
    open_one = history(at(0, received(channel="app")), ticket=THIRD_TICKET, first_position=200)
    report = REPORTS[name]
    with filled(database_url, [p for p in PROJECTIONS if p.reads("ticket")], email, zalo, open_one) as connection:
        groups = len(report(connection, SCOPE))
        assert groups > 1
        monkeypatch.setattr("projections.scope.report_scope.MOST_GROUPS", groups)
        assert len(report(connection, SCOPE)) == groups
        monkeypatch.setattr("projections.scope.report_scope.MOST_GROUPS", groups - 1)
        with pytest.raises(TooManyGroups, match=f"more than {groups - 1} groups"):
            report(connection, SCOPE)
