"""The audit history is read page by page, at any instant, with what was merged in."""

from datetime import datetime
from uuid import UUID

import pytest

from domain.command_context import Actor, Origin
from domain.customer import events as c
from domain.ticket import events as e
from projections.audit.queries import (
    AuditPage,
    HistoryFilter,
    absorbed_by,
    history_of,
)
from projections.audit_history.field_changes import changes_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.engine.stream import Stream
from tests.support.audit_entries import customer_history
from tests.support.events import (
    CUSTOMER,
    CUSTOMER_ACTOR,
    OTHER_AGENT,
    OTHER_TICKET,
    START,
    THIRD_TICKET,
    TICKET,
    at,
    history,
    instant,
    received,
    replied,
    resolved,
)
from tests.support.filled import SCHEMA, filled

MERGED = history(at(0, received()), at(3, e.TicketMerged(into=TICKET)), ticket=OTHER_TICKET, first_position=10)

MERGED_BEFORE = history(
    at(0, received()), at(2, e.TicketMerged(into=OTHER_TICKET)), ticket=THIRD_TICKET, first_position=20
)


def test_an_entry_holds_the_whole_envelope(database_url: str) -> None:
    (event,) = history(at(0, received(), reason="called twice"))
    envelope = event.envelope.model_copy(
        update={
            "actor": Actor(id="bot", kind="system", on_behalf_of="an"),
            "origin": Origin(channel="hotline", client="switchboard"),
            "correlation_id": "c-1",
            "causation_id": "e-0",
        }
    )
    with filled(database_url, [AUDIT_HISTORY], [event._replace(envelope=envelope)]) as connection:
        (entry,) = history_of(connection, SCHEMA, HistoryFilter(ticket=TICKET)).entries
    assert (entry.actor, entry.actor_kind, entry.on_behalf_of) == ("bot", "system", "an")
    assert (entry.channel, entry.client, entry.reason) == ("hotline", "switchboard", "called twice")
    assert (entry.command_id, entry.correlation_id, entry.causation_id) == (envelope.command_id, "c-1", "e-0")
    assert (entry.stream, entry.position, entry.version, entry.topic) == (TICKET, 1, 1, "ticket.received")
    assert (entry.occurred_at, entry.recorded_at, entry.late) == (START, START, False)
    assert entry.customer == CUSTOMER
    assert entry.facts == event.payload.model_dump(mode="json")
    assert [change.model_dump() for change in entry.changes] == next(changes_of(Stream([event])))


@pytest.mark.parametrize("text", ["Hóa đơn \"sai\" — 'thật'", "tab\tand\nline \\N \\x00", "\x00", "🧾"])
def test_texts_come_back_as_they_were_written(text: str, database_url: str) -> None:
    events = history(at(0, received()), at(1, e.NoteAdded(body=text)))
    with filled(database_url, [AUDIT_HISTORY], events) as connection:
        assert history_of(connection, SCHEMA, HistoryFilter(ticket=TICKET)).entries[1].facts == {"body": text}


def positions(page: AuditPage) -> list[int]:
    return [entry.position for entry in page.entries]


def test_pages_of_a_tickets_history_hold_each_event_once(database_url: str) -> None:
    events = history(*(at(minute, received() if minute == 0 else replied()) for minute in range(7)))
    seen: list[int] = []
    after: int | None = 0
    with filled(database_url, [AUDIT_HISTORY], events, MERGED) as connection:
        while after is not None:
            page = history_of(connection, SCHEMA, HistoryFilter(ticket=TICKET), after=after, limit=3)
            assert len(page.entries) <= 3
            seen += positions(page)
            after = page.next_after
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_a_full_last_page_has_no_next(database_url: str) -> None:
    with filled(database_url, [AUDIT_HISTORY], MERGED) as connection:
        assert history_of(connection, SCHEMA, HistoryFilter(ticket=OTHER_TICKET), limit=2).next_after is None
        assert history_of(connection, SCHEMA, HistoryFilter(ticket=OTHER_TICKET), limit=1).next_after == 10


def test_a_history_is_read_as_known_and_as_of(database_url: str) -> None:
    events = history(at(0, received()), at(10, replied()), at(5, e.NoteAdded(body="called"), recorded=20))
    with filled(database_url, [AUDIT_HISTORY], events) as connection:

        def read(known_at: datetime | None = None, as_of: datetime | None = None) -> list[int]:
            return positions(
                history_of(connection, SCHEMA, HistoryFilter(ticket=TICKET), known_at=known_at, as_of=as_of)
            )

        assert read() == [1, 2, 3]
        assert read(known_at=instant(19)) == [1, 2]
        assert read(as_of=instant(5)) == [1, 3]
        assert read(known_at=instant(19), as_of=instant(5)) == [1]


def test_a_tickets_history_takes_in_what_was_merged_into_it_until_it_is_taken_out(database_url: str) -> None:
    target = history(
        at(0, received()),
        at(3, e.TicketAbsorbed(ticket_id=OTHER_TICKET)),
        at(8, e.AbsorptionUndone(ticket_id=OTHER_TICKET)),
    )
    between = [
        event._replace(position=30, version=3) for event in history(at(2, e.TicketAbsorbed(ticket_id=THIRD_TICKET)))
    ]
    merged = MERGED + [event._replace(stream=OTHER_TICKET) for event in between]
    with filled(database_url, [AUDIT_HISTORY], target, merged, MERGED_BEFORE) as connection:

        def family(as_of: datetime | None = None, known_at: datetime | None = None) -> set[UUID]:
            return set(absorbed_by(connection, SCHEMA, TICKET, as_of=as_of, known_at=known_at))

        assert family(as_of=instant(2)) == set()
        assert family(as_of=instant(7)) == family(known_at=instant(7)) == {OTHER_TICKET, THIRD_TICKET}
        assert family() == family(as_of=instant(8)) == set()
        page = history_of(connection, SCHEMA, HistoryFilter(ticket=TICKET, with_absorbed=True), as_of=instant(7))
        assert positions(page) == [1, 2, 10, 11, 20, 21, 30]
        assert positions(history_of(connection, SCHEMA, HistoryFilter(ticket=TICKET), as_of=instant(7))) == [1, 2]


def test_tickets_that_absorbed_each_other_end_the_search(database_url: str) -> None:
    absorbed = history(at(0, received()), at(1, e.TicketAbsorbed(ticket_id=OTHER_TICKET)))
    other = history(
        at(0, received()), at(1, e.TicketAbsorbed(ticket_id=TICKET)), ticket=OTHER_TICKET, first_position=10
    )
    with filled(database_url, [AUDIT_HISTORY], absorbed, other) as connection:
        assert absorbed_by(connection, SCHEMA, TICKET) == [OTHER_TICKET]


def test_a_customers_history_is_their_own_and_that_of_their_tickets(database_url: str) -> None:
    own = customer_history(c.CustomerRegistered(name="Lan"))
    somebody_elses = history(at(0, received(UUID(int=1999))), ticket=THIRD_TICKET, first_position=50)
    with filled(database_url, [AUDIT_HISTORY], MERGED, own, somebody_elses) as connection:
        assert positions(history_of(connection, SCHEMA, HistoryFilter(customer=CUSTOMER))) == [10, 11, 200]


def test_an_actors_history_is_what_they_did(database_url: str) -> None:
    events = history(
        at(0, received(), by=CUSTOMER_ACTOR), at(1, replied()), at(2, resolved(), by=OTHER_AGENT), at(3, replied())
    )
    with filled(database_url, [AUDIT_HISTORY], events) as connection:
        assert positions(history_of(connection, SCHEMA, HistoryFilter(actor="an"))) == [2, 4]
        assert positions(history_of(connection, SCHEMA, HistoryFilter(actor="binh"))) == [3]
