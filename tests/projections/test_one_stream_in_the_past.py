"""One stream at another instant, folded in memory, is what the temporary tables of a whole reading hold of it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.customer import events as c
from domain.messages import Event
from domain.ticket import events as e
from projections.customers.queries import customer, customer_in
from projections.customers.table import CUSTOMERS
from projections.point_in_time.readings import as_it_was, rows_as_they_were
from projections.tickets.queries import one_ticket, ticket_in
from projections.tickets.table import TICKETS
from tests.support.events import CUSTOMER, instant, received, resolved
from tests.support.log import DEFAULT, append_events

TICKET = UUID(int=7)
NEVER = datetime(2020, 1, 1, tzinfo=UTC)
PAST: list[tuple[UUID, int, Event]] = [
    (CUSTOMER, 0, c.CustomerRegistered(name="Lan")),
    (CUSTOMER, 5, c.AddressAdded(channel="zalo", handle="b")),
    (CUSTOMER, 6, c.AddressAdded(channel="email", handle="a")),
    (CUSTOMER, 30, c.TierChanged(tier="gold")),
    (TICKET, 0, received()),
    (TICKET, 30, e.TicketAssigned(team="a", agent="an")),
    (TICKET, 5, e.NoteAdded(body="told late")),
    (TICKET, 60, resolved()),
]
INSTANTS: list[dict[str, Any]] = [
    {"as_of": instant(0)},
    {"as_of": instant(6)},
    {"as_of": instant(90)},
    {"as_of": instant(-1)},
    {"known_at": NEVER},
    {"known_at": datetime(2999, 1, 1, tzinfo=UTC), "as_of": instant(40)},
]


@pytest.fixture
def connection(database_url: str) -> Any:
    with psycopg.connect(database_url, autocommit=True, options="-c timezone=UTC") as connection:
        for stream, minute, payload in PAST:
            append_events(connection, stream, payload, at=instant(minute))
        yield connection


@pytest.mark.parametrize("when", INSTANTS, ids=str)
def test_a_ticket_and_a_customer_in_the_past_are_the_same_either_way(connection: Any, when: dict[str, Any]) -> None:
    ticket = ticket_in(rows_as_they_were(connection, DEFAULT, TICKETS, TICKET, **when), lambda owner: owner)
    owner = customer_in(rows_as_they_were(connection, DEFAULT, CUSTOMERS, CUSTOMER, **when))
    with as_it_was(connection, DEFAULT, [TICKETS, CUSTOMERS], **when) as schema:
        assert one_ticket(connection, schema, TICKET) == ticket
        assert customer(connection, schema, CUSTOMER) == owner
    known = NEVER not in when.values() and when.get("as_of") != instant(-1)
    assert (ticket is not None, owner is not None) == (known, known)


def test_a_stream_of_another_kind_and_an_unknown_one_have_no_rows(connection: Any) -> None:
    assert rows_as_they_were(connection, DEFAULT, TICKETS, CUSTOMER, as_of=instant(90)) == []
    assert rows_as_they_were(connection, DEFAULT, TICKETS, UUID(int=404), as_of=instant(90)) == []
