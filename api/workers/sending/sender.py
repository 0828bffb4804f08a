"""The sender of a tenant: it hands over what is due, in order for each recipient, concurrently for different ones."""

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from api.channels.configuration import ConfiguredChannels, Lane
from api.workers.bounded_memory import forget_oldest
from api.workers.fault_isolation import isolating_faults
from api.workers.leader_election import Lead
from api.workers.sending.attempts import Attempts
from api.workers.sending.judging import SQL, Judge, JudgedNotification
from api.workers.sending.logged_notification import LoggedNotification
from api.workers.sending.rates import Rates
from api.workers.sending.room import room_in
from api.workers.watching import present, repeat
from domain.command_handling.decide import FUTURE_SECONDS
from domain.command_handling.service_desk import Now, ServiceDesk
from domain.contact_rules.admit import Send
from domain.event_log import reader
from domain.event_log.advisory_locks import sender_lock
from domain.event_log.database_connections import ALERTS
from domain.event_log.notifications import Listener, ListenerSettings, projection_channel
from domain.event_log.store import LogConnection
from projections.engine.checkpoints import ProjectionOutdated, position_of
from projections.notifications.table import NOTIFICATIONS

_LOG = logging.getLogger(__name__)
LONGEST_DRAIN = 30.0
_A_MOMENT = 0.1
"""Seconds until a rate may have room for more."""
_GATHERING = 0.05
"""Seconds in which attempts end, so that the next ones are judged and begun together."""
_MINUTE = 60.0
_FUTURE = timedelta(seconds=FUTURE_SECONDS)
"""Beyond it nothing happened by the present clock."""


@dataclass(frozen=True, slots=True)
class SenderSettings:
    """At most ``at_once`` attempts run concurrently, ``page`` notifications of a lane are judged together.

    An attempt without an outcome is lost after ``lost_after``: longer than any channel takes. ``faulty`` is how many
    notifications that cannot be judged are remembered, so that each is logged once.
    """

    listener: ListenerSettings = ListenerSettings(poll=0.5)  # noqa: RUF009 -- immutable
    page: int = 100
    at_once: int = 200
    faulty: int = 10_000
    lost_after: timedelta = timedelta(seconds=60)


USUAL_SENDER = SenderSettings()


class _Due(NamedTuple):
    """Where a notification goes: of one recipient at a time, but for endpoints, which take several."""

    lane: Lane
    recipient: tuple[str, str]


class _Running(NamedTuple):
    """What the sender has in hand when it looks: notifications that are not looked at, attempts by lane, recipients."""

    busy: list[UUID]
    lanes: Counter[Lane]
    recipients: set[tuple[str, str]]


class _SenderLook(NamedTuple):
    """One look. ``stale`` are rows that lie behind the log at ``up_to``; ``lost`` attempts have no outcome.

    ``misdated`` wait by a clock that was ahead of ``now``, each with its version. ``next_at`` is when the next
    notification of other rows may begin. ``more``: not all that is due was taken.
    """

    projected: int
    up_to: int
    rows: Mapping[UUID, _Due]
    judged: Sequence[JudgedNotification]
    lost: Sequence[LoggedNotification]
    misdated: Sequence[tuple[UUID, int]]
    now: datetime
    rates: Mapping[str, int]
    next_at: datetime | None
    more: bool


class Sender:
    """Sends what is due. One sender of a tenant works at a time, so that rates and caps hold; another one waits.

    Two by accident are safe: an attempt begins on the version that was judged, and ends by its number.
    """

    def __init__(
        self,
        tenant: str,
        attempts: Attempts,
        channels: ConfiguredChannels,
        clock: Now | None = None,
        settings: SenderSettings = USUAL_SENDER,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tenant = tenant
        self._channels = channels
        self._clock = clock
        self._settings = settings
        self._lead = Lead(sender_lock(tenant))
        self._attempts = attempts
        self._rates = Rates()
        self._monotonic = monotonic
        self._running: dict[UUID, tuple[_Due, asyncio.Task[None]]] = {}
        self._settled: dict[UUID, int] = {}
        self._faulty: dict[UUID, None] = {}
        self._looked_at: datetime | None = None
        self._looked_ahead_at: float | None = None

    async def send(self, connection: Connection) -> float:
        """Begins what is due; returns the seconds until there may be more. Raises psycopg.Error."""
        poll = self._settings.listener.poll
        if not self._channels.lanes or not await asyncio.to_thread(self._lead.is_held_by, connection):
            return poll
        in_hand = _Running(
            busy=[*self._running, *self._settled, *self._faulty],
            lanes=Counter(due.lane for due, _ in self._running.values()),
            recipients={due.recipient for due, _ in self._running.values()},
        )
        now = await asyncio.to_thread(present, connection, self._clock)
        try:
            look = await asyncio.to_thread(self._look, connection, now, in_hand)
        except ProjectionOutdated:
            return poll
        self._settled = {stream: at for stream, at in self._settled.items() if at > look.projected}
        more = self._begin(look) or look.more
        if more and self._running:
            await asyncio.sleep(_GATHERING)
            return 0.0
        if look.judged:
            return 0.0
        if more:
            return _A_MOMENT
        return poll if look.next_at is None else min(max((look.next_at - now).total_seconds(), 0.0), poll)

    async def drain(self) -> None:
        """Waits for the attempts that run, at most LONGEST_DRAIN seconds."""
        if self._running:
            await asyncio.wait(self._tasks, timeout=LONGEST_DRAIN)

    @property
    def _tasks(self) -> list[asyncio.Task[None]]:
        return [task for _, task in self._running.values()]

    def _look(self, connection: Connection, now: datetime, in_hand: _Running) -> _SenderLook:
        """What is due and what is lost: by the rows, which may lag, and then by the log, which does not."""
        projected_to = position_of(connection, self._tenant, [NOTIFICATIONS])
        judge = Judge(connection, self._tenant, now)
        judged = partial(judge.judged, lanes=self._channels.lanes.keys())
        rates: Mapping[str, int] = dict(judge.rules.rates.items())
        rows, more = self._due_rows(connection, now, in_hand, rates)
        channels = sorted({channel for channel, _ in self._channels.lanes})
        (next_at,) = self._execute(connection, "next due", {"channels": channels, "now": now})[0]
        return _SenderLook(
            projected=projected_to,
            up_to=judge.up_to,
            rows=rows,
            judged=list(chain.from_iterable(isolating_faults(judged, list(rows), self._leave_out))),
            lost=self._lost(connection, judge, now, in_hand) if self._looks_for_lost(now) else [],
            misdated=self._misdated(connection, now, in_hand) if self._looks_for_misdated() else [],
            now=now,
            rates=rates,
            next_at=next_at,
            more=more,
        )

    def _leave_out(self, notification: UUID, error: Exception) -> None:
        """Logs a notification that cannot be judged, and looks at it no more."""
        _LOG.error("notification %s cannot be judged", notification, exc_info=error)
        self._faulty[notification] = None
        forget_oldest(self._faulty, self._settings.faulty)

    def _looks_for_lost(self, now: datetime) -> bool:
        """Once a second by the clock that attempts begin by."""
        looks = self._looked_at is None or abs(now - self._looked_at) >= timedelta(seconds=1)
        if looks:
            self._looked_at = now
        return looks

    def _lost(self, connection: Connection, judge: Judge, now: datetime, in_hand: _Running) -> list[LoggedNotification]:
        """The attempts of senders that have ended."""
        lost_after = self._settings.lost_after
        span = {"before": now - lost_after, "after": now + lost_after}
        parameters = span | {"settled": in_hand.busy, "limit": self._settings.page}
        rows = self._execute(connection, "open attempts", parameters)
        known = judge.loaded([row[0] for row in rows]).values() if rows else ()
        return [
            notification
            for notification in known
            if notification.state.state == "attempting" and abs(now - notification.attempts[-1]) >= lost_after
        ]

    def _looks_for_misdated(self) -> bool:
        """Once a minute by the clock that nobody sets."""
        at = self._monotonic()
        looks = self._looked_ahead_at is None or at - self._looked_ahead_at >= _MINUTE
        if looks:
            self._looked_ahead_at = at
        return looks

    def _misdated(self, connection: Connection, now: datetime, in_hand: _Running) -> list[tuple[UUID, int]]:
        """What waits for an instant that a clock gave which was put back since."""
        parameters = {"ahead": now + _FUTURE, "settled": in_hand.busy, "limit": self._settings.page}
        return [(stream, version) for stream, version in self._execute(connection, "misdated", parameters)]

    def _due_rows(
        self, connection: Connection, now: datetime, in_hand: _Running, rates: Mapping[str, int]
    ) -> tuple[dict[UUID, _Due], bool]:
        """The notifications that may begin now by their rows, of recipients that wait, and whether there are more."""
        begin: dict[UUID, _Due] = {}
        positions: dict[UUID, int] = {}
        running, more = in_hand.lanes.copy(), False
        for lane in self._channels.lanes:
            channel, endpoint = lane
            room = min(
                self._settings.page,
                self._channels.at_once.get(lane, self._settings.at_once) - running[lane],
                room_in(lane, running, len(self._channels.lanes), self._settings.at_once),
                self._rates.left(channel, rates.get(channel), self._monotonic()),
            )
            room = max(room, 0)  # attempts that are recorded as lost take room as well
            name = "due in a channel" if endpoint is None else "due at an endpoint"
            parameters = {"channel": channel, "recipient": endpoint, "now": now, "settled": in_hand.busy}
            rows = self._execute(connection, name, parameters | {"limit": room + 1})
            more = more or len(rows) > room
            for notification, kind, recipient, position in rows[:room]:
                key = (kind, str(notification) if kind == "endpoint" else recipient)
                if key in in_hand.recipients:
                    more = True
                else:
                    begin[notification] = _Due(lane, key)
                    running[lane] += 1
                    positions[notification] = position
        # A repetition is due later than what was requested after it, and still goes first.
        return {stream: begin[stream] for stream in sorted(begin, key=positions.__getitem__)}, more

    def _begin(self, look: _SenderLook) -> bool:
        """Begins what is due, of each recipient the oldest that is sent; returns whether others have to wait."""
        taken: set[tuple[str, str]] = set()
        for judged in look.judged:
            due = look.rows[judged.id]
            if isinstance(judged.admission, Send):
                if due.recipient in taken:
                    continue
                taken.add(due.recipient)
                self._rates.count(due.lane[0], self._monotonic())
            self._start(judged.id, due, self._attempts.carry_out(judged, self._channels.lanes[due.lane]))
        for lost in look.lost:
            due = _Due((lost.request.channel, None), ("lost", str(lost.id)))
            self._start(lost.id, due, self._attempts.record_lost(lost.id, lost.version, lost.state.attempt))
        for misdated, version in look.misdated:
            due = _Due(("", None), ("misdated", str(misdated)))
            self._start(misdated, due, self._attempts.record_put_back(misdated, version, look.now))
        for stale in look.rows.keys() - {judged.id for judged in look.judged}:
            self._settled[stale] = look.up_to
        return any(judged.id not in self._running for judged in look.judged)

    def _start(self, notification: UUID, due: _Due, work: Coroutine[Any, Any, int | None]) -> None:
        self._running[notification] = due, asyncio.get_running_loop().create_task(self._carry_out(notification, work))

    async def _carry_out(self, notification: UUID, work: Coroutine[Any, Any, int | None]) -> None:
        try:
            position = await work
            if position is not None:
                self._settled[notification] = position
        except Exception:  # noqa: BLE001 -- a defect at one notification must not end the sender
            _LOG.exception("notification %s cannot be sent", notification)
        finally:
            del self._running[notification]

    def _execute(self, connection: Connection, name: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return connection.execute(SQL[name].of(self._tenant), parameters).fetchall()


async def send(
    dsn: str,
    tenant: str,
    stop: threading.Event,
    channels: ConfiguredChannels,
    clock: Now | None = None,
    *,
    reading_dsn: str | None = None,
    settings: SenderSettings = USUAL_SENDER,
) -> None:
    """Sends the notifications of a tenant until ``stop`` is set; then the attempts that run are ended.

    It wakes when rows change and when the next notification is due.
    """
    desk = ServiceDesk(LogConnection(dsn, tenant), clock, batches_in_flight=2)
    listener = Listener(reading_dsn or dsn, [projection_channel(tenant)], settings.listener, ALERTS)
    sender = Sender(tenant, Attempts(desk), channels, clock, settings)
    try:
        await repeat(sender.send, listener, stop, f"the sender of {tenant}", None if clock else reader.now)
    finally:
        await sender.drain()
        channels.close()
        listener.close()
        await desk.close()
