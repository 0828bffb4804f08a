"""A caller who is told that it asks for too much, and asks again at once, is told so twice a second at most."""

import asyncio

from api.http import held_refusals
from api.http.held_refusals import HELD_SECONDS, HeldRefusals
from api.http.streamed_answer import Unread
from tests.support.serving import Served, id_of, make_key

PAST = "/v1/reports/backlog?as_of=2020-01-01T00:00:00Z"


class Clock:
    """Virtual time, and how long each refusal was held."""

    def __init__(self) -> None:
        self.now = 100.0
        self.held: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.held.append(seconds)
        self.now += seconds


def test_a_refusal_is_held_until_some_time_after_its_request_began() -> None:
    clock = Clock()
    refusals = HeldRefusals(2.0, lambda: clock.now, clock.sleep)
    asyncio.run(refusals.hold(99.5))
    asyncio.run(refusals.hold(90.0))
    assert clock.held == [1.5], "one that has waited already is not held"


def test_refusals_beyond_those_that_may_be_held_are_sent_at_once() -> None:
    async def all_at_once() -> int:
        gate, held = asyncio.Event(), 0

        async def sleep(_seconds: float) -> None:
            nonlocal held
            held += 1
            await gate.wait()

        refusals = HeldRefusals(2.0, lambda: 0.0, sleep)
        tasks = [asyncio.create_task(refusals.hold(0.0)) for _ in range(held_refusals.MOST_HELD + 3)]
        await asyncio.sleep(0)
        assert sum(task.done() for task in tasks) == 3
        gate.set()
        await asyncio.gather(*tasks)
        await refusals.hold(0.0)
        return held

    assert asyncio.run(all_at_once()) == held_refusals.MOST_HELD + 1


def test_only_what_is_too_much_is_held(desk: Served) -> None:
    clock = Clock()
    desk.take(held=HeldRefusals(sleep=clock.sleep))
    assert desk.get("/v1/nothing").status_code == 404
    assert desk.as_key(make_key(desk.dsn)).get(PAST).status_code == 200
    assert clock.held == []
    with desk.container.past.of_keys.slot(f"default {id_of(desk.key)}", 0):
        waiting = desk.container.past.of_keys
        waiting._most_waiting = 0
        assert desk.get(PAST).status_code == 429
    assert [0 < seconds <= HELD_SECONDS for seconds in clock.held] == [True]


def test_a_page_that_is_refused_for_what_others_have_not_read_is_held_and_noted(desk: Served) -> None:
    clock = Clock()
    desk.take(held=HeldRefusals(sleep=clock.sleep), unread=Unread(most=0))
    desk.receive()
    answer = desk.get("/v1/events")
    assert (answer.status_code, answer.headers["retry-after"], len(clock.held)) == (429, "1", 1)
    assert desk.container.journal.flush()
    entries = desk.get("/v1/access").json()["entries"]
    assert "overloaded" in [entry["outcome"] for entry in entries if entry["what"].endswith("/v1/events")]
