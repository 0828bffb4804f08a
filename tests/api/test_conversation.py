"""The conversation of a ticket: what was said, in order, for whoever may read tickets."""

from itertools import chain
from typing import Any

import pytest

from domain.event_log import reader as log_reader
from projections.scope import recorded_values
from tests.support.serving import Served, fresh, make_key


def utterances(desk: Served, address: str) -> list[tuple[str, str]]:
    return [(utterance["kind"], utterance["body"]) for utterance in desk.get(address).json()["utterances"]]


def talked_about(desk: Served) -> str:
    """A ticket of two messages, two replies and a note; one reply is told late."""
    ticket = desk.receive(body="It fails", occurred_at="2026-03-02T08:00:00Z")
    for word, body, at in (
        ("send-reply", "We look into it", "2026-03-02T08:10:00Z"),
        ("add-note", "Same gateway", "2026-03-02T08:20:00Z"),
        ("receive-message", "Thanks", "2026-03-02T08:30:00Z"),
        ("send-reply", "On the phone: try again", "2026-03-02T08:15:00Z"),
    ):
        assert desk.post(f"{ticket}/{word}", {"body": body, "occurred_at": at}).status_code == 200
    return ticket


TALK = [
    ("message", "It fails"),
    ("reply", "We look into it"),
    ("reply", "On the phone: try again"),
    ("note", "Same gateway"),
    ("message", "Thanks"),
]


def test_the_conversation_is_told_as_it_happened(desk: Served) -> None:
    ticket = talked_about(desk)
    reader = desk.as_key(make_key(desk.dsn, "read"))
    assert utterances(reader, f"{ticket}/conversation") == TALK
    first: dict[str, Any] = reader.get(f"{ticket}/conversation").json()["utterances"][0]
    assert (first["version"], first["written_by"], first["channel"], first["automated"]) == (1, "agent", "zalo", False)
    assert "lan" not in str(first), "who it was is for the scope audit"


@pytest.mark.parametrize("part", [1, 3, 100])
def test_the_conversation_comes_in_pages(desk: Served, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setattr(log_reader, "PART", part)
    ticket = talked_about(desk)
    bodies, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"{ticket}/conversation?limit=2{cursor and f'&cursor={cursor}'}").json()
        bodies.append([utterance["body"] for utterance in page["utterances"]])
        cursor = page["next"]
    assert [len(page) for page in bodies] == [2, 2, 1]
    assert list(chain.from_iterable(bodies)) == [body for _, body in TALK]


def test_a_page_of_the_conversation_ends_where_its_texts_are_long(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded_values, "MOST_CHARACTERS", len("It fails") + 1)
    ticket = talked_about(desk)
    page = desk.get(f"{ticket}/conversation").json()
    assert [utterance["body"] for utterance in page["utterances"]] == ["It fails", "We look into it"]
    assert utterances(desk, f"{ticket}/conversation?cursor={page['next']}") == TALK[2:3]


def test_the_conversation_can_be_read_as_of_another_instant(desk: Served) -> None:
    ticket = talked_about(desk)
    assert utterances(desk, f"{ticket}/conversation?as_of=2026-03-02T08:15:00Z") == TALK[:3]
    assert desk.get(f"{ticket}/conversation?known_at=2026-03-02T09:00:00Z").status_code == 404


def test_only_tickets_have_a_conversation_and_only_readers_see_it(desk: Served) -> None:
    customer = desk.post("/v1/customers", {"name": "An"}).json()["id"]
    for nothing in (customer, fresh()):
        assert desk.get(f"/v1/tickets/{nothing}/conversation").status_code == 404
    feed = desk.as_key(make_key(desk.dsn, "feed"))
    assert feed.get(f"{desk.receive()}/conversation").status_code == 403
