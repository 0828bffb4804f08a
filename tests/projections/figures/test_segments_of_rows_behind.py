"""The members of a segment where the rows that say it have not all followed the log."""

from datetime import UTC, datetime, timedelta

import psycopg

from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log import reader
from domain.ids import new_id
from domain.zones import zone_named
from projections.figures.segments import persons_in
from projections.registry import PROJECTIONS
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Period
from projections.tickets.table import TICKETS
from tests.support import drawn_facts as drawn
from tests.support.catching_up import catch_up
from tests.support.events import CUSTOMER, OTHER_CUSTOMER, received, resolved
from tests.support.log import append_events
from tests.support.registered import register
from tests.support.told import TENANT

RECEIVED = datetime(2021, 1, 4, 3, tzinfo=UTC)
JUDGED = RECEIVED + timedelta(hours=9)
BUSY = {"members": {"field": "open_tickets", "comparison": "at_least", "value": 1}}


def test_rows_that_stand_before_the_question_are_not_believed(database_url: str) -> None:
    command = PublishDefinition(kind="segment", name="busy", effective_from=drawn.LONG_AGO, body=BUSY, reason="decided")
    drawn.hand_in(database_url, [drawn.Drawn(definition_stream("segment", "busy"), command)])
    register(database_url, CUSTOMER, OTHER_CUSTOMER)
    ticket = new_id()
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, ticket, received(CUSTOMER), at=RECEIVED)
        catch_up(database_url)
        append_events(connection, ticket, resolved(), at=RECEIVED + timedelta(hours=1))
        append_events(connection, new_id(), received(OTHER_CUSTOMER), at=RECEIVED + timedelta(hours=2))
        catch_up(database_url, projections=[each for each in PROJECTIONS if each is not TICKETS])
        period = Period(drawn.FIRST, drawn.LAST, zone_named(drawn.ZONES[0]))
        known = reader.definitions(connection, TENANT, reader.head(connection, TENANT))
        query = FigureQuery(connection, "tenant_default", drawn.NOW, period, tenant=TENANT, definitions=known)
        assert list(persons_in(query, "busy", [JUDGED])) == [(JUDGED, OTHER_CUSTOMER)]
        catch_up(database_url)
        assert list(persons_in(query, "busy", [JUDGED])) == [(JUDGED, OTHER_CUSTOMER)]
