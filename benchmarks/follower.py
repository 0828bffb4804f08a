"""All projections together: catching up, being made anew, and how long after a command its rows can be seen."""

import time

import psycopg

from api.migrations import migrate
from benchmarks import lag
from benchmarks.figure import Figure
from benchmarks.log_filling import fill, tidy
from benchmarks.peers import library_projection
from domain.event_log import reader
from projections.engine.follower import Follower
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

TENANT = "default"
PAGE = 5_000


def catch_up(dsn: str, tenant: str, events: int) -> float:
    """Events a second of one follower that has ``events`` before it."""
    follower = Follower(dsn, tenant, PROJECTIONS)
    start = time.perf_counter()
    follower.catch_up()
    seconds = time.perf_counter() - start
    follower.close()
    return events / seconds


def read_and_decode(dsn: str, tenant: str) -> float:
    """Events a second when they are only read, in pages, and decoded: more no rebuild could reach."""
    events = position = 0
    start = time.perf_counter()
    with psycopg.connect(dsn, autocommit=True) as connection:
        while page := reader.page(connection, tenant, position, PAGE):
            events, position = events + len(page), page[-1].position
    return events / (time.perf_counter() - start)


def rebuild_all(dsn: str, tenant: str) -> float:
    """Events a second of a rebuild of every projection, switch included."""
    start = time.perf_counter()
    events = rebuild(dsn, tenant, PROJECTIONS, views=VIEWS)
    return events / (time.perf_counter() - start)


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Ours beside the library's runner, beside reading alone, and beside what was asked for."""
    migrate(dsn, TENANT)
    fill(dsn, TENANT, 25_000 if quick else 1_000_000)
    tidy(dsn)
    with psycopg.connect(dsn) as connection:
        events = reader.head(connection, TENANT)
    runner = library_projection.events_a_second(dsn, 2_000 if quick else 10_000)
    caught_up = catch_up(dsn, TENANT, events)
    reads = [read_and_decode(dsn, TENANT)]
    rebuilt = rebuild_all(dsn, TENANT)
    reads.append(read_and_decode(dsn, TENANT))
    lags = lag.measure(dsn, TENANT, seconds=3 if quick else 30)
    of = f"{len(PROJECTIONS)} projections, {events:,} events"
    return [
        Figure("follower catches up", caught_up, "events/s", "ProjectionRunner", runner, floor=10, note=of),
        Figure("rebuild", rebuilt, "events/s", "reading and decoding alone", sum(reads) / 2, floor=0.1, note=of),
        *lags,
    ]
