"""The stream that tells open pages of changes: what it says, to how many, and when it ends."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

import httpx
import psycopg
import pytest

from api.api_keys import WALL, parse_token, revoke_key
from api.http import authentication, event_stream
from api.http import container as container_module
from api.http.session_cookie import NAME
from api.migrations import migrate
from api.screen.endpoints import moved
from api.screen.endpoints.wall import wall_address
from api.screen.pages import PAGES
from api.screen_sessions import begin_session, end_session
from tests.support.catching_up import catch_up
from tests.support.raw_http import HEAD
from tests.support.serving import BEFORE, RECEIPT, Served, listening, make_key


def events_of(response: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and the data of each event."""
    name = ""
    for line in response.iter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def positions_of(response: httpx.Response) -> Iterator[int]:
    return (data["position"] for name, data in events_of(response) if name == "moved")


def cookie_of_session(connection: psycopg.Connection, key: str) -> str:
    token = parse_token(key)
    assert token
    session = begin_session(connection, token)
    assert session
    return session.cookie


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life come often, and nothing that was looked up is trusted."""
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", -1.0)
    monkeypatch.setattr(event_stream, "ALLOWED_SECONDS", 0.0)
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.05)


def test_it_tells_the_position_that_the_page_can_show_and_not_before(database_url: str) -> None:
    headers = {"Authorization": f"Bearer {make_key(database_url, 'read', 'tickets:write')}"}
    catch_up(database_url)
    with (
        listening(database_url) as address,
        httpx.Client(timeout=60, base_url=address, headers=headers) as client,
        client.stream("GET", "/moved?page=desk") as response,
        ThreadPoolExecutor(1) as pool,
    ):
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        positions = positions_of(response)
        assert next(positions) == BEFORE
        pool.submit(client.post, "/v1/tickets", json=RECEIPT).result()
        pool.submit(catch_up, database_url)
        assert next(positions) == BEFORE + 1
        for query in (f"page=desk&after={BEFORE}", "page=desk"):
            headers = {"Last-Event-ID": str(BEFORE)} if query == "page=desk" else {}
            with client.stream("GET", f"/moved?{query}", headers=headers) as again:
                assert next(positions_of(again)) == BEFORE + 1


@pytest.mark.usefixtures("impatient")
def test_a_wall_is_told_of_changes_until_its_link_ends(database_url: str) -> None:
    link = make_key(database_url, WALL)
    catch_up(database_url)
    with (
        listening(database_url) as address,
        httpx.Client(timeout=60, base_url=address) as client,
        client.stream("GET", f"{wall_address(link)}/moved") as response,
    ):
        events = events_of(response)
        assert next(event for event in events if event[0] != "here") == ("moved", {"position": BEFORE})
        with psycopg.connect(database_url, autocommit=True) as connection:
            revoke_key(connection, "default", link.split("_")[2])
        assert "moved" not in [name for name, _ in islice(events, 1_000)]


def test_a_page_that_shows_the_newest_is_told_that_the_server_is_there(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.05)
    headers = {"Authorization": f"Bearer {make_key(database_url)}"}
    with (
        listening(database_url) as address,
        httpx.Client(timeout=60, base_url=address, headers=headers) as client,
        client.stream("GET", f"/moved?page=desk&after={BEFORE}") as response,
    ):
        assert list(islice(events_of(response), 3)) == [("here", {})] * 3


@pytest.mark.usefixtures("impatient")
def test_it_ends_when_the_key_is_revoked_or_the_session_ends_and_others_go_on(database_url: str) -> None:
    revoked, valid, signing = (make_key(database_url, "read") for _ in range(3))
    with psycopg.connect(database_url, autocommit=True) as connection:
        ended, of_revoked = (cookie_of_session(connection, key) for key in (signing, revoked))
    with listening(database_url) as address, httpx.Client(timeout=60, base_url=address) as client:

        def stream(**headers: str) -> AbstractContextManager[httpx.Response]:
            return client.stream("GET", "/moved?page=desk", headers={"Accept": "text/event-stream"} | headers)

        with (
            stream(Authorization=f"Bearer {revoked}") as by_key,
            stream(Cookie=f"{NAME}={of_revoked}") as by_session,
            stream(Cookie=f"{NAME}={ended}") as signed_out,
            stream(Authorization=f"Bearer {valid}") as staying,
        ):
            streams = [events_of(response) for response in (by_key, by_session, signed_out)]
            assert [next(each) for each in streams] == [("here", {})] * 3
            with psycopg.connect(database_url, autocommit=True) as connection:
                revoke_key(connection, "default", revoked.split("_")[2])
                end_session(connection, ended)
            assert [name for each in streams for name, _ in islice(each, 1_000)].count("moved") == 0
            assert list(islice(events_of(staying), 10))
        for headers in ({"Authorization": f"Bearer {revoked}"}, {"Cookie": f"{NAME}={ended}"}):
            with stream(**headers) as response:
                assert response.status_code == 401


def test_any_number_of_pages_takes_one_listening_connection(database_url: str) -> None:
    """Fifty pages of two kinds, and their panels."""
    key = make_key(database_url)
    catch_up(database_url)

    async def page(address: str, name: str) -> asyncio.StreamWriter:
        host, port = address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /moved?page=%s HTTP/1.1\r\n" % name.encode() + HEAD)
        writer.write(f"Authorization: Bearer {key}\r\n\r\n".encode())
        while not (await reader.readline()).startswith(b"event: moved"):
            pass
        return writer

    async def fifty(address: str) -> int:
        writers = await asyncio.gather(*(page(address, name) for name in ("desk", "customers") * 25))
        listening_now = await asyncio.to_thread(listeners, database_url)
        for writer in writers:
            writer.close()
        return listening_now

    with listening(database_url) as address:
        headers = {"Authorization": f"Bearer {key}"}
        assert httpx.get(f"{address}/desk", headers=headers).status_code == 200
        assert asyncio.run(asyncio.wait_for(fifty(address), 60)) == 1


def listeners(dsn: str) -> int:
    """The connections to the database whose last statement is a look at the positions, or LISTEN."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and (query ilike '%projection_positions%' or query ilike 'listen %') and pid <> pg_backend_pid()"
        ).fetchone()
    assert row
    return int(row[0])


def test_one_key_and_one_tenant_have_only_so_many_open_pages(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container_module, "MOST_OPEN_PAGES_OF_A_KEY", 2)
    monkeypatch.setattr(container_module, "MOST_OPEN_PAGES_OF_A_TENANT", 3)
    mine, others, strangers = make_key(database_url), make_key(database_url, "read"), other_tenant(database_url)
    with listening(database_url) as address, httpx.Client(timeout=60, base_url=address) as client:

        def stream(key: str) -> AbstractContextManager[httpx.Response]:
            return client.stream("GET", "/moved?page=desk", headers={"Authorization": f"Bearer {key}"})

        def statuses() -> list[int]:
            answers = []
            for key in (mine, others, strangers):
                with stream(key) as response:
                    answers.append(response.status_code)
            return answers

        with stream(mine) as first, stream(mine) as second:
            assert (first.status_code, second.status_code) == (200, 200)
            assert statuses() == [429, 200, 200]
            with stream(others) as third:
                assert third.status_code == 200
                until(lambda: statuses() == [429, 429, 200])
        until(lambda: statuses() == [200, 200, 200])


def other_tenant(dsn: str) -> str:
    """The key of another tenant."""
    migrate(dsn, "other")
    return make_key(dsn, tenant="other")


def until(is_true: Callable[[], bool]) -> None:
    """Waits until the server has noticed that streams are closed; the time limit ends a test that would hang."""
    end = time.monotonic() + 30
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("page", ["actions", "audit", "nothing"])
def test_pages_that_do_not_change_while_they_are_open_have_no_stream(desk: Served, page: str) -> None:
    """All pages of forms share a name, and need different scopes."""
    assert desk.get(f"/moved?page={page}").status_code == 422
    assert "/assets/live" not in desk.get("/audit").text
    assert "/assets/live" not in desk.get("/tickets/new").text
    assert "/assets/live" in desk.get("/desk").text


def test_every_page_has_a_name_of_its_own() -> None:
    assert len({page.name for page in PAGES}) == len(PAGES)


def test_there_are_only_so_many_open_pages(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moved, "MOST_OPEN_PAGES", 0)
    answer = desk.get("/moved?page=desk")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


@pytest.mark.parametrize("query", ["", "page=nothing", "page=desk&after=x", "page=desk&more=1"])
def test_a_stream_of_no_page_is_refused(desk: Served, query: str) -> None:
    assert desk.get(f"/moved?{query}").status_code == 422


def test_who_may_not_read_is_told_nothing(desk: Served) -> None:
    assert desk.as_key(make_key(desk.dsn, "feed")).get("/moved?page=desk").status_code == 403
    assert desk.as_key(None).get("/moved?page=desk").status_code == 303
