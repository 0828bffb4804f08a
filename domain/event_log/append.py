"""The append: the events, command ids and answers of a batch in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection, sql

from domain.envelope import NewEvent
from domain.event_log.encryption import Encryptor
from domain.event_log.reader import CODEC
from domain.event_log.soundness import LogDamaged, damage_of
from domain.event_log.sql_files import sql_file

_SQL = sql_file("domain.event_log", "append.sql")
SEPARATOR = "\x1e"


class Appended(NamedTuple):
    """The answer of the log. Nothing is recorded when ``known`` or ``stale`` names anything, or ``head`` is negative.

    ``head`` is the position before the append, ``recorded_at`` its time, which never falls, and ``clock`` the
    database's clock when the answer was given.
    """

    head: int
    recorded_at: datetime
    known: list[str] | None
    stale: list[UUID] | None
    clock: datetime

    @property
    def recorded(self) -> bool:
        """Whether all of it is in the log."""
        return self.head >= 0 and not self.known and not self.stale


class Answer(NamedTuple):
    """The answer of a recorded command, the same at every repetition.

    ``version`` and ``position`` are those of its stream and of the log right after it. ``events`` is how many events it
    led to, 0 when it stayed quiet.
    """

    stream: UUID
    version: int
    position: int
    events: int


class RecordedAnswer(NamedTuple):
    """The stored answer of a command, with the fingerprint of its content."""

    fingerprint: str
    answer: Answer


class CommandRow(NamedTuple):
    """A command as the append function takes it; ``last`` counts the batch's events up to its last one."""

    command_id: str
    fingerprint: str
    stream: str
    version: int
    last: int
    events: int


@dataclass(slots=True)
class Batch:
    """Collects decided commands in order, with their events.

    ``judged`` holds the version of each stream that the decisions rest on, ``seen`` all command ids of the batch.
    ``encryptor`` encrypts personal values; None in a log without encryption. A log with encryption takes a batch
    without an encryptor only when it is ``clear``: its events hold no personal values that our programs know of.
    """

    judged: Mapping[UUID, int]
    seen: Sequence[str]
    encryptor: Encryptor | None = None
    clear: bool = False
    streams: list[str] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    commands: list[CommandRow] = field(default_factory=list)

    def add_event(self, stream: UUID, version: int, topic: str, state: str) -> None:
        """Adds a stored event of the command that the next ``add_command`` names."""
        self.streams.append(stream.hex)
        self.versions.append(version)
        self.topics.append(topic)
        self.states.append(state)

    def add_command(self, command_id: str, fingerprint: str, stream: UUID, version: int, events: int) -> int:
        """Adds a command with the events added since the last one; returns how far past the head it ends."""
        last = len(self.streams)
        self.commands.append(CommandRow(command_id, fingerprint, stream.hex, version, last, events))
        return last

    def add_decided(
        self, command_id: str, fingerprint: str, stream: UUID, version: int, events: Sequence[NewEvent]
    ) -> int:
        """Adds a command with its events, or nothing when one of them cannot be encoded; returns as ``add_command``."""
        encode = CODEC.encode if self.encryptor is None else self.encryptor.encode
        states = [encode(event) for event in events]
        self.streams += [event.stream.hex for event in events]
        self.versions += [event.version for event in events]
        self.topics += [event.payload.topic for event in events]
        self.states += states
        return self.add_command(command_id, fingerprint, stream, version, len(events))

    def parameters(self) -> dict[str, str]:
        """The arguments of the append function by name, each array as one text, which the driver need not convert.

        Streams that take events and commands that are recorded are not looked up: unique keys guard them.
        """
        rows = zip(*self.commands, strict=True) if self.commands else ((),) * len(CommandRow._fields)
        ids, fingerprints, streams, versions, lasts, events = rows
        moved, recorded = set(self.streams), set(ids)
        judged = {key: version for stream, version in self.judged.items() if (key := stream.hex) not in moved}
        return {
            "seen": _texts([command_id for command_id in self.seen if command_id not in recorded]),
            "judged_stream": _plain(judged),
            "judged_version": _numbers(judged.values()),
            "event_stream": _plain(self.streams),
            "event_version": _numbers(self.versions),
            "event_topic": _plain(self.topics),
            "event_state": _texts(self.states),
            "command_id": _texts(ids),
            "command_fingerprint": _texts(fingerprints),
            "command_stream": _plain(streams),
            "command_version": _numbers(versions),
            "command_last": _numbers(lasts),
            "command_events": _numbers(events),
            "encrypted": "on" if self.encryptor is not None or self.clear else "off",
        }


def append_statement(tenant: str) -> sql.SQL:
    """Records a Batch's parameters; its row is an Appended."""
    return _SQL["append"].of(tenant)


def append(connection: Connection, tenant: str, batch: Batch) -> Appended:
    """Records a batch over a blocking connection. Raises LogDamaged; ValueError for a batch that contradicts itself."""
    return append_parameters(connection, tenant, batch.parameters())


def append_parameters(connection: Connection, tenant: str, parameters: Mapping[str, str]) -> Appended:
    """The same of a Batch's parameters, which another process may have made."""
    appended = Appended._make(connection.execute(append_statement(tenant), parameters).fetchone() or ())
    if appended.head < 0:
        if damage := damage_of(connection, tenant):
            raise LogDamaged(damage)
        raise ValueError("the batch contradicts itself")
    return appended


def _plain(values: Iterable[str]) -> str:
    """Hexadecimal ids and topics as the text of an array: none of them needs quoting."""
    return f"{{{','.join(values)}}}"


def _numbers(values: Iterable[int]) -> str:
    return _plain(map(str, values))


def _texts(values: Sequence[str]) -> str:
    """Texts joined by a separator that none holds. Raises ValueError for a command id with control characters."""
    joined = SEPARATOR.join(values)
    if joined.count(SEPARATOR) != max(len(values) - 1, 0) or "\0" in joined:  # a NUL would end the parameter
        raise ValueError("a command id holds a control character: leave it out")
    return joined
