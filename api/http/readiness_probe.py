"""The readiness probe: one check of the database and of the projection lag, shared by all requests."""

import asyncio
import time
from collections import defaultdict, deque
from typing import Literal, NamedTuple

import psycopg
from anyio import CapacityLimiter, to_thread
from psycopg import Connection
from pydantic import BaseModel

from api.api_keys import desk_tenants
from api.channels.configuration import configured_channels
from api.sealing.tree_store import Window, sealed_window
from domain.event_log import reader
from domain.event_log.database_connections import READINESS, connect
from domain.event_log.soundness import DamageKind, HoleSearch, damage_of
from domain.personal_data.data_keys import KeysUnavailable, store_of

LOOKED_AT_ONCE = 16
"""The tenants of one check; for the others the results of earlier checks count."""
Reason = DamageKind | Literal["keys_unavailable"]


class Readiness(BaseModel):
    """``ready``: the database and the key stores answer, and no log is damaged.

    ``reasons`` say what is wrong: commands are refused until it is repaired, and `doctor` says more. ``behind`` is
    the lag of the slowest projection of any tenant in events, ``stopped`` how many projections are stopped;
    commands are served in spite of both. ``silent_channels`` are those whose entry in the channels' file is wrong:
    nothing is sent over them. ``ahead_seconds`` is how far the database's clock was put back: what is recorded until
    it has caught up gets the time before that. ``refused`` counts the refused requests of this process by status.
    """

    ready: bool
    behind: int
    stopped: int
    unsealed: int = 0
    unsealed_seconds: float = 0.0
    ahead_seconds: int = 0
    reasons: list[Reason] = []
    silent_channels: list[str] = []
    refused: dict[str, int] = {}


class _Seen(NamedTuple):
    """The result of a check of one tenant."""

    behind: int
    stopped: int
    window: Window | None
    ahead_seconds: int
    reasons: frozenset[Reason]


class ReadinessProbe:
    """Checks over a connection of its own, which readings cannot exhaust, at most once in ``seconds``."""

    def __init__(self, dsn: str, seconds: float, patience: float) -> None:
        self._dsn = dsn
        self._seconds = seconds
        self._patience = patience
        self._connection: Connection | None = None
        self._seen: dict[str, _Seen] = {}
        self._holes: defaultdict[str, HoleSearch] = defaultdict(HoleSearch)
        self._turn: deque[str] = deque()
        self._silent_channels = sorted(configured_channels().wrong)
        self._limiter: CapacityLimiter | None = None
        self._look: asyncio.Task[Readiness] | None = None
        self._begun = 0.0

    async def readiness(self) -> Readiness:
        """The result of the latest check. Raises psycopg.OperationalError or TimeoutError without an answer."""
        now = time.monotonic()
        if self._look is None or (self._look.done() and now - self._begun >= self._seconds):
            self._begun = now
            self._limiter = self._limiter or CapacityLimiter(1)  # not in the threads that readings may fill
            self._look = asyncio.create_task(to_thread.run_sync(self._ask, limiter=self._limiter))
        async with asyncio.timeout(self._patience):
            return await asyncio.shield(self._look)

    async def close(self) -> None:
        """Waits for the check under way, and closes the connection."""
        if self._look is not None:
            await asyncio.gather(self._look, return_exceptions=True)
        if self._connection is not None:
            await asyncio.to_thread(self._connection.close)

    def _ask(self) -> Readiness:
        try:
            connection = self._connected()
            tenants = desk_tenants(connection)
            for tenant in self._next(tenants):
                self._seen[tenant] = _look_at(connection, tenant, self._holes[tenant])
        except psycopg.Error:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            raise
        self._seen = {tenant: seen for tenant, seen in self._seen.items() if tenant in tenants}
        for gone in self._holes.keys() - set(tenants):
            del self._holes[gone]
        windows = [seen.window for seen in self._seen.values() if seen.window is not None]
        reasons = sorted({reason for seen in self._seen.values() for reason in seen.reasons})
        return Readiness(
            ready=not reasons,
            behind=max((seen.behind for seen in self._seen.values()), default=0),
            stopped=sum(seen.stopped for seen in self._seen.values()),
            unsealed=max((window.events for window in windows), default=0),
            unsealed_seconds=max((round(window.seconds, 1) for window in windows), default=0.0),
            ahead_seconds=max((seen.ahead_seconds for seen in self._seen.values()), default=0),
            reasons=reasons,
            silent_channels=self._silent_channels,
        )

    def _next(self, tenants: list[str]) -> list[str]:
        """The next few tenants in turn, new ones first."""
        known = set(tenants)
        self._turn = deque(tenant for tenant in self._turn if tenant in known)
        self._turn.extendleft(sorted(known - set(self._turn)))
        chosen = [self._turn[number] for number in range(min(LOOKED_AT_ONCE, len(self._turn)))]
        self._turn.rotate(-len(chosen))
        return chosen

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._dsn, READINESS)
        return self._connection


def _look_at(connection: Connection, tenant: str, holes: HoleSearch) -> _Seen:
    behind, stopped = connection.execute(reader.QUERIES["largest_lag"].of(tenant)).fetchone() or (0, 0)
    window = sealed_window(connection, tenant)
    (ahead,) = connection.execute(reader.QUERIES["seconds ahead"].of(tenant)).fetchone() or (0,)
    reasons: set[Reason] = set()
    if damage := damage_of(connection, tenant) or holes.look(connection, tenant):
        reasons.add(damage.kind)
    if not _keys_answer(connection, tenant):
        reasons.add("keys_unavailable")
    return _Seen(behind, stopped, window, ahead, frozenset(reasons))


def _keys_answer(connection: Connection, tenant: str) -> bool:
    """Whether the key store of a tenant, if it has one, answers."""
    encryption = reader.encryption(connection, tenant)
    try:
        if encryption is not None:
            store_of(encryption.key_store).keys(())
    except KeysUnavailable:
        return False
    return True
