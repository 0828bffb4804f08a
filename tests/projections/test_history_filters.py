"""A history has the events that meet all conditions, each once, whatever a page may look at."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import Any
from unicodedata import normalize
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.command_context import Actor
from domain.customer import events as c
from domain.envelope import RecordedEvent
from domain.task.events import TaskOpened
from domain.ticket import events as e
from projections.audit import queries
from projections.audit.kinds import UnknownKind, topics_of
from projections.audit.queries import HistoryFilter, history_of
from projections.audit.text_search import TextSearch, pattern_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.engine.stream import Stream
from projections.search.words import search_form
from tests.support.audit_entries import customer_history
from tests.support.events import CUSTOMER, TICKET, at, history, received, replied
from tests.support.filled import SCHEMA, filled
from tests.support.golden import stored_history
from tests.support.histories import streams_of

GATEWAY = Actor(id="gateway", kind="system", on_behalf_of="Linh")
LINH = Actor(id="linh", kind="agent")
MONTH = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC))


def found(connection: psycopg.Connection, wanted: HistoryFilter, limit: int = 100, **instants: datetime) -> list[int]:
    """The positions of a history, page by page."""
    positions: list[int] = []
    after: int | None = 0
    while after is not None:
        page = history_of(connection, SCHEMA, wanted, after=after, limit=limit, **instants)
        assert len(page.entries) <= limit
        positions += [entry.position for entry in page.entries]
        assert page.next_after is None or page.next_after > after
        after = page.next_after
    assert all(earlier < later for earlier, later in pairwise(positions))
    return positions


def log() -> list[RecordedEvent]:
    """The fixed history, as erased events read, whose times of recording do not fall."""
    read = [event for stream in streams_of(stored_history()) for event in Stream(stream).all]
    events = sorted(read, key=lambda event: event.position)
    times = accumulate((event.recorded_at for event in events), max)
    return [event._replace(recorded_at=recorded_at) for event, recorded_at in zip(events, times, strict=True)]


@pytest.fixture(scope="module")
def whole_log() -> list[RecordedEvent]:
    return log()


@pytest.fixture
def tables(database_url: str, whole_log: list[RecordedEvent]) -> Iterator[psycopg.Connection]:
    with filled(database_url, [AUDIT_HISTORY], *streams_of(whole_log)) as connection:
        yield connection


def met(event: RecordedEvent, wanted: HistoryFilter) -> bool:
    """Whether an event meets all conditions, in plain Python."""
    at_axis = event.occurred_at if wanted.axis == "occurred" else event.recorded_at
    actor, facts = event.envelope.actor, event.payload.model_dump(mode="json")
    return all(
        (
            wanted.topics is None or event.topic in wanted.topics,
            wanted.actor is None or wanted.actor in (actor.id, actor.on_behalf_of),
            wanted.ticket is None or event.stream == wanted.ticket,
            wanted.text is None or TextSearch(wanted.text).finds(facts, event.envelope.reason),
            wanted.begin is None or at_axis >= wanted.begin,
            wanted.end is None or at_axis < wanted.end,
        )
    )


def test_all_conditions_hold_together_whatever_a_page_looks_at(
    tables: psycopg.Connection, whole_log: list[RecordedEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    actors = sorted({event.envelope.actor.id for event in whole_log})[:3]
    tickets = list({event.stream for event in whole_log if event.topic == "ticket.received"})[:2]
    conditions: list[dict[str, Any]] = [
        {},
        {"topics": topics_of("rules")},
        {"topics": topics_of("ticket")},
        {"topics": topics_of("ticket.resolved")},
        {"text": "hoa don"},
        {"text": "an"},
        {"begin": MONTH[0], "end": MONTH[1]},
        {"begin": MONTH[0], "end": MONTH[1], "axis": "recorded"},
        {"end": MONTH[0], "axis": "recorded"},
        *({"ticket": ticket} for ticket in tickets),
        *({"actor": actor} for actor in actors),
        *({"actor": actor, "topics": topics_of("ticket"), "begin": MONTH[0]} for actor in actors),
    ]
    monkeypatch.setattr(queries, "MOST_LOOKED_AT", 7)
    monkeypatch.setattr(queries, "MOST_SEARCHED", 50)
    sizes = []
    for condition in conditions:
        wanted = HistoryFilter(**condition)
        plain = [event.position for event in whole_log if met(event, wanted)]
        assert found(tables, wanted, limit=3) == plain, condition
        assert found(tables, wanted) == plain, condition
        sizes.append(len(plain))
    assert sum(0 < size < len(whole_log) for size in sizes) > len(sizes) // 2


def test_a_page_ends_where_its_texts_are_long(
    tables: psycopg.Connection, whole_log: list[RecordedEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_CHARACTERS", 1)
    page = history_of(tables, SCHEMA, HistoryFilter())
    assert ([entry.position for entry in page.entries], page.next_after) == ([1], 1)
    monkeypatch.setattr(queries, "MOST_CHARACTERS", 500)
    monkeypatch.setattr(queries, "_MOST_ROWS", 2)
    assert found(tables, HistoryFilter()) == [event.position for event in whole_log]


def test_a_page_looks_for_a_text_in_so_many_characters(
    tables: psycopg.Connection, whole_log: list[RecordedEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = HistoryFilter(text="body")  # a name of fields, which the server finds in many events
    assert found(tables, wanted) == []
    monkeypatch.setattr(queries, "MOST_SEARCHED", 1)
    page = history_of(tables, SCHEMA, wanted)
    first = next(event for event in whole_log if "body" in type(event.payload).model_fields)
    assert (page.entries, page.next_after) == ([], first.position)


def test_an_actors_history_holds_what_others_did_on_the_actors_behalf(database_url: str) -> None:
    events = history(
        at(0, received(), by=GATEWAY),
        at(1, replied(), by=LINH),
        at(2, e.WorkStarted(), by=Actor(id="bo", kind="agent")),
    )
    with filled(database_url, [AUDIT_HISTORY], events) as connection:
        assert found(connection, HistoryFilter(actor="linh")) == [2]
        assert found(connection, HistoryFilter(actor="Linh")) == [1]
        assert found(connection, HistoryFilter(actor=" Linh ")) == [1]
        assert found(connection, HistoryFilter(actor="gateway")) == [1]
        assert found(connection, HistoryFilter(ticket=TICKET, actor="Linh")) == [1]
        assert found(connection, HistoryFilter(customer=CUSTOMER, actor="linh")) == [2]


def test_who_acts_on_his_own_behalf_is_named_once(database_url: str) -> None:
    himself = Actor(id="linh", kind="agent", on_behalf_of="linh")
    with filled(database_url, [AUDIT_HISTORY], history(at(0, received(), by=himself))) as connection:
        assert found(connection, HistoryFilter(actor="linh")) == [1]


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        ("hóa đơn", [2]),
        ("HOA DON", [2]),
        ("hoa don sai", [2]),
        ("Hoá", [2]),
        ('"sai"', [3]),
        ("100%", [4]),
        ("a_b", [4]),
        ("two lines", [5]),
        ("gọi lại", [6]),
        ("body", []),
        ("nothing of it", []),
        ("ẩm thấp (tầng 2)", [8]),
        ("am thap (tang 2)", [8]),
        ("thấp tầng", []),
    ],
)
def test_a_text_is_found_in_any_spelling_in_values_and_reasons(
    database_url: str, text: str, positions: list[int]
) -> None:
    events = history(
        at(0, received()),
        at(1, e.NoteAdded(body="Hóa đơn  sai")),
        at(2, e.NoteAdded(body='the "SAI" one \x00')),
        at(3, e.NoteAdded(body="100% a_b \\")),
        at(4, e.NoteAdded(body="two\nlines")),
        at(5, e.TicketPrioritised(priority="P1"), reason="Khách gọi lại"),
        at(6, e.NoteAdded(body="100 axb")),
        at(7, e.NoteAdded(body=normalize("NFD", "ẨM  THẤP (tầng 2)"))),
    )
    with filled(database_url, [AUDIT_HISTORY], events) as connection:
        assert found(connection, HistoryFilter(text=text)) == positions


@given(st.text('aAăẮđĐơỢ "\\\n.*({é%_0', min_size=2, max_size=12), st.data())
def test_the_pattern_of_a_part_finds_the_whole(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text) - 1))
    part = text[begin : data.draw(st.integers(begin + 1, len(text)))]
    stored = json.dumps({"body": text}, ensure_ascii=False)
    if search_form(part) and TextSearch(part).finds(text):
        assert re.search(pattern_of(part), stored, re.IGNORECASE)


def test_a_line_names_the_ticket_that_its_stream_is_about(database_url: str) -> None:
    ticket = history(at(0, received().model_copy(update={"external_reference": "INC7"})))
    task = customer_history(
        TaskOpened(title="call", about=TICKET, about_kind="ticket", customer_id=CUSTOMER), stream=UUID(int=77)
    )
    own = customer_history(c.CustomerRegistered(name="Lan"))
    own = [event._replace(position=300) for event in own]
    with filled(database_url, [AUDIT_HISTORY], ticket, task, own) as connection:
        page = history_of(connection, SCHEMA, HistoryFilter(customer=CUSTOMER))
    assert [(entry.stream_kind, entry.ticket, entry.ticket_number) for entry in page.entries] == [
        ("ticket", TICKET, "INC7"),
        ("task", TICKET, "INC7"),
        ("customer", None, None),
    ]


def test_a_kind_is_a_topic_its_first_word_or_a_group() -> None:
    assert topics_of("ticket.resolved") == {"ticket.resolved"}
    assert {"ticket.resolved", "ticket.sla_warned"} <= topics_of("ticket")
    assert {"key.created", "key.rotated", "key.revoked"} <= topics_of("access")
    assert {"policy.published", "calendar.published", "definition.published", "switch.stopped"} <= topics_of("rules")
    with pytest.raises(UnknownKind, match="access"):
        topics_of("tickets")
