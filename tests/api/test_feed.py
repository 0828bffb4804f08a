"""The feed: all events in order, in pages and as they come, to readers who may stop at any moment."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any
from unittest.mock import Mock

import httpx
import psycopg
import pytest

from api.api_keys import Principal, RefusedKey, Token, find_caller, revoke_key
from api.http import authentication, container, event_stream, feed_chunks
from api.http.feed_events import FeedEvent
from api.http.routes import feed
from api.migrations import migrate
from domain.event_log import reader
from domain.event_log.codec import EventCodec
from domain.event_log.event_types import EventTypes
from domain.ticket.events import TicketReceived
from tests.support.serving import BEFORE, RECEIPT, Served, listening, make_key


def positions(page: dict[str, Any]) -> list[int]:
    return [event["position"] for event in page["events"]]


def test_a_page_holds_events_in_order_and_says_where_the_next_begins(desk: Served) -> None:
    for _ in range(5 - BEFORE):
        desk.receive()
    first = desk.get("/v1/events?limit=3").json()
    rest = desk.get(f"/v1/events?limit=3&after={first['next']}").json()
    end = desk.get(f"/v1/events?after={rest['next']}").json()
    assert (positions(first), positions(rest), positions(end)) == ([1, 2, 3], [4, 5], [])
    assert (end["next"], end["head"]) == (5, 5)


def test_an_event_comes_with_its_envelope_and_payload(desk: Served) -> None:
    ticket = desk.receive()
    desk.post(f"{ticket}/add-note", {"body": 'Ghi chú "nội bộ"\n'}, headers={"Idempotency-Key": "n"})
    event = FeedEvent.model_validate(desk.get(f"/v1/events?after={BEFORE + 1}").json()["events"][0])
    assert (event.position, event.version, event.topic, event.tenant) == (
        BEFORE + 2,
        2,
        "ticket.note_added",
        "default",
    )
    assert event.payload == {"body": 'Ghi chú "nội bộ"'}
    assert event.stream == ticket.rpartition("/")[2]
    assert event.actor.id == "lan"
    assert event.command_id.endswith(":n")


def test_an_event_of_an_older_shape_comes_in_todays(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def anonymous(payload: dict[str, Any]) -> dict[str, Any]:
        return payload | {"subject": "changed"}

    class NewTicketReceived(TicketReceived):
        topic = "ticket.received"
        schema_version = 2

    tomorrow = EventCodec(EventTypes([NewTicketReceived], {("ticket.received", 1): anonymous}))
    desk.receive()
    monkeypatch.setattr(reader, "CODEC", tomorrow)
    assert desk.get(f"/v1/events?after={BEFORE}").json()["events"][0]["payload"]["subject"] == "changed"


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "after=-1", "after=99999999999999999999", "limit=x"])
def test_pages_are_bounded(desk: Served, query: str) -> None:
    assert desk.get(f"/v1/events?{query}").status_code == 422


def events_of(response: httpx.Response) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Id, name and data of each server-sent event; comments are skipped."""
    positions: dict[str, str] = {}
    for line in response.iter_lines():
        if not line and "data" in positions:
            yield int(positions["id"]), positions["event"], json.loads(positions["data"])
            positions = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            positions[name] = value


def test_events_stream_over_a_real_socket_and_resume(database_url: str) -> None:
    headers = {"Authorization": f"Bearer {make_key(database_url)}"}
    with listening(database_url) as address, httpx.Client(timeout=60, base_url=address, headers=headers) as client:
        for _ in range(2):
            client.post("/v1/tickets", json=RECEIPT)
        with client.stream("GET", "/v1/events/stream") as response:
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
            stream = events_of(response)
            assert [event[:2] for event in islice(stream, 3)] == [
                (1, "customer.registered"),
                (2, "ticket.received"),
                (3, "ticket.received"),
            ]
            with ThreadPoolExecutor(1) as pool:
                pool.submit(client.post, "/v1/tickets", json=RECEIPT)
                position, _, event = next(stream)
            assert (position, event["position"], event["payload"]["subject"]) == (4, 4, "No code")
        with client.stream("GET", "/v1/events/stream?after=1", headers={"Last-Event-ID": "3"}) as response:
            assert next(events_of(response))[0] == 4


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Token]:
    """The keys that are looked up from now on, each time once more."""
    looked_up: list[Token] = []

    def find(connection: psycopg.Connection, token: Token) -> Principal | RefusedKey:
        looked_up.append(token)
        return find_caller(connection, token)

    monkeypatch.setattr(container, "find_caller", find)
    return looked_up


def test_a_stream_ends_when_its_key_is_revoked_and_others_go_on(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", 0.0)
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.05)
    revoked, valid = make_key(database_url, "feed"), make_key(database_url)
    with listening(database_url) as address, httpx.Client(timeout=60, base_url=address) as client:

        def stream(key: str) -> AbstractContextManager[httpx.Response]:
            headers = {"Authorization": f"Bearer {key}"}
            return client.stream("GET", f"/v1/events/stream?after={BEFORE}", headers=headers)

        with stream(revoked) as leaving, stream(valid) as staying:
            received = leaving.iter_raw()
            assert next(received) == b"retry: 1000\n\n"
            with psycopg.connect(database_url) as connection:
                revoke_key(connection, "default", revoked.split("_")[2])
            assert len(list(islice(received, 100))) < 100
            client.post("/v1/tickets", json=RECEIPT, headers={"Authorization": f"Bearer {valid}"})
            assert next(events_of(staying))[0] == BEFORE + 1
        with stream(revoked) as response:
            assert response.status_code == 401


def test_a_key_is_not_looked_up_again_for_each_event(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_chunks, "CHUNK_EVENTS", 1)
    key = make_key(database_url)
    looked_up = counted(monkeypatch)
    with (
        listening(database_url) as address,
        httpx.Client(timeout=60, base_url=address, headers={"Authorization": f"Bearer {key}"}) as client,
    ):
        for _ in range(20):
            client.post("/v1/tickets", json=RECEIPT)
        with client.stream("GET", "/v1/events/stream") as response:
            assert len(list(islice(events_of(response), BEFORE + 20))) == BEFORE + 20
    assert len(looked_up) <= 2


def test_a_stream_outlives_a_key_that_cannot_be_looked_up(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", 0.0)
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.05)
    headers = {"Authorization": f"Bearer {make_key(database_url)}"}
    with (
        listening(database_url) as address,
        httpx.Client(timeout=60, base_url=address, headers=headers) as client,
        client.stream("GET", f"/v1/events/stream?after={BEFORE}") as response,
    ):
        received = response.iter_raw()
        next(received)
        monkeypatch.setattr(container, "find_caller", Mock(side_effect=psycopg.OperationalError))
        assert list(islice(received, 3)) == [b": still here\n\n"] * 3


def test_a_stream_of_a_tenant_not_used_for_long_goes_on(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tenants are used meanwhile, more than stay open."""
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.05)
    keys = [make_key(database_url)]
    for other in ("second", "third"):
        migrate(database_url, other)
        keys.append(make_key(database_url, tenant=other))
    with listening(database_url, most_tenants=1) as address, httpx.Client(timeout=60, base_url=address) as client:

        def receive(key: str) -> None:
            client.post("/v1/tickets", json=RECEIPT, headers={"Authorization": f"Bearer {key}"})

        headers = {"Authorization": f"Bearer {keys[0]}"}
        with client.stream("GET", f"/v1/events/stream?after={BEFORE}", headers=headers) as response:
            received = response.iter_raw()
            assert list(islice(received, 2)) == [b"retry: 1000\n\n", b": still here\n\n"]
            for key in (keys[1], keys[2], keys[0]):
                receive(key)
            assert any(text.startswith(b"id: %d\n" % (BEFORE + 1)) for text in islice(received, 100))


def test_there_are_only_so_many_readers_of_the_stream(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MOST_STREAMS", 0)
    answer = desk.get("/v1/events/stream")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
