"""A what-if ends with its caller, with its time and with its memory."""

import asyncio
import os
import resource
import runpy
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import Pipe, active_children
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Event, Semaphore
from typing import Any, Never
from unittest.mock import Mock

import pytest
from fastapi import Request

from api.api_keys import Principal
from api.http import bounded_what_if, lowest_priority, what_if_process
from api.http.key_pace import CREDIT, KeyPace
from api.http.lowest_priority import LOWEST, seconds_without_core
from api.http.problems import Problem
from api.http.resting_process import Rests
from api.http.what_if_process import judge_apart, read_outcome
from api.settings import WhatIfBounds
from domain.command_context import Actor
from projections.what_if.request import WhatIfRequest
from tests.support.programs import run_python
from tests.support.serving import Served, id_of, make_key, serving

QUESTION = WhatIfRequest(scenarios=(), up_to=0, now=datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A database that takes a connection and never answers. A process that waits for it is killed in the end."""
    monkeypatch.setattr(what_if_process, "ENDING_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(120)
        yield server


def dsn_of(server: socket.socket) -> str:
    return f"host=127.0.0.1 port={server.getsockname()[1]} sslmode=disable gssencmode=disable user=nobody"


def request(gone: asyncio.Event) -> Request:
    async def receive() -> dict[str, str]:
        await gone.wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http"}, receive)


def wait_for_the_end(connection: socket.socket) -> None:
    """Returns when the process at the other end is gone."""
    connection.settimeout(120)
    while connection.recv(4096):
        pass


def assert_is_behind_all_others(pid: int) -> None:
    assert os.getpriority(os.PRIO_PROCESS, pid) == 19
    if hasattr(os, "SCHED_IDLE"):
        assert os.sched_getscheduler(pid) == os.SCHED_IDLE


def test_a_caller_who_leaves_ends_the_process(silent: socket.socket) -> None:
    async def leave() -> bytes | None:
        gone = asyncio.Event()
        judging = asyncio.create_task(judge_apart(request(gone), dsn_of(silent), "t", QUESTION, WhatIfBounds()))
        connection, _ = await asyncio.to_thread(silent.accept)
        with connection:
            (process,) = active_children()
            assert_is_behind_all_others(process.pid or 0)
            gone.set()
            answer = await judging
            await asyncio.to_thread(wait_for_the_end, connection)
        return answer

    assert asyncio.run(leave()) is None


FORKS = """
import os, time
from api.http import idle_forkserver
from api.http.lowest_priority import forks_behind_all_others
process = forks_behind_all_others("json").Process(target=time.sleep, args=[3600])
process.start()
for pid in 0, process.pid:
    print(os.getpriority(os.PRIO_PROCESS, pid), os.sched_getscheduler(pid) if hasattr(os, "SCHED_IDLE") else None)
process.kill()
"""


def test_a_process_lets_all_others_go_before_it_from_its_first_instruction_on() -> None:
    """It does so although its own program never says so."""
    policies = (0, os.SCHED_IDLE) if hasattr(os, "SCHED_IDLE") else (None, None)
    printed = run_python(FORKS).stdout.splitlines()
    assert printed == [f"{nice} {policy}" for nice, policy in zip((os.nice(0), LOWEST), policies, strict=True)]


def test_what_ifs_are_such_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(lowest_priority, "forks_behind_all_others", loaded.append)
    assert runpy.run_path(what_if_process.__file__, run_name="again")["_PROCESSES"] is None
    assert loaded == ["again"]


@pytest.mark.parametrize(
    ("without_core", "rested", "status", "words"),
    [
        (0.04, 0.05, 413, r"longer than 0\.2 s: ask for a shorter time"),
        (0.11, 0.0, 429, r"other work took the processors for most of 0\.2 s; try again later"),
        (0.0, 0.11, 429, r"other work took the processors for most of 0\.2 s; try again later"),
    ],
)
def test_what_takes_too_long_is_ended_and_says_what_to_do(
    silent: socket.socket, monkeypatch: pytest.MonkeyPatch, without_core: float, rested: float, status: int, words: str
) -> None:
    monkeypatch.setattr(Rests, "seconds", rested)
    monkeypatch.setattr(what_if_process, "seconds_without_core", lambda _: without_core)
    with pytest.raises(Problem, match=words) as refused:
        asyncio.run(judge_apart(request(asyncio.Event()), dsn_of(silent), "t", QUESTION, WhatIfBounds(seconds=0.2)))
    assert refused.value.status == status


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the system does not say it")
def test_a_process_beside_a_busy_one_on_its_core_has_waited() -> None:
    cores = os.sched_getaffinity(0)
    end = time.process_time() + 5
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as other:
        try:
            for pid in (0, other.pid):
                os.sched_setaffinity(pid, {min(cores)})
            while seconds_without_core(other.pid) < 0.001:
                assert time.process_time() < end
        finally:
            os.sched_setaffinity(0, cores)
            other.kill()
    assert seconds_without_core(other.pid) == 0, "it is gone"


def test_a_database_that_is_lost_meanwhile_is_no_question_that_is_too_large(silent: socket.socket) -> None:
    async def lose() -> None:
        judging = asyncio.create_task(
            judge_apart(request(asyncio.Event()), dsn_of(silent), "t", QUESTION, WhatIfBounds(seconds=120))
        )
        connection, _ = await asyncio.to_thread(silent.accept)
        connection.close()
        await judging

    with pytest.raises(Problem, match="database was lost") as problem:
        asyncio.run(lose())
    assert (problem.value.code, problem.value.status) == ("unavailable", 503)


def test_what_needs_too_much_memory_is_ended_and_says_what_to_do(database_url: str) -> None:
    minutes = [f"{hour:02}:00-{hour:02}:01" for hour in range(12)]
    calendar = {"name": "seldom", "zone": "Asia/Ho_Chi_Minh", "week": {"mon-sun": minutes}}
    policy = {"name": "years", "rules": [{"resolution": {"duration": "3650d", "calendar": "seldom"}}]}
    bounds = WhatIfBounds(memory=4096)
    with serving(database_url, key=make_key(database_url), whatif=bounds) as desk:
        desk.receive()
        answer = desk.post("/v1/sla/whatif", {"policy": policy, "calendars": [calendar]})
    assert (answer.status_code, "needs more than 0 MiB" in answer.json()["detail"]) == (413, True)


def test_a_process_that_nothing_else_ends_ends_and_says_nothing() -> None:
    """As one whose server was killed, and which a library holds that has no memory left."""
    program = (
        "import os, sys, threading; from api.http import what_if_process as w; w._end_after(0.01);"
        "'RUST_BACKTRACE' in os.environ and os._exit(3); print('x', file=sys.stderr); threading.Event().wait()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "RUST_BACKTRACE": "1"}, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_a_defect_in_the_process_is_told_to_the_server_without_values(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = list[tuple[str, bytes]]()

    def broken(*_: object) -> Never:
        raise ValueError("words of a customer")

    for name in ("give_way_to_all", "_end_after", "_Turns", "register_event_types", "use", "logging"):
        monkeypatch.setattr(what_if_process, name, Mock())
    monkeypatch.setattr(resource, "setrlimit", Mock())
    monkeypatch.setattr(what_if_process, "what_if", broken)
    sender: Any = Mock(send=sent.append)
    what_if_process.judge(sender, database_url, "default", QUESTION, WhatIfBounds(), (), Rests(is_busy=False))
    ((kind, origin),) = sent
    assert (kind, origin.decode().startswith("ValueError in "), b"words" in origin) == ("internal", True, False)

    def told(process: Any) -> None:
        sender = process._args[0]
        sender.send(sent[0])

    monkeypatch.setattr(ForkServerProcess, "start", told)
    with pytest.raises(RuntimeError, match="a what-if ended with ValueError in "):
        asyncio.run(judge_apart(request(asyncio.Event()), "", "t", QUESTION, WhatIfBounds()))


def test_an_answer_that_comes_in_parts_is_read_whole() -> None:
    receiver, sender = Pipe(duplex=False)
    os.set_blocking(receiver.fileno(), False)  # as uvloop leaves it
    content = b"x" * 1_000_000  # more than a pipe holds
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(sender.send, ("answer", content))
        assert read_outcome(receiver) == ("answer", content)
        sending.result()


def test_one_what_if_of_a_key_waits_and_others_are_refused_at_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, end = Semaphore(0), Event()

    def judged(*_: object) -> Never:
        begun.release()
        assert end.wait(60)
        raise Problem("unavailable", "tried")

    monkeypatch.setattr(bounded_what_if, "_bounded_request", judged)
    ladder = "/v1/sla/whatif", {"ladder": ["12h"]}
    with serving(database_url, key=make_key(database_url), patience=60.0) as desk, ThreadPoolExecutor(3) as pool:
        caller = Principal("default", id_of(desk.key), Actor(id="a", kind="agent"), frozenset(), acts_for_others=False)
        sent = [pool.submit(desk.post, *ladder)]
        assert begun.acquire(timeout=60)
        with desk.container.judged.taken(caller):  # as one that waits
            refused = [desk.post(*ladder).status_code for _ in range(3)]
        sent += [pool.submit(key.post, *ladder) for key in (desk, desk.as_key(make_key(database_url)))]
        end.set()
        answered = [answer.result(60).status_code for answer in sent]
    assert (refused, answered) == ([429] * 3, [503] * 3)


def test_a_key_pays_for_the_time_in_which_its_what_if_is_judged(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    desk.container.past._pace = KeyPace(lambda: now[0])

    async def judged(*_: object) -> bytes:
        now[0] += 2 * CREDIT
        return b"{}"

    monkeypatch.setattr(bounded_what_if, "judge_apart", judged)
    ladder = "/v1/sla/whatif", {"ladder": ["12h"]}
    assert [desk.post(*ladder).status_code for _ in range(2)] == [200, 429]
    assert desk.as_key(make_key(desk.dsn)).post(*ladder).status_code == 200
