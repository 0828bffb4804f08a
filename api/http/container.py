"""What the endpoints of one serving process share: tenants, authentication, pools and bounds."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import cast

from fastapi import Request
from psycopg import Connection
from starlette.concurrency import run_in_threadpool

from api.access_journal.journal import AccessJournal
from api.api_keys import find_caller, parse_token
from api.http.authentication import Authentication, Caller
from api.http.bounded_pool import BoundedPool, ConnectionHolder, nobody
from api.http.event_stream import EventStream
from api.http.fair_slots import FairSlots
from api.http.feed_chunks import READ_AT_ONCE, FeedSource
from api.http.feed_tail import Tail
from api.http.held_refusals import HeldRefusals
from api.http.moves import MOST_OPEN_PAGES_OF_A_KEY, MOST_OPEN_PAGES_OF_A_TENANT, Moves
from api.http.panel_cache import PanelCache
from api.http.past_readings import PastReadings
from api.http.quotas import Quota
from api.http.readiness_probe import ReadinessProbe
from api.http.refusal_counter import Refusals
from api.http.request_access import current_access
from api.http.sign_in_attempts import SignInAttempts
from api.http.streamed_answer import MOST_FILE_BYTES, Unread
from api.http.ticket_counts import TicketCounts
from api.screen_sessions import find_session, tenant_of_cookie
from api.settings import Settings
from api.tenants import Tenants
from api.workers.watching import present
from domain.event_log.database_connections import KEYS, READINGS, Purpose

KEY_CONNECTIONS = 2
MOST_KEYS_WAITING = 100
MOST_JUDGED_OF_A_KEY = 2
MOST_JUDGED_OF_A_TENANT = 6
MOST_WAITS_OF_A_KEY = 64
MOST_WAITS_OF_A_TENANT = 256


@dataclass(frozen=True, slots=True)
class Container:
    """The parts of a serving process.

    ``pool`` is for readings, ``keys`` for API keys alone: authentication does not wait for slow readings. ``past``
    bounds the readings that fold much of the log, ``judging``, ``judging_of_keys`` and ``judged`` the what-ifs of
    policies, whose tickets ``ticket_counts`` counts, ``waits`` the readings that wait for a position, ``unread`` the
    bytes of large answers and ``unread_files`` those of files. ``feed`` reads the log for ``streams``, the open event
    streams; ``tails`` hold its newest events for each tenant. ``open_pages`` are the streams of pages, which ``moves``
    tell of changes, and ``page_quota`` bounds those of one key or tenant; ``shown`` holds what several of them show.
    ``refusals`` counts refused requests, ``held`` holds those for too much, ``sign_ins`` bounds attempts to sign in.
    ``journal`` writes the access journals. ``stopping`` is set when the server stops, and ends what takes long.
    """

    settings: Settings
    pool: BoundedPool
    keys: BoundedPool
    feed_pool: BoundedPool
    feed: FeedSource
    tenants: Tenants
    callers: Authentication
    readiness: ReadinessProbe
    journal: AccessJournal
    past: PastReadings = field(default_factory=PastReadings)
    judging: FairSlots = field(default_factory=partial(FairSlots, "what-ifs", total=2, each=1))
    judging_of_keys: FairSlots = field(default_factory=partial(FairSlots, "what-ifs", total=sys.maxsize, each=1))
    judged: Quota = field(
        default_factory=lambda: Quota("what-ifs", each_key=MOST_JUDGED_OF_A_KEY, each_tenant=MOST_JUDGED_OF_A_TENANT)
    )
    ticket_counts: TicketCounts = field(default_factory=TicketCounts)
    waits: Quota = field(
        default_factory=lambda: Quota(
            "waiting readings", each_key=MOST_WAITS_OF_A_KEY, each_tenant=MOST_WAITS_OF_A_TENANT
        )
    )
    unread: Unread = field(default_factory=Unread)
    unread_files: Unread = field(default_factory=partial(Unread, MOST_FILE_BYTES))
    streams: set[EventStream] = field(default_factory=set)
    tails: dict[str, Tail] = field(default_factory=dict)
    open_pages: set[EventStream] = field(default_factory=set)
    page_quota: Quota = field(
        default_factory=lambda: Quota(
            "open pages", each_key=MOST_OPEN_PAGES_OF_A_KEY, each_tenant=MOST_OPEN_PAGES_OF_A_TENANT
        )
    )
    moves: dict[tuple[str, str], Moves] = field(default_factory=dict)
    shown: PanelCache = field(default_factory=PanelCache)
    refusals: Refusals = field(default_factory=Refusals)
    held: HeldRefusals = field(default_factory=HeldRefusals)
    sign_ins: SignInAttempts = field(default_factory=SignInAttempts)
    stopping: threading.Event = field(default_factory=threading.Event)

    def now(self, connection: Connection) -> datetime:
        """The present instant, by the clock of the settings or else by the database's."""
        return present(connection, self.settings.clock)

    def tail(self, tenant: str) -> Tail:
        """The newest events of a tenant."""
        if tenant not in self.tails:
            self.tails[tenant] = Tail(tenant, self.feed, lambda: self.tenants[tenant].positions)
        return self.tails[tenant]

    def moves_of(self, tenant: str, page: str, projections: Sequence[str]) -> Moves:
        """The moves that open pages of a name and a tenant receive. Pages of one name read the same projections."""
        key = tenant, page
        if key not in self.moves:
            self.moves[key] = Moves(tenant, page, projections, lambda: self.tenants[tenant].positions)
        return self.moves[key]

    def end_waiting(self) -> None:
        """Ends the streams, and waits and bundles, which may outlast the seconds that a stopping server has."""
        self.stopping.set()
        for stream in (*self.streams, *self.open_pages):
            stream.end()
        self.tenants.give_up_waiting()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Opens the pools for the block; connections are made when they are needed."""
        pools = (self.pool, self.keys, self.feed_pool)
        for pool in pools:
            pool.open()
        self.journal.start()
        watching = asyncio.create_task(self.past.giving_way.watch())
        try:
            yield
        finally:
            watching.cancel()
            await self.tenants.close()
            await self.readiness.close()
            await run_in_threadpool(self.journal.stop)
            for pool in pools:
                await run_in_threadpool(pool.close)


def build_container(settings: Settings) -> Container:
    """The container of these settings; nothing is connected yet."""

    def pool(dsn: str, size: int, waiting: int, purpose: Purpose) -> BoundedPool:
        return BoundedPool(dsn, purpose, size=size, waiting=waiting, patience=settings.patience)

    keys = pool(settings.dsn, KEY_CONNECTIONS, MOST_KEYS_WAITING, KEYS)
    feed = pool(settings.reading, READ_AT_ONCE, 0, READINGS)
    return Container(
        settings,
        BoundedPool(
            settings.reading,
            READINGS,
            size=settings.readers,
            waiting=2 * settings.readers,
            patience=settings.patience,
            holder=_holder,
        ),
        keys,
        feed,
        FeedSource(feed),
        Tenants(settings),
        Authentication(partial(_find_key, keys), partial(_find_session, keys), settings.keyless),
        ReadinessProbe(settings.reading, settings.readiness_seconds, settings.patience),
        AccessJournal(settings.dsn),
    )


def container_of(request: Request) -> Container:
    """The container of the application that answers a request."""
    return cast("Container", request.app.state.container)


def _holder() -> ConnectionHolder:
    """The caller of the present request; nobody before its key is known."""
    caller = current_access().caller
    return nobody() if caller is None else ConnectionHolder(caller.tenant, caller.key_id)


def _find_key(pool: BoundedPool, text: str) -> Caller:
    token = parse_token(text)
    if token is None:
        return None
    with pool.connection() as connection:
        return find_caller(connection, token)


def _find_session(pool: BoundedPool, cookie: str) -> Caller:
    if tenant_of_cookie(cookie) is None:
        return None
    with pool.connection() as connection:
        return find_session(connection, cookie)
