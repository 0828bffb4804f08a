"""A log of any size in seconds: believable tickets, each event in the form in which the desk stores it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg import Connection, sql
from psycopg.errors import InsufficientPrivilege

from domain.command_context import Actor, Origin
from domain.envelope import Envelope, NewEvent
from domain.event_log import reader
from domain.event_log.reader import CODEC
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.messages import Event
from domain.ticket import events as e

SEED = 20260301
TICKETS_AT_ONCE = 200
LEFT_OPEN = 0.02
CUSTOMERS = 20_000
BEGINNING, STEP = datetime(2022, 1, 1, tzinfo=UTC), timedelta(minutes=1)
"""The event at position n is recorded n steps after the beginning."""

_SQL = sql_file(__package__, "log_filling.sql")
_EVENTS = ("position", "stream", "version", "topic", "recorded_at", "state")
_COMMANDS = ("command_id", "fingerprint", "stream", "version", "position", "events")
_ORIGIN = Origin(channel="api", client="benchmark")
_AGENTS = [Actor(id=name, kind="agent") for name in ("an", "binh", "chi", "dung", "giang", "hoa", "khanh", "lan")]


_Row = tuple[int, UUID, int, str, datetime, str]
"""The columns of an event as the log stores it."""


class Happened(NamedTuple):
    """An event of a stream before it has a position."""

    at: datetime
    stream: UUID
    payload: Event


def instant_of(position: int) -> datetime:
    """When a filled event happened and was recorded."""
    return BEGINNING + position * STEP


def fill(dsn: str, tenant: str, events: int, *, left_open: float = LEFT_OPEN) -> None:
    """Adds ``events`` events or a few more behind those that the log holds: whole tickets, with their commands.

    ``left_open``: the share of tickets that nobody resolves.
    """
    with psycopg.connect(dsn) as connection:
        head = reader.head(connection, tenant)
        until = head + events
        random = Random(SEED + head)
        while head < until:
            rows = list(_rows(_lives(random, head, left_open), random, head))
            _append(connection, tenant, head, rows)
            head += len(rows)


def append(dsn: str, tenant: str, events: Iterable[Happened], *, imported: bool = False) -> None:
    """Adds events behind those that the log holds, in their order; those of a new stream count from version 1.

    ``imported``: they happened before they are recorded, in another system.
    """
    by = Actor(id="import", kind="import") if imported else _AGENTS[0]
    with psycopg.connect(dsn) as connection:
        head = reader.head(connection, tenant)
        versions: Counter[UUID] = Counter(dict(connection.execute(_SQL["versions"].of(tenant)).fetchall()))
        rows: list[_Row] = []
        for position, (at, stream, payload) in enumerate(events, head + 1):
            versions[stream] += 1
            rows.append(_row(stream, versions[stream], payload, position, by, at))
        _append(connection, tenant, head, rows)


def _append(connection: Connection, tenant: str, head: int, rows: Sequence[_Row]) -> None:
    """Puts rows behind the position ``head``, each with its command."""
    _copy(connection, tenant, "events", _EVENTS, rows)
    commands = [(f"filled-{position}", "", stream, version, position, 1) for position, stream, version, *_ in rows]
    _copy(connection, tenant, "commands", _COMMANDS, commands)
    move_head(connection, tenant, head + len(rows))


def move_head(connection: Connection, tenant: str, head: int) -> None:
    """Says that the log ends at a position."""
    connection.execute(_SQL["move head"].of(tenant), {"head": head, "recorded_at": instant_of(head)})


def tidy(dsn: str) -> None:
    """What the server does by itself in time: it would do so while something is measured."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze")
        with suppress(InsufficientPrivilege):  # a user of somebody's server
            connection.execute("checkpoint")


def life(random: Random, left_open: float = LEFT_OPEN) -> list[Event]:
    """What happens to one ticket: five to nine events, less for the share ``left_open``."""
    channel = random.choice(["hotline", "zalo", "facebook", "email", "app"])
    received = e.TicketReceived(
        customer_id=UUID(int=random.randrange(CUSTOMERS)),
        channel=channel,
        subject="Không nhận được mã OTP",
        category=random.choice(["login", "payment", "billing", "delivery"]),
        priority=random.choice(["P1", "P2", "P3"]),
        body="Tôi chờ mười phút rồi mà chưa có mã.",
    )
    team, agent = random.choice(["first line", "payments", "logistics"]), random.choice(_AGENTS).id
    happened: list[Event] = [received, e.TicketAssigned(team=team, agent=agent), e.WorkStarted()]
    if random.random() < 0.5:
        happened += [e.ReplySent(body="Bạn cho xin số đơn hàng."), e.TicketPutOnHold(waiting_for="customer")]
        happened += [e.MessageReceived(body="Số đơn là 4711.", channel=channel), e.WorkResumed()]
    if random.random() < left_open:
        return happened
    return [
        *happened,
        e.TicketResolved(resolution="Gateway restarted", code="solved"),
        e.TicketClosed(closed_by="agent"),
    ]


def _lives(random: Random, head: int, left_open: float) -> list[tuple[UUID, list[Event]]]:
    """Tickets whose ids grow with time, as the desk's do."""
    milliseconds = int(instant_of(head).timestamp() * 1000)
    return [
        (UUID(int=milliseconds << 80 | random.getrandbits(80)), life(random, left_open)) for _ in range(TICKETS_AT_ONCE)
    ]


def _rows(lives: Sequence[tuple[UUID, Sequence[Event]]], random: Random, head: int) -> Iterator[_Row]:
    """The tickets side by side: the first event of each, then the second, as they come into a real log."""
    for index in range(max(len(happened) for _, happened in lives)):
        for stream, happened in lives:
            if index < len(happened):
                head += 1
                yield _row(stream, index + 1, happened[index], head, random.choice(_AGENTS), instant_of(head))


def _row(stream: UUID, version: int, payload: Event, position: int, actor: Actor, at: datetime) -> _Row:
    envelope = Envelope(
        event_id=f"event-{position}",
        schema_version=payload.schema_version,
        occurred_at=at,
        actor=actor,
        command_id=f"filled-{position}",
        origin=_ORIGIN,
    )
    state = CODEC.encode(NewEvent(stream, version, envelope, payload))
    return position, stream, version, payload.topic, instant_of(position), state


def _copy(
    connection: Connection, tenant: str, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> None:
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(schema_of(tenant), table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
