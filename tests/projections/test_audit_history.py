"""The audit history leaves no event out, and tells each change from what it was."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.customer import events as c
from domain.envelope import RecordedEvent
from domain.messages import Event
from domain.ticket import events as e
from projections.audit.sentences import sentence
from projections.audit_history.field_changes import changes_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.engine.stream import Stream
from tests.support.audit_entries import customer_history, entries
from tests.support.events import at, history, received, replied
from tests.support.folded import fold
from tests.support.histories import histories, logs, streams_of


def changes(events: Sequence[RecordedEvent]) -> list[dict[str, tuple[Any, Any]]]:
    return [
        {change["field"]: (change["old"], change["new"]) for change in changed}
        for changed in changes_of(Stream(events))
    ]


@given(logs())
def test_every_event_has_exactly_one_row(log: list[RecordedEvent]) -> None:
    rows = [row for stream in streams_of(log) for row in fold(AUDIT_HISTORY, stream)]
    assert sorted(row.position for row in rows) == [event.position for event in log]


class RoomBooked(Event):
    """An event of a plug-in, which has no sentence."""

    topic = "room.booked"
    guest: str
    beds: int


def test_an_event_of_a_plug_in_has_a_line_with_its_fields() -> None:
    (entry,) = entries(history(at(0, RoomBooked(guest="Lan", beds=2))))
    assert (entry.stream_kind, entry.ticket, entry.customer, entry.changes) == ("room", None, None, [])
    assert sentence(entry) == "an recorded room.booked: guest: Lan; beds: 2"
    assert sentence(entry, "vi") == "an ghi nhận room.booked: guest: Lan; beds: 2"


@given(histories())
def test_what_a_field_is_changed_from_is_what_it_was_changed_to_before(events: list[RecordedEvent]) -> None:
    known: dict[str, Any] = {}
    for event, changed in zip(events, changes_of(Stream(events)), strict=True):
        assert len({change["field"] for change in changed}) == len(changed)
        for change in changed:
            if event.topic != "ticket.details_changed":
                assert known.get(change["field"]) == change["old"] != change["new"]
            known[change["field"]] = change["new"]


@given(histories(), st.data())
def test_batches_split_anywhere_give_the_same_rows(events: list[RecordedEvent], data: st.DataObject) -> None:
    cuts = sorted({0, len(events), *data.draw(st.lists(st.integers(0, len(events))))})
    pieces = [fold(AUDIT_HISTORY, events[:end], start) for start, end in pairwise(cuts) if end]
    assert [row for piece in pieces for row in piece] == fold(AUDIT_HISTORY, events)


@given(histories())
def test_what_comes_later_changes_no_row(events: list[RecordedEvent]) -> None:
    whole = fold(AUDIT_HISTORY, events)
    assert all(fold(AUDIT_HISTORY, events[:size]) == whole[:size] for size in range(1, len(events) + 1))


@given(histories())
def test_a_fact_is_late_when_its_stream_holds_one_that_happened_after_it(events: list[RecordedEvent]) -> None:
    for index, entry in enumerate(entries(events)):
        assert entry.late == any(event.occurred_at > entry.occurred_at for event in events[:index])


def test_old_and_new_are_told_for_every_field_that_changed() -> None:
    events = history(
        at(0, received(priority="P3")),
        at(1, e.TicketAssigned(team="billing", agent="an")),
        at(2, e.TicketPutOnHold(waiting_for="customer")),
        at(3, e.TicketPrioritised(priority="P1")),
        at(4, e.TicketAssigned(team="claims", agent=None)),
        at(5, replied()),
        at(6, e.TicketDetailsChanged(changes={"impact": e.Change(old="2", new="1")})),
    )
    assert changes(events)[1:] == [
        {"state": ("received", "assigned"), "team": (None, "billing"), "agent": (None, "an")},
        {"state": ("assigned", "waiting"), "waiting_for": (None, "customer")},
        {"priority": ("P3", "P1")},
        {"team": ("billing", "claims"), "agent": ("an", None)},
        {},
        {"details.impact": ("2", "1")},
    ]


def test_a_customers_changes_are_told_like_a_tickets() -> None:
    events = customer_history(
        c.CustomerRegistered(name="Lan"),
        c.AddressAdded(channel="zalo", handle="lan.1"),
        c.AddressAdded(channel="email", handle="lan@example.com"),
        c.AddressRemoved(channel="zalo", handle="lan.1"),
        c.TierChanged(tier="gold"),
        c.CustomerDetailsChanged(name="Lan Anh"),
    )
    assert changes(events) == [
        {"state": (None, "registered"), "name": (None, "Lan"), "tier": (None, "standard")},
        {"addresses": (None, ("zalo:lan.1",))},
        {"addresses": (("zalo:lan.1",), ("email:lan@example.com", "zalo:lan.1"))},
        {"addresses": (("email:lan@example.com", "zalo:lan.1"), ("email:lan@example.com",))},
        {"tier": ("standard", "gold")},
        {"name": ("Lan", "Lan Anh")},
    ]
