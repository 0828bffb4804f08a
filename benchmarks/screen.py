"""What pages cost: on the server, until open ones show a change, beside commands, and in bytes at the first visit."""

import asyncio
import http.client
import re
import time
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from statistics import median

import psycopg
import uvicorn
import uvloop

from api.migrations import migrate
from api.screen.pages import PAGES
from api.serving.app import server
from api.settings import Settings
from benchmarks import agreement, http_load, over_http
from benchmarks.access import processor_seconds
from benchmarks.figure import Figure
from benchmarks.figures import EVENTS_OF_A_TICKET, TENANT
from benchmarks.following import following, wait_for
from benchmarks.log_filling import BEGINNING, fill, instant_of, tidy
from benchmarks.multiplied import multiply
from benchmarks.open_pages import open_pages
from benchmarks.over_http import SPAWN, Running, running
from benchmarks.rounds import medians, percentile, say
from benchmarks.shown_in_browser import shown_in_browser
from domain.event_log import reader
from domain.event_types import register_event_types
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

TICKETS, COPIES = 100_000, 25
OPEN, PATH = 50, "/desk"
_NEWEST = "select ticket from tenant_default.tickets order by received_at desc limit 1"
RATE = 10.0
"""Changes a second while it is measured when pages show them."""


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """One server, one follower, and the pages of PAGES that need no parameter."""
    prepare(dsn)
    with ExitStack() as stack:
        desk = stack.enter_context(running(desk_server, dsn))
        stack.enter_context(following(dsn, TENANT))
        bench = ScreenBench(dsn, desk, quick=quick)
        return [*bench.pages(), bench.first_visit(), *bench.late(), *bench.beside()]


def prepare(dsn: str) -> None:
    """A log with promises and TICKETS tickets, followed. Most of a quick run's time goes here.

    As many are open as at the desk of a real history at the same rate (UCI data set 498: 6.8 days each on average).
    """
    register_event_types()
    migrate(dsn, TENANT)
    asyncio.run(agreement.publish(dsn))
    uvloop.run(over_http.prepare(dsn, BEGINNING))
    fill(dsn, TENANT, int(TICKETS / COPIES * EVENTS_OF_A_TICKET), left_open=0.01)
    rebuild(dsn, TENANT, PROJECTIONS, views=VIEWS)
    multiply(dsn, TENANT, PROJECTIONS, COPIES)
    tidy(dsn)
    say(f"  {TICKETS:,} tickets are there")


def desk_server(dsn: str) -> uvicorn.Server:
    """A server whose present begins where the filled log ends."""
    with psycopg.connect(dsn) as connection:
        end = instant_of(reader.head(connection, TENANT))
    began = time.monotonic()
    clock = lambda: end + timedelta(seconds=time.monotonic() - began)  # noqa: E731 -- a closure of two values
    return server(Settings(dsn, keyless=TENANT, clock=clock), "127.0.0.1", 0)


class ScreenBench:
    """The server that is measured."""

    def __init__(self, dsn: str, desk: Running, *, quick: bool) -> None:
        self._dsn, self._desk = dsn, desk
        self._seconds = 5.0 if quick else 20.0
        self._rounds = 3 if quick else 9

    def pages(self) -> list[Figure]:
        """Each page after something was recorded, so that nothing of it is in the cache."""
        paths = self._paths()
        for path in paths:  # the first visit after a start compiles templates
            self._milliseconds(path)
        took = {path: [self._milliseconds(path) for _ in range(self._rounds)] for path in paths}
        by_path = {path: (median(times), percentile(times, 0.95)) for path, times in took.items()}
        slowest = sorted(by_path, key=lambda path: by_path[path], reverse=True)
        note = f"{TICKETS:,} tickets; median and p95: " + ", ".join(
            f"{path} {by_path[path][0]:.0f} and {by_path[path][1]:.0f}" for path in slowest
        )
        slowest_median = by_path[slowest[0]][0]
        return [Figure("the slowest page on the server", slowest_median, "ms", "asked for", 150, 1, True, note)]

    def _paths(self) -> list[str]:
        """The pages without a parameter, that of the newest ticket, and that of its customer."""
        wait_for(self._dsn, TENANT, self._record())
        with psycopg.connect(self._dsn) as connection:
            (ticket,) = connection.execute(_NEWEST).fetchone() or ("",)
        named = {"{ticket_id}": str(ticket), "{customer_id}": str(over_http.CUSTOMER)}
        paths = [re.sub(r"{\w+}", lambda name: named.get(name[0], name[0]), page.path) for page in PAGES]
        return [path for path in paths if "{" not in path]

    def first_visit(self) -> Figure:
        """The document with all that it loads."""
        body = _get(self._desk.port, PATH)  # in Vietnamese, which takes more bytes
        assets = sorted(set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', body.decode())))
        sizes = {"/desk": len(body)} | {asset: len(_get(self._desk.port, asset)) for asset in assets}
        note = ", ".join(f"{name.rpartition('/')[2]} {size / 1000:.0f}" for name, size in sizes.items())
        return Figure("first visit", sum(sizes.values()) / 1000, "kB", "asked for", 100, 1, at_most=True, note=note)

    def late(self) -> list[Figure]:
        """From a command sent to the pages that show it."""
        with open_pages(self._desk.port, PATH, OPEN) as pages:
            late = pages.late(self._seconds, RATE)
            browser = shown_in_browser(self._desk.port, PATH, self._seconds / 2)
        what = f"from a command to all panels of {OPEN} pages"
        note = f"{RATE:g} changes a second, answers of {late.size / 1000:.0f} kB"
        figures = [
            Figure(f"{what}, median", late.median, "ms", "asked for", 1_000, note=note),
            Figure(f"{what}, p99", late.p99, "ms", "asked for", 1_000, 1, at_most=True, note=note),
        ]  # fmt: skip
        if browser is not None:
            figures.append(
                Figure("from a command to the screen of a Chromium beside them, the slowest", browser, "ms",
                       "asked for", 1_000, 1, at_most=True)
            )  # fmt: skip
        return figures

    def beside(self) -> list[Figure]:
        """Commands alone and beside open pages, in turns."""
        rates: dict[str, list[float]] = {"alone": [], "beside": []}
        with psycopg.connect(self._dsn, autocommit=True) as database, SPAWN.Pool(1) as pool:

            def spent(name: str) -> float:
                """Microseconds of the server and the database for each command."""
                used = self._desk.used() + processor_seconds(database)
                load: http_load.Load = pool.apply(
                    http_load.post,
                    (self._desk.port, "/v1/tickets", over_http.BODY, over_http.CONNECTIONS, self._seconds),
                )
                used = self._desk.used() + processor_seconds(database) - used
                rates[name].append(load.a_second)
                return used / (load.a_second * (self._seconds + http_load.WARM_UP_SECONDS)) * 1e6

            def beside() -> float:
                with open_pages(self._desk.port, PATH, OPEN):
                    return spent("beside")

            times = medians({"alone": partial(spent, "alone"), "beside": beside}, self._rounds)
        rate = {name: median(values) for name, values in rates.items()}
        what = f"POST /v1/tickets beside {OPEN} open pages"
        return [
            Figure(f"{what}, processor time of server, database and follower", times["beside"], "us", "without them",
                   times["alone"], 1 / 0.9, at_most=True),
            Figure(what, rate["beside"], "answers/s", "without them", rate["alone"],
                   note="the pages' own process takes its share of the computer"),
        ]  # fmt: skip

    def _milliseconds(self, path: str) -> float:
        wait_for(self._dsn, TENANT, self._record())
        began = time.perf_counter()
        _get(self._desk.port, path)
        return (time.perf_counter() - began) * 1000

    def _record(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self._desk.port)
        connection.request("POST", "/v1/tickets", over_http.BODY, {"Content-Type": "application/json"})
        response = connection.getresponse()
        assert response.status == 201, response.read()
        return int(response.headers["Ledger-Position"])


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Accept-Language": "vi", "Accept-Encoding": "gzip"})
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, body
    return body
