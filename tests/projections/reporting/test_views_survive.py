"""Views keep their names, grants and readers through rebuilds and releases, in the transaction of the switch."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from api.database_roles import under
from api.migrations import migrate
from domain.event_log.roles import OWNER, REPORTING
from domain.ticket.events import TicketCategorised
from projections.engine.projection import FoldInputs, Projection
from projections.engine.rebuild import make_current, rebuild
from projections.engine.stream import Stream
from projections.engine.table import column_names
from projections.engine.view_writer import make_views, views_are_current
from projections.registry import PROJECTIONS
from projections.reporting.columns import ViewColumn, view
from projections.reporting.registry import VIEWS
from projections.tickets.table import TICKETS, StoredTicket
from tests.support.catching_up import catch_up
from tests.support.database_rights import rights_of
from tests.support.events import TICKET, received
from tests.support.log import append_events
from tests.support.reporting_views import listed, stored
from tests.support.waiting_for_tables import until_it_gives_up

NOTES = """
select nspname, relname, c.oid, relacl::text from pg_class c join pg_namespace n on n.oid = relnamespace
where relkind = 'v' and nspname like 'reporting%' order by 1, 2
"""
MINE = "create schema mine; create view mine.open_tickets as select * from reporting_of_default.ticket where is_open"


@dataclass(slots=True)
class TicketOfNextRelease(StoredTicket):
    """One column more."""

    mood: str | None = None


def fold_of_next_release(stream: Stream, inputs: FoldInputs) -> Iterator[Any]:
    for row in TICKETS.fold(stream, inputs):
        if isinstance(row, StoredTicket):
            yield TicketOfNextRelease(**{name: getattr(row, name) for name in column_names(StoredTicket)}, mood="calm")
        else:
            yield row


TABLE = replace(TICKETS.tables[0], row=TicketOfNextRelease)
OF_NEXT_RELEASE = replace(
    TICKETS, version=TICKETS.version + 1, tables=(TABLE, *TICKETS.tables[1:]), fold=fold_of_next_release
)
NEXT_RELEASE: list[Projection] = [OF_NEXT_RELEASE if p is TICKETS else p for p in PROJECTIONS]
MOOD_OF_ALL = view(
    "mood_of_all", "One row a ticket.", ViewColumn("mood", "'calm'", "How it is."), source="from {schema}.tickets"
)
MOOD = view("mood", "One row a ticket.", ViewColumn("mood", "mood", "How it is."), source="from {schema}.tickets")


TICKET_VIEW = next(each for each in VIEWS if each.name == "ticket" and not each.personal)
WIDER = replace(
    TICKET_VIEW,
    columns={**TICKET_VIEW.columns, "mood": "How it is."},
    select=lambda schema: sql.SQL(
        "select v.*, t.mood from ({}) v (ticket_id) join {} t on t.ticket = v.ticket_id"
    ).format(TICKET_VIEW.select(schema), sql.Identifier(schema, "tickets")),
    definition="wider",
)
VIEWS_OF_NEXT_RELEASE = [WIDER if each is TICKET_VIEW else each for each in (*VIEWS, MOOD)]


def found(dsn: str) -> list[Any]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(NOTES).fetchall()


def told(dsn: str, statement: str) -> list[Any]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def dsn(database_url: str) -> str:
    """A tenant with one ticket, and a view of a reporting tool over ours."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, TICKET, received())
        connection.execute(MINE)
    catch_up(database_url)
    return database_url


def test_a_rebuild_keeps_every_view_with_its_grants_and_what_reads_it(dsn: str) -> None:
    before = found(dsn)
    rebuild(under(dsn, OWNER), "default", PROJECTIONS, views=VIEWS)
    assert found(dsn) == before
    assert told(dsn, "select ticket_id from mine.open_tickets") == [(TICKET,)]
    with psycopg.connect(dsn, autocommit=True) as connection:
        append_events(connection, TICKET, TicketCategorised(category="after"))
    catch_up(dsn)
    assert told(dsn, "select category from mine.open_tickets") == [("after",)], "it reads the new tables"


def test_a_rebuild_that_knows_of_no_views_fails_and_changes_nothing(dsn: str) -> None:
    """The control of the test above."""
    before = found(dsn)
    with pytest.raises(errors.DependentObjectsStillExist):
        rebuild(under(dsn, OWNER), "default", PROJECTIONS)
    assert found(dsn) == before
    assert told(dsn, "select ticket_id from mine.open_tickets") == [(TICKET,)]


def test_a_release_with_other_tables_and_more_columns_keeps_the_views_and_what_reads_them(dsn: str) -> None:
    before = found(dsn)
    make_current(under(dsn, OWNER), "default", NEXT_RELEASE, views=VIEWS_OF_NEXT_RELEASE)
    assert [row for row in found(dsn) if row[1] != "mood"] == before
    assert told(dsn, "select ticket_id, mood from reporting_of_default.ticket") == [(TICKET, "calm")]
    assert told(dsn, "select mood from reporting_of_default.mood") == [("calm",)]
    assert told(dsn, "select ticket_id from mine.open_tickets") == [(TICKET,)]


def test_the_release_before_has_its_views_back_with_their_grants(dsn: str) -> None:
    """Columns cannot be taken from a view: what reads the wider one must be made again."""
    make_current(under(dsn, OWNER), "default", NEXT_RELEASE, views=VIEWS_OF_NEXT_RELEASE)
    migrate(dsn)
    with psycopg.connect(dsn) as connection:
        assert listed(connection) == stored()
        assert rights_of(connection, REPORTING, "reporting_of_default.ticket") == {"SELECT"}
    assert told(dsn, "select ticket_id from reporting_of_default.ticket") == [(TICKET,)]


def test_views_alone_are_made_again_by_migrate_when_they_are_missing_or_of_another_release(dsn: str) -> None:
    for damage in (
        "drop schema reporting_of_default cascade",
        "drop view reporting_of_default.usage; comment on schema reporting_of_default is 'of another release'",
        "create view reporting_of_default.more as select 1; comment on schema reporting_of_default is 'of another'",
    ):
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(damage)
            assert not views_are_current(connection, "default", VIEWS)
            migrate(dsn)
            assert views_are_current(connection, "default", VIEWS)
            assert listed(connection) == stored()


def test_views_that_are_current_are_not_made_again(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("drop view reporting_of_default.usage")
        make_views(connection, "default", VIEWS)
        assert connection.execute("select to_regclass('reporting_of_default.usage')").fetchone() == (None,)


def test_there_is_no_moment_without_views(dsn: str) -> None:
    done, owner = threading.Event(), under(dsn, OWNER)
    read: list[Any] = []

    def work() -> None:
        for _ in range(3):
            rebuild(owner, "default", PROJECTIONS, views=VIEWS)
        done.set()

    with psycopg.connect(dsn, autocommit=True) as connection:
        thread = threading.Thread(target=work)
        thread.start()
        while not done.is_set() and thread.is_alive():
            read += connection.execute("select ticket_id from reporting_of_default.ticket").fetchall()
        thread.join()
    assert set(read) == {(TICKET,)}
    assert done.is_set()


def test_a_long_reading_of_a_view_holds_up_the_switch_which_is_tried_again(dsn: str) -> None:
    switched = threading.Thread(
        target=rebuild, args=[under(dsn, OWNER), "default", PROJECTIONS], kwargs={"views": VIEWS}
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        with psycopg.connect(dsn) as reader:
            reader.execute("select * from reporting_of_default.ticket")
            switched.start()
            until_it_gives_up(connection, switched)
            assert told(dsn, "select ticket_id from mine.open_tickets") == [(TICKET,)]
        switched.join()
    assert told(dsn, "select ticket_id from mine.open_tickets") == [(TICKET,)]


def test_a_long_reading_of_a_view_holds_up_the_views_of_a_release_which_are_tried_again(dsn: str) -> None:
    with psycopg.connect(under(dsn, OWNER), autocommit=True) as owner:
        changed = threading.Thread(target=make_views, args=[owner, "default", [*VIEWS, MOOD_OF_ALL]])
        with psycopg.connect(dsn, autocommit=True) as connection:
            with psycopg.connect(dsn) as reader:
                reader.execute("select * from reporting_of_default.ticket")
                changed.start()
                until_it_gives_up(connection, changed)
            changed.join()
            assert views_are_current(connection, "default", [*VIEWS, MOOD_OF_ALL])


def test_the_view_as_of_says_up_to_where_the_views_are_complete(dsn: str) -> None:
    statement = "select position, projected_at, complete_up_to, zone from reporting_of_default.as_of"
    ((position, projected_at, complete_up_to, zone),) = told(dsn, statement)
    ((recorded_at,),) = told(dsn, "select recorded_at from tenant_default.events where position = 1")
    assert (position, complete_up_to, zone) == (1, recorded_at, "Asia/Ho_Chi_Minh")
    assert projected_at >= recorded_at
    with psycopg.connect(dsn, autocommit=True) as connection:
        append_events(connection, TICKET, TicketCategorised(category="later"))
    assert told(dsn, statement) == [(1, projected_at, recorded_at, zone)], "nothing follows the log yet"
    catch_up(dsn)
    ((position, written_at, complete_up_to, _),) = told(dsn, statement)
    assert position == 2
    assert written_at > projected_at
    assert complete_up_to > recorded_at
    rebuild(under(dsn, OWNER), "default", PROJECTIONS, views=VIEWS)
    assert told(dsn, statement)[0][1] > written_at
