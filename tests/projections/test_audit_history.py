"""The audit history leaves no event out, and tells each change from what it was."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.customer import events as c
from domain.envelope import RecordedEvent
from domain.ticket import events as e
from projections.audit.field_changes import changes_of, state_as_of
from projections.audit.table import fold
from tests.support.audit_entries import customer_history, entries
from tests.support.events import at, history, instant, received, replied
from tests.support.histories import histories, logs, streams_of


def changes(events: Sequence[RecordedEvent]) -> list[dict[str, tuple[Any, Any]]]:
    return [{change["field"]: (change["old"], change["new"]) for change in changed} for changed in changes_of(events)]


@given(logs())
def test_every_event_has_exactly_one_row(log: list[RecordedEvent]) -> None:
    rows = [row for stream in streams_of(log) for row in fold(stream, 0)[0]]
    assert sorted(row[1] for row in rows) == [event.position for event in log]


@given(histories())
def test_what_a_field_is_changed_from_is_what_it_was_changed_to_before(events: list[RecordedEvent]) -> None:
    known: dict[str, Any] = {}
    for event, changed in zip(events, changes_of(events), strict=True):
        assert len({change["field"] for change in changed}) == len(changed)
        for change in changed:
            if event.topic != "ticket.details_changed":
                assert known.get(change["field"]) == change["old"] != change["new"]
            known[change["field"]] = change["new"]
    assert state_as_of(events) == {field: value for field, value in known.items() if value is not None}


@given(histories(), st.data())
def test_batches_split_anywhere_give_the_same_rows(events: list[RecordedEvent], data: st.DataObject) -> None:
    cuts = sorted({0, len(events), *data.draw(st.lists(st.integers(0, len(events))))})
    pieces = [fold(events[:end], start)[0] for start, end in pairwise(cuts)]
    assert [row for piece in pieces for row in piece] == fold(events, 0)[0]


@given(histories())
def test_what_comes_later_changes_no_row(events: list[RecordedEvent]) -> None:
    whole = fold(events, 0)[0]
    assert all(fold(events[:size], 0)[0] == whole[:size] for size in range(1, len(events) + 1))


@given(histories())
def test_a_fact_is_late_when_its_stream_holds_one_that_happened_after_it(events: list[RecordedEvent]) -> None:
    for index, entry in enumerate(entries(events)):
        assert entry.late == any(event.occurred_at > entry.occurred_at for event in events[:index])


@given(histories(), st.integers(0, 60 * 24 * 30))
def test_the_state_known_at_an_instant_is_that_of_what_was_recorded_by_then(
    events: list[RecordedEvent], minute: int
) -> None:
    known_at = instant(minute)
    recorded = [event for event in events if event.recorded_at <= known_at]
    assert state_as_of(events, known_at=known_at) == state_as_of(recorded)


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
    assert state_as_of(events)["details.impact"] == "1"


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


def test_a_state_as_of_an_instant_places_late_facts_where_they_happened() -> None:
    events = history(
        at(0, received(priority="P3")),
        at(10, e.TicketPrioritised(priority="P1")),
        at(5, e.TicketPrioritised(priority="P2"), recorded=20),
    )
    priorities = [
        state_as_of(events, known_at=known_at, as_of=as_of)["priority"]
        for known_at, as_of in [
            (None, instant(4)),
            (None, instant(5)),
            (instant(19), instant(5)),
            (None, instant(30)),
            (None, None),
        ]
    ]
    assert priorities == ["P3", "P2", "P3", "P1", "P2"]
    assert state_as_of(events, as_of=instant(-1)) == {}
