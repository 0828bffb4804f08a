"""Reports of one population agree with each other, and with plain Python over the same events."""

from datetime import timedelta

from hypothesis import given, settings

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from projections.backlog.flow import flow_between
from projections.backlog.queries import backlog, workload
from projections.scope.report_scope import ReportScope
from tests.support.compared_reports import EVERYTHING, LATER, NOBODY_LEFT_OUT, PROJECTIONS, expected, reported, same
from tests.support.events import (
    START,
    at,
    history,
    instant,
    received,
    resolved,
)
from tests.support.examples import examples
from tests.support.filled import SCHEMA, add, filled
from tests.support.histories import logs, returns, streams_of
from tests.support.plain_figures import PlainFigures
from tests.support.plain_ticket import PlainTicket

FIRST_DAYS = ReportScope(START, START + timedelta(days=9))


def test_every_report_is_what_plain_python_makes_of_the_same_events(database_url: str) -> None:
    with filled(database_url, PROJECTIONS) as connection:

        @settings(max_examples=examples(200))
        @given(logs(max_size=9).map(streams_of) | returns())
        def reports_the_same(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, PROJECTIONS, *tickets)
                for scope in (EVERYTHING, FIRST_DAYS):
                    same(reported(connection, scope), expected(PlainFigures(tickets, scope.start, scope.end)))
                plain = PlainFigures(tickets, START, LATER)
                for minute in (0, 60, 60 * 24, 60 * 24 * 10, 60 * 24 * 40):
                    assert backlog(connection, SCHEMA, instant(minute))[0].tickets == plain.backlog(instant(minute))

        reports_the_same()


def test_no_two_reports_of_one_population_differ(database_url: str) -> None:
    with filled(database_url, PROJECTIONS) as connection:

        @settings(max_examples=examples(60))
        @given(logs(max_size=9).map(streams_of) | returns())
        def agree(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, PROJECTIONS, *tickets)
                reports = reported(connection)
                (flow,) = flow_between(connection, SCHEMA, [EVERYTHING.start, EVERYTHING.end])
                still_open = sum(load.tickets for load in workload(connection, SCHEMA, EVERYTHING.end))
                assert flow.backlog_after == backlog(connection, SCHEMA, EVERYTHING.end)[0].tickets == still_open
                handled = reports["handling_time"].get("left_out", NOBODY_LEFT_OUT | {"open_again": 0})
                resolved_once = reports["handling_time"].get("resolved", 0) + handled["open_again"]
                assert reports["first_contact"].get("resolved", 0) == resolved_once
                assert reports["reopenings"].get("reopened", (0, 0))[1] == resolved_once
                for report in ("satisfaction", "reopenings", "first_contact"):
                    left_out = reports[report].get("left_out", NOBODY_LEFT_OUT)
                    assert left_out == {reason: handled[reason] for reason in NOBODY_LEFT_OUT}
                resolutions = {
                    (ticket, finished)
                    for ticket, finished in connection.execute(
                        "select ticket, finished_at from tenant_default.sla_clocks"
                        " where target = 'resolution' and state = 'fulfilled'"
                    )
                }
                assert resolutions == {
                    (ticket, left)
                    for ticket, left in connection.execute(
                        "select ticket, left_at from tenant_default.tickets where outcome = 'resolved'"
                    )
                }

        agree()


def test_a_plain_ticket_knows_its_state_by_the_world_s_order() -> None:
    ticket = PlainTicket(history(at(0, received()), at(240, resolved()), at(180, e.WorkStarted(), recorded=300)))
    assert [move.after for move in ticket.moves] == ["received", "in_progress", "resolved"]
