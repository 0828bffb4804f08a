"""A rule with a time that concerns many streams is folded in pages, between which the other projections go on."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from domain.event_log.advisory_locks import refold_lock
from domain.ticket.commands import PromiseCallback
from projections.engine import dependents
from projections.engine.follower import Follower
from projections.engine.rebuild import compare
from projections.tickets.table import TICKETS
from projections.timers.table import TIMERS
from tests.support.reminding import Reminded, reminded
from tests.support.tally import positions

pytestmark = pytest.mark.anyio
PROMISED = 7
PAGES = 4


@pytest.fixture
async def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reminded]:
    """Seven tickets with a promised call, and a rule about them that is not folded yet."""
    monkeypatch.setattr(dependents, "DEPENDENTS_PAGE", 2)
    async with reminded(database_url) as made:
        for _ in range(PROMISED):
            ticket = await made.ticket()
            made.pass_by(minutes=1)
            await made.ask(ticket, PromiseCallback(at=made.clock.now.replace(hour=15)))
        made.follow()
        await made.rule("call", {"due": "call-back", "before": ["15m"]})
        yield made


def follower_of(desk: Reminded) -> Follower:
    return Follower(desk.url, "default", [TICKETS, TIMERS])


def timers(desk: Reminded) -> int:
    with psycopg.connect(desk.url) as connection:
        (count,) = connection.execute("select count(*) from tenant_default.timers").fetchone() or (0,)
    return int(count)


def reached(desk: Reminded) -> tuple[int, int]:
    """How far the rows of tickets and of timers are behind the log."""
    at, head = positions(desk.url), len(desk.log())
    return head - at["tickets"][0], head - at["timers"][0]


def same_as_rebuilt(desk: Reminded) -> bool:
    return all(comparison.same for comparison in compare(desk.url, "default", [TIMERS]))


async def test_the_others_go_on_between_two_pages(desk: Reminded) -> None:
    follower = follower_of(desk)
    follower.step()
    assert reached(desk) == (0, 1)
    await desk.ticket()
    seen = []
    while follower.step():
        seen.append((*reached(desk), timers(desk)))
    follower.close()
    behind_of_tickets = {behind for behind, _, _ in seen[1:]}
    assert behind_of_tickets == {0}, "the rows of tickets waited for the pages"
    assert [count for _, _, count in seen][: PAGES - 1] == [2, 4, 6]
    assert seen[-1] == (0, 0, PROMISED)
    assert same_as_rebuilt(desk)


async def test_a_follower_that_is_cut_off_between_two_pages_is_followed_by_one_that_begins_again(
    desk: Reminded,
) -> None:
    cut_off = follower_of(desk)
    for _ in range(3):
        cut_off.step()
    assert 0 < timers(desk) < PROMISED
    assert reached(desk)[1] == 1, "the checkpoint moves with the last page alone"
    cut_off.close()
    await desk.ticket()
    follower = follower_of(desk)
    follower.catch_up()
    follower.close()
    assert reached(desk) == (0, 0)
    assert timers(desk) == PROMISED
    assert same_as_rebuilt(desk)


async def test_two_followers_do_not_fold_the_same_pages(desk: Reminded) -> None:
    first, second = follower_of(desk), follower_of(desk)
    first.step()
    first.step()
    await desk.rule("again", {"due": "call-back", "before": ["30m"]})
    while second.step():  # the rows of tickets alone
        pass
    assert reached(desk) == (0, 2)
    first.catch_up()
    second.catch_up()
    first.close()
    second.close()
    assert reached(desk) == (0, 0)
    assert timers(desk) == 2 * PROMISED
    assert same_as_rebuilt(desk)
    with psycopg.connect(desk.url, autocommit=True) as connection:
        assert refold_lock("tenant_default", "timers").is_free(connection)


async def test_few_dependents_are_folded_with_the_batch(desk: Reminded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependents, "DEPENDENTS_PAGE", PROMISED)
    follower = follower_of(desk)
    assert follower.step() == 1
    follower.close()
    assert reached(desk) == (0, 0)
    assert timers(desk) == PROMISED
