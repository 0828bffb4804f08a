"""The audit history leaves no event out, tells each change from what it was, and says it in words that must agree."""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from string import Formatter
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.circumstances import Actor, Origin
from domain.customer import events as c
from domain.event_log.envelope import RecordedEvent
from domain.event_log.versions import EVENT_CLASSES
from domain.message import Event
from domain.sla.explain_text import Language
from domain.ticket import events as e
from projections.audit_history import AUDIT_HISTORY, COLUMNS, fold
from projections.audit_queries import (
    AuditEntry,
    AuditPage,
    absorbed_by,
    history_of_actor,
    history_of_customer,
    history_of_ticket,
)
from projections.audit_sentences import TEMPLATES, sentence
from projections.field_changes import changes_of, state_as_of
from tests.support.filled import SCHEMA, filled
from tests.support.histories import (
    CUSTOMER,
    CUSTOMER_ACTOR,
    OTHER_AGENT,
    OTHER_TICKET,
    START,
    THIRD_TICKET,
    TICKET,
    at,
    histories,
    history,
    instant,
    logs,
    received,
    replied,
    resolved,
    streams_of,
)

LANGUAGES: tuple[Language, ...] = get_args(Language)
TOPICS = {topic for topic in EVENT_CLASSES if topic.partition(".")[0] in AUDIT_HISTORY.kinds}
CODED = {"waiting_for", "kind", "closed_by", "cancelled_by", "cancelled_as", "target"}


def entries(events: Sequence[RecordedEvent]) -> list[AuditEntry]:
    (rows,) = fold(events, 0)
    return [
        AuditEntry.model_validate(
            dict(zip(COLUMNS, row, strict=True)) | {"changes": json.loads(row[-2]), "facts": json.loads(row[-1])}
        )
        for row in rows
    ]


def customer_history(*payloads: Event, stream: UUID = CUSTOMER) -> list[RecordedEvent]:
    return [
        event._replace(stream=stream)
        for event in history(*(at(minute, payload) for minute, payload in enumerate(payloads)), first_position=200)
    ]


def changes(events: Sequence[RecordedEvent]) -> list[dict[str, tuple[Any, Any]]]:
    return [{change["field"]: (change["old"], change["new"]) for change in changed} for changed in changes_of(events)]


MERGED = history(at(0, received()), at(3, e.TicketMerged(into=TICKET)), ticket=OTHER_TICKET, first_position=10)
MERGED_BEFORE = history(
    at(0, received()), at(2, e.TicketMerged(into=OTHER_TICKET)), ticket=THIRD_TICKET, first_position=20
)


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
        (entry,) = history_of_ticket(connection, SCHEMA, TICKET).entries
    assert (entry.actor, entry.actor_kind, entry.on_behalf_of) == ("bot", "system", "an")
    assert (entry.channel, entry.client, entry.reason) == ("hotline", "switchboard", "called twice")
    assert (entry.command_id, entry.correlation_id, entry.causation_id) == (envelope.command_id, "c-1", "e-0")
    assert (entry.stream, entry.position, entry.version, entry.topic) == (TICKET, 1, 1, "ticket.received")
    assert (entry.occurred_at, entry.recorded_at, entry.late) == (START, START, False)
    assert entry.customer == CUSTOMER
    assert entry.facts == event.payload.model_dump(mode="json")
    assert [change.model_dump() for change in entry.changes] == next(changes_of([event]))


@pytest.mark.parametrize("text", ["Hóa đơn \"sai\" — 'thật'", "tab\tand\nline \\N \\x00", "\x00", "🧾"])
def test_texts_come_back_as_they_were_written(text: str, database_url: str) -> None:
    events = history(at(0, received()), at(1, e.NoteAdded(body=text)))
    with filled(database_url, [AUDIT_HISTORY], events) as connection:
        assert history_of_ticket(connection, SCHEMA, TICKET).entries[1].facts == {"body": text}


def positions(page: AuditPage) -> list[int]:
    return [entry.position for entry in page.entries]


def test_pages_of_a_tickets_history_hold_each_event_once(database_url: str) -> None:
    events = history(*(at(minute, received() if minute == 0 else replied()) for minute in range(7)))
    seen: list[int] = []
    after: int | None = 0
    with filled(database_url, [AUDIT_HISTORY], events, MERGED) as connection:
        while after is not None:
            page = history_of_ticket(connection, SCHEMA, TICKET, after=after, limit=3)
            assert len(page.entries) <= 3
            seen += positions(page)
            after = page.next_after
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_a_full_last_page_has_no_next(database_url: str) -> None:
    with filled(database_url, [AUDIT_HISTORY], MERGED) as connection:
        assert history_of_ticket(connection, SCHEMA, OTHER_TICKET, limit=2).next_after is None
        assert history_of_ticket(connection, SCHEMA, OTHER_TICKET, limit=1).next_after == 10


def test_a_history_is_read_as_known_and_as_of(database_url: str) -> None:
    events = history(at(0, received()), at(10, replied()), at(5, e.NoteAdded(body="called"), recorded=20))
    with filled(database_url, [AUDIT_HISTORY], events) as connection:

        def read(known_at: datetime | None = None, as_of: datetime | None = None) -> list[int]:
            return positions(history_of_ticket(connection, SCHEMA, TICKET, known_at=known_at, as_of=as_of))

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
        page = history_of_ticket(connection, SCHEMA, TICKET, with_absorbed=True, as_of=instant(7))
        assert positions(page) == [1, 2, 10, 11, 20, 21, 30]
        assert positions(history_of_ticket(connection, SCHEMA, TICKET, as_of=instant(7))) == [1, 2]


def test_tickets_that_absorbed_each_other_end_the_search(database_url: str) -> None:
    one = history(at(0, received()), at(1, e.TicketAbsorbed(ticket_id=OTHER_TICKET)))
    other = history(
        at(0, received()), at(1, e.TicketAbsorbed(ticket_id=TICKET)), ticket=OTHER_TICKET, first_position=10
    )
    with filled(database_url, [AUDIT_HISTORY], one, other) as connection:
        assert absorbed_by(connection, SCHEMA, TICKET) == [OTHER_TICKET]


def test_a_customers_history_is_their_own_and_that_of_their_tickets(database_url: str) -> None:
    own = customer_history(c.CustomerRegistered(name="Lan"))
    somebody_elses = history(at(0, received(UUID(int=1999))), ticket=THIRD_TICKET, first_position=50)
    with filled(database_url, [AUDIT_HISTORY], MERGED, own, somebody_elses) as connection:
        assert positions(history_of_customer(connection, SCHEMA, CUSTOMER)) == [10, 11, 200]


def test_an_actors_history_is_what_they_did(database_url: str) -> None:
    events = history(
        at(0, received(), by=CUSTOMER_ACTOR), at(1, replied()), at(2, resolved(), by=OTHER_AGENT), at(3, replied())
    )
    with filled(database_url, [AUDIT_HISTORY], events) as connection:
        assert positions(history_of_actor(connection, SCHEMA, "an")) == [2, 4]
        assert positions(history_of_actor(connection, SCHEMA, "binh")) == [3]


@pytest.mark.parametrize("topic", sorted(TOPICS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_speaks_of_the_actor_and_of_fields_that_its_event_has(topic: str, language: Language) -> None:
    named = {name for _, name, _, _ in Formatter().parse(TEMPLATES[topic][language]) if name}
    untold = {"ticket.received": {"customer_id", "body", "external_reference"}}
    untold["customer.registered"] = {"external_reference"}
    untold |= {f"ticket.sla_{told}": {"activated_by"} for told in ("warned", "breached", "corrected")}
    assert named == {"actor", *EVENT_CLASSES[topic].model_fields} - untold.get(topic, set())


def test_there_is_a_template_for_every_topic_and_for_nothing_else() -> None:
    assert set(TEMPLATES) == TOPICS


@given(histories())
def test_a_sentence_holds_the_values_of_its_event(events: list[RecordedEvent]) -> None:
    for event, entry in zip(events, entries(events), strict=True):
        for language in LANGUAGES:
            said = sentence(entry, language)
            assert event.envelope.actor.id in said
            for field, value in entry.facts.items():
                told = f"{{{field}}}" in TEMPLATES[event.topic][language]
                if told and isinstance(value, str | int) and not isinstance(value, bool) and field not in CODED:
                    assert str(value) in said


@pytest.mark.parametrize(
    ("payload", "english", "vietnamese"),
    [
        (
            e.TicketAssigned(team="billing", agent=None),
            "an assigned the ticket: team billing, agent none",
            "an phân công phiếu: nhóm billing, nhân viên không có",
        ),
        (
            e.TicketPutOnHold(waiting_for="third_party"),
            "an put the ticket on hold, waiting for: third party",
            "an tạm dừng phiếu, đang chờ: bên thứ ba",
        ),
        (
            e.TicketDetailsChanged(changes={"impact": e.Change(old=None, new="{actor}")}),
            "an changed details: impact: none → {actor}",
            "an thay đổi chi tiết: impact: không có → {actor}",
        ),
        (
            e.ReplySent(body="customer", automated=True),
            "an replied to the customer (channel: none, automated: yes): customer",
            "an trả lời khách hàng (kênh: không có, tự động: có): customer",
        ),
        (
            e.SlaBreached(target="resolution", instance=2, activated_by=5, due_at=START),
            "an recorded that resolution target 2, due at 2026-03-02T08:00:00Z, was missed",
            "an ghi nhận chỉ tiêu giải quyết 2 quá hạn, hạn là 2026-03-02T08:00:00Z",
        ),
        (
            e.SlaCorrected(
                target="resolution",
                instance=1,
                activated_by=1,
                ended_at=START,
                was=e.SlaResult(
                    verdict="breached",
                    due_at=START,
                    policy="Default",
                    policy_version=0,
                    calendar="24x7",
                    calendar_version=1,
                ),
                now=e.SlaResult(
                    verdict="met", due_at=None, policy="{actor}", policy_version=3, calendar="Tết", calendar_version=2
                ),
            ),
            (
                "an corrected resolution target 1, ended at 2026-03-02T08:00:00Z: it was breached, due at"
                " 2026-03-02T08:00:00Z (Default 0, 24x7 1), it is met, due at none ({actor} 3, Tết 2)"
            ),
            (
                "an sửa kết quả chỉ tiêu giải quyết 1, kết thúc lúc 2026-03-02T08:00:00Z: trước vi phạm, hạn"
                " 2026-03-02T08:00:00Z (Default 0, 24x7 1), nay đạt, hạn không có ({actor} 3, Tết 2)"
            ),
        ),
    ],
)
def test_sentences_read_well_in_both_languages(payload: Event, english: str, vietnamese: str) -> None:
    entry = entries(history(at(0, received()), at(1, payload)))[1]
    assert (sentence(entry), sentence(entry, "vi")) == (english, vietnamese)


@pytest.mark.parametrize(
    ("actor", "english", "vietnamese"),
    [
        (Actor(id="an", kind="agent"), "an", "an"),
        (Actor(id="rules", kind="system"), "system rules", "hệ thống rules"),
        (Actor(id="an", kind="agent", on_behalf_of="Lan"), "an (on behalf of Lan)", "an (thay mặt Lan)"),
    ],
)
def test_a_sentence_says_who_it_was(actor: Actor, english: str, vietnamese: str) -> None:
    entry = entries(history(at(0, received()), at(1, e.WorkStarted(), by=actor)))[1]
    assert (sentence(entry), sentence(entry, "vi")) == (f"{english} started work", f"{vietnamese} bắt đầu xử lý")
