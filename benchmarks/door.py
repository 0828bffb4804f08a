"""What limits at the door cost, and what others who are there cost a caller: idle connections, readers, strangers.

What the server spends on an answer is its processor time: other work on the computer hardly touches it.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from http.client import HTTPConnection
from itertools import chain
from multiprocessing.pool import Pool
from statistics import median, quantiles
from typing import Any

import uvicorn
import uvloop

from api.http import key_pace
from api.http_limits import HttpLimits
from api.migrations import migrate
from api.serving.app import server
from api.settings import Settings, WhatIfBounds
from benchmarks import http_load, over_http
from benchmarks.crowd import Seen, crowd
from benchmarks.door_memory import under_attack
from benchmarks.figure import Figure
from benchmarks.following import following, wait_for
from benchmarks.log_filling import tidy
from benchmarks.loop_holds import held, watched
from benchmarks.over_http import Running
from benchmarks.processes import port_of
from benchmarks.processor_time import of_children, of_database
from benchmarks.rounds import medians, percentile, say
from benchmarks.strangers import HOSTILE, INSISTENT, Turn, sink, stranger

IDLE, READERS = 1_000, 200
PACED_SECONDS = 5.0
FEW = 8
PAIR_SECONDS = 0.5
TURN, SETTLING = 2.0, 0.25
STRANGERS_SECONDS, BEFORE_SECONDS = 4.0, 1.0
SINGLE = (*HOSTILE, "slow", *INSISTENT)
KINDS = [*((kind,) for kind in SINGLE), *zip(SINGLE[::2], SINGLE[1::2], strict=False)]
"""Which strangers come at once: each alone, and in pairs."""


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """The same application behind our protocol and uvicorn's own; then our own with others beside the load."""
    migrate(dsn)
    uvloop.run(over_http.prepare(dsn))
    seconds, rounds, pairs = (1.0, 2, 3) if quick else (2.0, 3, 5)
    with ExitStack() as stack:
        ours, plain = (stack.enter_context(over_http.running(serve, dsn)) for serve in (_ours, _plain))
        bench = Bench(dsn, ours, stack.enter_context(over_http.SPAWN.Pool(2)), seconds, rounds, pairs)
        elsewhere, another = (stack.enter_context(port_of(sink)) for _ in range(2))
        figures = [*bench.protocols(plain), *bench.crowded()]
        _make_document(ours.port)
        _catch_up(dsn, ours.port)
        with watched(_ours, dsn) as server:
            figures += held(server)
        figures += [bench.spent_on(kinds) for kinds in KINDS]
        figures.append(bench.beside(KINDS[0], elsewhere, another))
        figures += [bench.beside(kinds, elsewhere) for kinds in KINDS]
        return [*figures, *under_attack(ours)]


class Bench:
    """The server that is measured, and who asks it."""

    def __init__(self, dsn: str, ours: Running, pool: Pool, seconds: float, rounds: int, pairs: int) -> None:
        self._dsn = dsn
        self._ours = ours
        self._pool = pool
        self._seconds = seconds
        self._rounds = rounds
        self._pairs = pairs

    def protocols(self, plain: Running) -> list[Figure]:
        """Behind the other protocol: the median of the ratios of pairs of turns. Every second pair goes backwards."""
        ratios, spent = [], []
        for number in range(self._pairs * 2):
            turns = (self._ours, plain) if number % 2 else (plain, self._ours)
            took = {server.port: self._spent(server, PAIR_SECONDS) for server in turns}
            spent.append(took[self._ours.port])
            ratios.append(spent[-1] / took[plain.port])
        low, ratio, high = quantiles(ratios, n=4)
        what, beside = "processor time of an answer, with limits", "uvicorn with httptools"
        note = f"{median(spent):.0f} us; half of {len(ratios)} pairs from {low:.2f} to {high:.2f}"
        say(f"  {what}: {ratio:.2f} of {beside}, {note}")
        return [Figure(what, ratio, "times", beside, 1.0, 1 / 0.95, at_most=True, note=note)]

    def crowded(self) -> list[Figure]:
        """With idle connections and readers of every event."""
        port = self._ours.port

        def in_a_crowd() -> float:
            with crowd(port, IDLE, READERS, _head(port)) as seen:
                spent = self._spent(self._ours, self._seconds)
                say(f"  each reader saw {seen().fewest:,} events or more")
            return spent

        spent = medians({"alone": partial(self._spent, self._ours, self._seconds), "crowd": in_a_crowd}, self._rounds)
        paced, events = _paced(port)
        what, most = f"the same, {IDLE:,} idle and {READERS} readers", 1 / 0.9
        return [
            Figure(what, spent["crowd"], "us", "without them", spent["alone"], most, at_most=True),
            Figure(f"seen by each of {READERS} readers at 100 events/s", paced.fewest, "events", "recorded", events, 1),
            Figure("from recorded to read, p99", paced.p99, "ms", "asked for", 1_000, 1, at_most=True),
        ]

    def beside(self, kinds: Sequence[str], elsewhere: int, another: int | None = None) -> Figure:
        """How much longer callers wait beside strangers than beside the same ones at a sink: their p99 over all turns,
        half of them here and half there. What the strangers themselves take of the computer is in both.

        The load goes on meanwhile. Every second pair goes backwards. ``another`` sink in place of the server gives a
        control: how far the ratio is from 1 where nothing differs.
        """
        here = another or self._ours.port
        begun = time.perf_counter() + 1.0
        ports = [elsewhere, here, here, elsewhere] * (self._pairs // 2 + 1)
        turns = [Turn(begun + number * TURN, port) for number, port in enumerate(ports[: self._pairs * 2], 1)]
        other = self._pool.apply_async(stranger, (turns, kinds))
        arguments = (self._ours.port, "/v1/tickets", over_http.BODY, FEW, turns[-1].until - time.perf_counter())
        answers: list[http_load.Answer] = self._pool.apply(http_load.post_timed, arguments)
        other.get()
        took: list[list[float]] = [[] for _ in turns]
        for sent, milliseconds in answers:
            turn = int((sent - begun) // TURN)
            if sent - begun - turn * TURN > SETTLING and 0 <= turn < len(turns):
                took[turn].append(milliseconds)
        beside = "another sink" if another else " and ".join(kinds)
        return _compared(
            f"p99 of others beside {beside}",
            *(
                [each for each, turn in zip(took, turns, strict=True) if turn.port == port]
                for port in (here, elsewhere)
            ),
        )

    def spent_on(self, kinds: Sequence[str]) -> Figure:
        """What the strangers alone take of the processor time of the server and its database: a tenth makes the others'
        p99 a tenth longer where the server is busy. Other work on the computer hardly touches it. What is taken without
        them is left out, and so is their first second: who begins to read the past need not pause. What the server's
        children take is theirs at the lowest priority, and is told beside it.
        """
        idle = self._a_second(BEFORE_SECONDS)
        turn = Turn(time.perf_counter() + BEFORE_SECONDS + STRANGERS_SECONDS, self._ours.port)
        other = self._pool.apply_async(stranger, ([turn], kinds))
        time.sleep(BEFORE_SECONDS)
        took = self._a_second(STRANGERS_SECONDS)
        other.get()
        server, database, children = (max(0.0, with_them - own) for with_them, own in zip(took, idle, strict=True))
        what = f"processor time in a second for {' and '.join(kinds)}"
        note = f"{server:.0f} ms of the server, {database:.0f} of its database; {children:.0f} at the lowest priority"
        say(f"  {what}: {server + database:.0f} ms, {note}")
        bound = 1_000 * (1 - 1 / 1.1)
        return Figure(what, server + database, "ms", "a tenth longer for others", bound, 1, at_most=True, note=note)

    def _a_second(self, seconds: float) -> list[float]:
        """The milliseconds of processor time that are used in each of the next seconds."""
        before = self._used()
        time.sleep(seconds)
        return [(after - then) / seconds * 1_000 for then, after in zip(before, self._used(), strict=True)]

    def _used(self) -> tuple[float, float, float]:
        """The processor time of the server's process, of its database, and of its children."""
        return self._ours.used(), of_database(self._dsn), of_children(self._ours.pid)

    def _spent(self, server: Running, seconds: float) -> float:
        """Microseconds of processor time for each answer; the answers of the warm-up are taken for as many."""
        before = server.used()
        arguments = (server.port, "/v1/tickets", over_http.BODY, over_http.CONNECTIONS, seconds)
        load: http_load.Load = self._pool.apply(http_load.post, arguments)
        return (server.used() - before) / (load.a_second * (seconds + http_load.WARM_UP_SECONDS)) * 1e6


def _compared(what: str, here: Sequence[list[float]], there: Sequence[list[float]]) -> Figure:
    """The ratio of the p99 of all turns, with the quarters of the pairs that lie below and above."""
    ours, elsewhere = (percentile([*chain.from_iterable(turns)], 0.99) for turns in (here, there))
    pairs = [percentile(mine, 0.99) / percentile(its, 0.99) for mine, its in zip(here, there, strict=True)]
    low, _, high = quantiles(pairs, n=4)
    note = f"{ours:.1f} ms, {elsewhere:.1f} at a sink; half of {len(pairs)} pairs from {low:.2f} to {high:.2f}"
    say(f"  {what}: {ours / elsewhere:.2f}, {note}")
    return Figure(what, ours / elsewhere, "times", "beside the same at a sink", 1.0, 1.1, at_most=True, note=note)


def _paced(port: int) -> tuple[Seen, int]:
    """What readers see while 100 events a second are recorded, one after the other, and how many there were."""
    count = int(PACED_SECONDS * 100)
    connection = HTTPConnection("127.0.0.1", port)
    with crowd(port, 0, READERS, _head(port)) as seen:
        begun = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, begun + number / 100 - time.monotonic()))
            connection.request("POST", "/v1/tickets", over_http.BODY, {"Content-Type": "application/json"})
            response = connection.getresponse()
            assert response.status == 201, response.read()
            response.read()
        time.sleep(2.0)  # what is not there by then is too late
        return seen(), count


def _make_document(port: int) -> None:
    """Lets the server make what it makes once: that is not the strangers' cost."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/openapi.json")
    connection.getresponse().read()


def _catch_up(dsn: str, port: int) -> None:
    """Has the projections read the log, as they have where a follower runs: else a reading of the past folds it all.

    The database does its own work after that, which is none of the strangers'.
    """
    with following(dsn, "default"):
        wait_for(dsn, "default", _head(port))
    tidy(dsn)


def _head(port: int) -> int:
    """The newest position."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("HEAD", "/v1/events?limit=1")
    return int(connection.getresponse().headers["Ledger-Position"])


def _ours(dsn: str) -> uvicorn.Server:
    """Idle connections may stay for the whole measure, keys have no credit for readings of the past, and what-ifs judge
    the log however long it has become."""
    key_pace.CREDIT = 0.0  # as after two minutes
    judged = WhatIfBounds(tickets=1_000_000_000)
    settings = Settings(dsn, keyless="default", http=HttpLimits(first_byte=600.0), whatif=judged)
    return server(settings, "127.0.0.1", 0)


def _plain(dsn: str) -> uvicorn.Server:
    return _behind("httptools", dsn)


def _behind(protocol: Any, dsn: str) -> uvicorn.Server:
    serving = _ours(dsn)
    serving.config.http = protocol
    return serving
