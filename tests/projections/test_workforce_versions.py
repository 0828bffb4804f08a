"""A workforce that is published or changed in the middle of tickets' lives: what was judged stays as it was."""

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.event_log import reader
from domain.refusal import Refusal
from domain.ticket.commands import AddNote, AssignTicket, ResolveTicket
from projections.point_in_time.readings import as_it_was
from projections.team_time.table import TEAM_TIME
from tests.support.told import TENANT, Told, march, told

OFFICE = {"name": "Office", "zone": "Asia/Ho_Chi_Minh", "week": {"mon-fri": ["08:00-12:00"]}}
SPANS = "select workforce_version, elapsed_us / 60000000, verdict from team_spans order by began_at"


def team(target: str, calendar: str = "24x7") -> dict[str, Any]:
    return {"teams": [{"name": "A", "target": target, "calendar": calendar}]}


def held(desk: Told, start: datetime, end: datetime) -> UUID:
    """A ticket that A holds from one instant to another."""
    ticket = desk.ticket(start)
    desk.send(ticket, AssignTicket(team="A", occurred_at=start))
    desk.send(ticket, ResolveTicket(resolution="done", occurred_at=end))
    return ticket


def test_a_span_keeps_the_workforce_by_which_it_was_judged_and_the_next_one_takes_the_new(database_url: str) -> None:
    with told(database_url) as desk:
        desk.workforce(team("2h"))
        held(desk, march(2, 8), march(2, 9, 30))
        desk.follow()
        desk.workforce(team("1h"), since=march(1))
        noted = held(desk, march(3, 8), march(3, 9, 30))
        desk.follow()
        desk.workforce(team("3h"), since=march(2))
        desk.send(noted, AddNote(body="called back"))
        desk.follow()
        assert desk.rows(SPANS) == [(1, 90, "met"), (2, 90, "breached")]
        assert desk.projected_as_rebuilt()


def test_a_span_that_goes_on_is_judged_anew_by_its_next_event(database_url: str) -> None:
    with told(database_url) as desk:
        desk.workforce(team("2h"))
        ticket = desk.ticket(march(2, 8))
        desk.send(ticket, AssignTicket(team="A", occurred_at=march(2, 8)))
        desk.workforce(team("1h"), since=march(1))
        desk.follow()
        late = "select workforce_version, late_after from team_spans"
        assert desk.rows(late) == [(1, march(2, 10))]
        desk.send(ticket, AddNote(body="n", occurred_at=march(2, 8, 30)))
        desk.follow()
        assert desk.rows(late) == [(2, march(2, 9))]
        assert desk.projected_as_rebuilt()


def test_the_rows_at_another_instant_are_those_of_the_versions_known_then(database_url: str) -> None:
    with told(database_url) as desk:
        desk.calendar(OFFICE)
        desk.workforce(team("1h", "Office"))
        held(desk, march(2, 1), march(2, 4))
        with psycopg.connect(database_url) as connection:
            known_at = reader.now(connection)
        desk.workforce(team("9h"), since=march(1))
        held(desk, march(3, 1), march(3, 4))
        desk.follow()
        assert desk.rows(SPANS) == [(1, 180, "breached"), (2, 180, "met")]
        options = r"-c default_transaction_isolation=repeatable\ read"
        with psycopg.connect(database_url, options=options) as connection:
            with as_it_was(connection, TENANT, [TEAM_TIME], known_at=known_at) as schema:
                known = connection.execute(f"select workforce_version from {schema}.team_spans").fetchall()
            with as_it_was(connection, TENANT, [TEAM_TIME], as_of=march(3, 2)) as schema:
                then = connection.execute(
                    f"select workforce_version, ended_at from {schema}.team_spans order by began_at"
                ).fetchall()
        assert known == [(1,)]
        assert then == [(1, march(2, 4)), (2, None)]


def test_a_workforce_on_an_unknown_calendar_is_refused_and_taken_once_the_calendar_is_published(
    database_url: str,
) -> None:
    with told(database_url) as desk:
        with pytest.raises(Refusal, match="publish every calendar first"):
            desk.workforce(team("1h", "Office"))
        desk.calendar(OFFICE)
        desk.workforce(team("1h", "Office"))
        desk.follow()
        assert desk.rows("select count(*) from team_spans") == [(0,)]
