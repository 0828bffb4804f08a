"""Many commands' events on their way into the log, in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection, sql

from domain.event_log.schema import schema_of
from domain.event_log.soundness import LogDamaged, damage_of

SEPARATOR = "\x1e"


class Appended(NamedTuple):
    """What the log answered. Nothing was recorded when ``known`` or ``stale`` names anything, or ``head`` is negative.

    ``head`` is the position before the append; ``recorded_at`` the database's time of it, never going back; ``clock``
    what its clock said in the end.
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
    """What a command was answered when it was recorded, and always will be.

    ``version`` and ``position`` are where its stream and the log stood right after it; ``events`` how many it led to,
    0 when all it asked was so already.
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
    """

    judged: Mapping[UUID, int]
    seen: Sequence[str]
    streams: list[str] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    commands: list[CommandRow] = field(default_factory=list)

    def add_event(self, stream: UUID, version: int, topic: str, state: str) -> None:
        """One more event, of the command that ``add_command`` will name next."""
        self.streams.append(stream.hex)
        self.versions.append(version)
        self.topics.append(topic)
        self.states.append(state)

    def add_command(self, command_id: str, fingerprint: str, stream: UUID, version: int, events: int) -> int:
        """Closes a command; returns how far past the head it ends."""
        last = len(self.streams)
        self.commands.append(CommandRow(command_id, fingerprint, stream.hex, version, last, events))
        return last

    def parameters(self) -> list[str]:
        """The arguments of the append function, each list as one text: the driver need not look at every element.

        What is recorded is not looked up as well: unique keys guard the streams that take events and the commands.
        """
        command_ids = [command.command_id for command in self.commands]
        moved, recorded = set(self.streams), set(command_ids)
        judged = {stream.hex: version for stream, version in self.judged.items() if stream.hex not in moved}
        seen = [command_id for command_id in self.seen if command_id not in recorded]
        return [
            _texts(seen),
            _plain(judged),
            _plain(judged.values()),
            _plain(self.streams),
            _plain(self.versions),
            _plain(self.topics),
            _texts(self.states),
            _texts(command_ids),
            _texts([command.fingerprint for command in self.commands]),
            _plain(command.stream for command in self.commands),
            _plain(command.version for command in self.commands),
            _plain(command.last for command in self.commands),
            _plain(command.events for command in self.commands),
        ]


def append_statement(tenant: str) -> sql.Composed:
    """Records a Batch's parameters; its row is an Appended."""
    texts = "string_to_array(%s, U&'\\001E')"
    arguments = (
        f"{texts}, %s::uuid[], %s::integer[], %s::uuid[], %s::integer[], %s::text[], {texts},"
        f" {texts}, {texts}, %s::uuid[], %s::integer[], %s::integer[], %s::integer[]"
    )
    statement = "select *, clock_timestamp() from {}.append(" + arguments + ")"
    return sql.SQL(statement).format(sql.Identifier(schema_of(tenant)))


def append(connection: Connection, tenant: str, batch: Batch) -> Appended:
    """Records a batch over a blocking connection. Raises LogDamaged; ValueError for a batch that contradicts itself."""
    appended = Appended._make(connection.execute(append_statement(tenant), batch.parameters()).fetchone() or ())
    if appended.head < 0:
        if damage := damage_of(connection, tenant):
            raise LogDamaged(damage)
        raise ValueError("the batch contradicts itself")
    return appended


def _plain(values: Iterable[object]) -> str:
    """Numbers, hexadecimal ids and topics as an array's text: nothing in them needs quoting."""
    return "{" + ",".join(map(str, values)) + "}"


def _texts(values: Sequence[str]) -> str:
    """Texts with a separator that none of them holds: JSON escapes control characters, command ids must have none."""
    joined = SEPARATOR.join(values)
    if joined.count(SEPARATOR) != max(len(values) - 1, 0) or "\0" in joined:  # a parameter ends at its first NUL
        raise ValueError("a command id holds a control character: leave it out")
    return joined
