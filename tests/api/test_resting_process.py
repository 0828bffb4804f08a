"""A what-if rests between turns while the server is busy, and its answer is the same."""

from types import SimpleNamespace

import anyio
import pytest

from api.http import resting_process, what_if_process
from api.http.giving_way import GivingWay
from api.http.key_pace import SHARE
from api.http.resting_process import TURN_SECONDS, Rests
from tests.support.serving import Served


async def told(rests: Rests, *, is_busy: bool) -> None:
    with anyio.move_on_after(0):
        await rests.watch(lambda: is_busy)


@pytest.mark.anyio
async def test_a_process_works_for_a_share_of_the_time_while_the_server_is_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used, slept = [0.0], list[float]()
    time = SimpleNamespace(process_time=lambda: used[0], sleep=slept.append)
    monkeypatch.setattr(resting_process, "time", time)
    rests, worked = Rests(is_busy=True), list[float]()
    for is_busy, work in ((False, 5.0), (True, TURN_SECONDS / 2), (True, TURN_SECONDS), (False, 3.0), (True, 0.5)):
        await told(rests, is_busy=is_busy)
        used[0] += work
        rests.rest()
        if is_busy:
            worked.append(work)
    assert len(slept) == 2
    assert sum(worked) / (sum(worked) + sum(slept)) == pytest.approx(SHARE)
    assert rests.seconds == pytest.approx(sum(slept))


def test_a_what_if_beside_a_busy_server_has_the_same_answer(
    shared_desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for priority in ("P1", "P2", "P1"):
        shared_desk.receive(priority=priority)
    answers, rested = [], []
    for is_busy in (True, False):
        rests = Rests(is_busy=is_busy)
        monkeypatch.setattr(GivingWay, "is_busy", is_busy)
        monkeypatch.setattr(what_if_process, "Rests", lambda rests=rests, **_: rests)
        answer = shared_desk.post("/v1/sla/whatif", {"ladder": ["1h", "12h"]}).json()
        answers.append({name: answer[name] for name in ("tickets", "sides", "groups", "switches", "changed")})
        rested.append(rests.seconds > 0)
    assert answers[0] == answers[1]
    assert answers[0]["tickets"] >= 3
    assert rested == [True, False]
