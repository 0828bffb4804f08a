"""Reading one's own writes: a reading waits until it includes a position, by signal."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.api_keys import Principal
from api.http import container
from api.http.problems import Problem
from api.http.quotas import Quota
from api.settings import Settings
from api.tenants import Tenants
from api.workers.position_waiter import PositionWaiter
from domain.command_context import Actor
from domain.event_log.notifications import ListenerSettings
from tests.support.serving import Served, make_key, serving
from tests.support.sla_watching import Watched


@pytest.fixture
def never_polling(database_url: str) -> Iterator[Served]:
    """A desk that sees only by notification in time that a position is reached."""
    with serving(database_url, key=make_key(database_url), positions=ListenerSettings(poll=60.0)) as served:
        yield served


@pytest.fixture
def often_polling(database_url: str) -> Iterator[Served]:
    with serving(database_url, key=make_key(database_url), positions=ListenerSettings(poll=0.05)) as served:
        yield served


def test_a_reading_waits_until_it_includes_a_write(never_polling: Served) -> None:
    desk = never_polling
    answer = desk.post("/v1/customers", {"name": "An"})
    address, position = answer.headers["location"], answer.headers["ledger-position"]
    assert desk.get(address).status_code == 404, "nobody has followed the log yet"
    late = desk.get(f"{address}?after={position}&wait=0.05")
    assert (late.status_code, late.json()["type"], late.json()["position"]) == (504, "urn:ticketledger:not_reached", 0)
    with ThreadPoolExecutor(1) as pool:
        answer_to_come = pool.submit(desk.get, f"{address}?after={position}&wait=20")
        desk.follow()
        assert answer_to_come.result().status_code == 200
    assert desk.get(f"{address}?after={position}&wait=0").status_code == 200, "it is there already"
    assert desk.get(f"{address}?wait=31").status_code == 422


def test_what_is_reached_is_read_at_once_by_the_first_who_asks(never_polling: Served) -> None:
    """Nobody has listened for positions yet."""
    desk = never_polling
    answer = desk.post("/v1/customers", {"name": "An"})
    desk.follow()
    after = f"after={answer.headers['ledger-position']}"
    assert desk.get(f"{answer.headers['location']}?{after}&wait=0").status_code == 200
    assert desk.get(f"/v1/customers?{after}&wait=0&known_at=2020-01-01T00:00:00Z").json()["customers"] == []


def test_a_reading_waits_also_when_the_signal_is_lost(often_polling: Served) -> None:
    """A follower's commit is seen by polling when its notification never comes, and the connection is made anew."""
    desk = often_polling
    address = desk.post("/v1/customers", {"name": "An"}).headers["location"]
    assert desk.get(f"{address}?after=1&wait=0.1").status_code == 504
    with psycopg.connect(desk.dsn, autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        other.execute("update tenant_default.projection_positions set position = 1")
    assert desk.get(f"{address}?after=1&wait=20").status_code == 404, "the position is reached, the row is not there"


@pytest.mark.anyio
async def test_who_waits_after_the_end_of_listening_is_told_again(
    watched_desk: Watched,
) -> None:
    """It was closed, or it met what nobody had thought of: who waits meanwhile is told as well."""
    positions = PositionWaiter(watched_desk.url, "default")
    await watched_desk.receive()
    assert await positions.include(1, (), 20)
    await positions.close()
    await watched_desk.receive()
    assert await positions.include(2, (), 20)

    await positions.close()
    await watched_desk.receive()
    with psycopg.connect(watched_desk.url, autocommit=True) as connection:
        connection.execute("alter table tenant_default.projection_positions rename to hidden")
        assert not await positions.include(3, (), 0.1)
        position_waiter = asyncio.create_task(positions.include(3, (), 20))
        connection.execute("alter table tenant_default.hidden rename to projection_positions")
    assert await position_waiter
    await positions.close()


@pytest.mark.anyio
async def test_only_a_tenant_nobody_waits_for_is_closed_to_make_room(watched_desk: Watched) -> None:
    opened = Tenants(Settings(watched_desk.url, most_tenants=1))
    waited_for = opened["default"]
    position_waiter = asyncio.create_task(waited_for.positions.include(1, (), 20))
    await asyncio.sleep(0)
    idle = opened["second"]
    assert opened["third"] is not idle
    assert opened["default"] is waited_for
    assert opened["second"] is not idle, "it was closed, and opened again"
    await watched_desk.receive()
    assert await position_waiter
    await opened.close()


@pytest.mark.anyio
async def test_a_look_wakes_those_whose_position_is_reached_and_nobody_else(watched_desk: Watched) -> None:
    positions = PositionWaiter(watched_desk.url, "default")
    waiters = [asyncio.create_task(positions.include(position, (), 60)) for position in (1, 2, 4)]
    await asyncio.sleep(0)
    assert positions.waiting == 3
    await watched_desk.receive()
    assert watched_desk.head() == 2
    assert await asyncio.gather(*waiters[:2]) == [True, True]
    assert positions.waiting == 1
    waiters[2].cancel()
    await asyncio.gather(waiters[2], return_exceptions=True)
    assert positions.waiting == 0, "who has given up is forgotten"
    await positions.close()


def test_a_key_has_only_so_many_readings_that_wait(desk: Served) -> None:
    other = desk.as_key(make_key(desk.dsn))
    key_id = str(desk.key).split("_")[2]
    caller = Principal("default", key_id, Actor(id="a", kind="agent"), frozenset(), acts_for_others=False)
    with ExitStack() as taken:
        for _ in range(container.MOST_WAITS_OF_A_KEY):
            taken.enter_context(desk.container.waits.taken(caller))
        late = desk.get("/v1/tickets?after=9&wait=1")
        assert (late.status_code, late.headers["retry-after"]) == (429, "1")
        assert "64 waiting readings" in late.json()["detail"]
        assert other.get("/v1/tickets?after=9&wait=0").status_code == 404, "another key may wait"


def test_a_position_that_no_event_has_is_named_at_once(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    position = int(desk.post("/v1/customers", {"name": "An"}).headers["ledger-position"])
    assert desk.get(f"/v1/tickets?after={position}&wait=0").status_code == 504
    monkeypatch.setattr(PositionWaiter, "include", None)  # nobody waits
    unknown = desk.get(f"/v1/tickets?after={position + 1}&wait=30")
    assert unknown.status_code == 404
    assert unknown.json()["detail"] == f"no event has position {position + 1}: the log ends at {position}"


CALLERS = [
    Principal(tenant, key, Actor(id="a", kind="agent"), frozenset(), acts_for_others=False)
    for tenant in ("a", "b")
    for key in ("1", "2", "3")
]


@given(st.lists(st.sampled_from(CALLERS), max_size=60))
def test_neither_key_nor_tenant_takes_more_than_its_turns(callers: list[Principal]) -> None:
    turns = Quota("things", each_key=2, each_tenant=5)
    taken: list[Principal] = []
    with ExitStack() as stack:
        for caller in callers:
            of_key = sum(holder == caller for holder in taken)
            of_tenant = sum(holder.tenant == caller.tenant for holder in taken)
            try:
                stack.enter_context(turns.taken(caller))
            except Problem as problem:
                refused = of_key == 2 or of_tenant == 5
                assert (problem.status, refused) == (429, True)  # noqa: PT017 -- whether it is raised depends
            else:
                taken.append(caller)
                assert (of_key < 2, of_tenant < 5) == (True, True)
    with ExitStack() as stack:  # all turns are free again
        for caller in (*CALLERS, *CALLERS[:2], *CALLERS[3:5]):
            stack.enter_context(turns.taken(caller))
