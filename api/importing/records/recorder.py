"""Decides the records of an import by the rules of the domain."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from api.importing.chunk_pipeline import Decided
from api.importing.records.outcome import DecidedRecords, RowNotTaken
from api.importing.records.reading import Binding, ReadRecords, RowGroups, records_of
from api.importing.records.record import Record
from api.importing.rows import RowRejected
from api.importing.source_ids import SourceIds
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.aggregates import handler_of
from domain.command_handling.command_request import NO_IDS, CommandRequest, stored_parts
from domain.command_handling.decide import EMPTY, StreamState, decide_command, fold
from domain.command_handling.handler import CommandHandler, Parts
from domain.envelope import BEHIND_ALL, NewEvent, RecordedEvent
from domain.errors import LedgerError
from domain.event_log import reader
from domain.event_log.append import Batch
from domain.messages import Command
from domain.personal_data.blinding import Blinding
from domain.refusal import Refusal

LoadStreams = Callable[[Collection[UUID]], Mapping[UUID, Sequence[RecordedEvent]]]


@dataclass(slots=True)
class _Loaded:
    """``states`` by now, ``versions`` as loaded. ``last`` holds, for each record, the number of the command that
    recorded it last and the fingerprint of its rows then.
    """

    prefix: str
    states: dict[UUID, StreamState] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)
    last: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, stream: UUID, events: Sequence[RecordedEvent]) -> None:
        """Adds a stream with its whole history."""
        self.states[stream] = fold(EMPTY, events)
        self.versions[stream] = len(events)
        for event in events:
            command_id = event.envelope.command_id
            if command_id.startswith(self.prefix):
                record, number, fingerprint = command_id.rsplit("/", 2)
                self.last[record] = max(self.last.get(record, (-1, "")), (int(number), fingerprint))

    def last_of(self, record: Record) -> tuple[int, str]:
        """The number and the fingerprint of the command that recorded a record last; (-1, "") when none did."""
        return self.last.get(self.prefix + record.key, (-1, ""))


class _StatesAfter(dict[UUID, StreamState]):
    """The states that the commands of a record leave, over those that the records before it left."""

    def __init__(self, before: Mapping[UUID, StreamState]) -> None:
        self._before = before

    def __missing__(self, stream: UUID) -> StreamState:
        return self._before[stream]

    def state(self, stream: UUID) -> Any:
        """The state of a stream; None for one without events."""
        return self[stream].state


class RecordRecorder:
    """Decides what the log of one tenant does not say yet of some rows; a ChunkRecorder."""

    def __init__(self, connection: Connection, tenant: str, binding: Binding, record: str) -> None:
        self._connection = connection
        self._tenant = tenant
        self._binding = binding
        self._record = record
        self._decider = RecordDecider(record, binding, _blinding(connection, tenant))

    def look_up(self, chunk: RowGroups) -> None:
        """Nothing: a record shares its streams with records of other chunks."""

    def translate(self, chunk: RowGroups, known: None) -> ReadRecords:  # noqa: ARG002 -- the shape of the protocol
        """The records of the rows."""
        return records_of(self._binding, self._record, chunk)

    def decide(self, translated: ReadRecords) -> Decided[DecidedRecords]:
        """All rows, and the batch of what is new."""
        loaded = self._decider.load(translated.records, self._streams)
        batch = Batch(loaded.versions, [], reader.encryptor(self._connection, self._tenant))
        now = reader.now(self._connection)
        return Decided(self._decider.decide(translated, loaded, now, batch), batch)

    def _streams(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[RecordedEvent]]:
        return reader.streams(self._connection, self._tenant, ids, BEHIND_ALL)


class RecordForecaster:
    """Decides rows as an import would, and records nothing.

    It keeps the states that records change, because later ones rest on them.
    """

    def __init__(self, connection: Connection | None, tenant: str, binding: Binding, record: str) -> None:
        self._connection = connection
        self._tenant = tenant
        self._binding = binding
        self._record = record
        self._decider = RecordDecider(record, binding, _blinding(connection, tenant) if connection else None)
        self._loaded: _Loaded | None = None

    def decide(self, chunk: RowGroups) -> DecidedRecords:
        """The rows as an import would return them."""
        read = records_of(self._binding, self._record, chunk)
        self._loaded = self._decider.load(read.records, self._streams, self._loaded)
        now = datetime.now(UTC) if self._connection is None else reader.now(self._connection)
        return self._decider.decide(read, self._loaded, now, Batch(judged={}, seen=[]))

    def _streams(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[RecordedEvent]]:
        return {} if self._connection is None else reader.streams(self._connection, self._tenant, ids, BEHIND_ALL)


class RecordDecider:
    """Decides records on the states of their streams. One command of the log holds all events of a record."""

    def __init__(self, record: str, binding: Binding, blinding: Blinding | None) -> None:
        source = binding.mapping.source
        binding.ids = SourceIds(source, blinding)
        self._blinding = blinding
        self._prefix = f"record/{record}/{source}/"
        self._actor = Actor(id=source, kind="import")
        self._origin = Origin(channel="import", client=source)

    def load(self, records: Sequence[Record], streams: LoadStreams, known: _Loaded | None = None) -> _Loaded:
        """The streams of some records: those of the customers, of their survivors, and of all that may be written.

        ``known`` holds streams that need not be loaded again.
        """
        loaded = known or _Loaded(self._prefix)
        customers = {record.plan.customer for record in records}
        while customers:
            _load(loaded, customers, streams)
            customers = {into for customer in customers if (into := _survivor(loaded.states[customer])) is not None}
        wanted: set[UUID] = set()
        for record in records:
            if loaded.last_of(record)[1] == record.fingerprint:
                continue
            for stream, command in record.plan.possible(self._owner(record, loaded)):
                wanted.update(part for part, _ in self._parts(handler_of(command), stream, command)[0])
        _load(loaded, wanted, streams)
        return loaded

    def decide(self, read: ReadRecords, loaded: _Loaded, now: datetime, batch: Batch) -> DecidedRecords:
        """Decides each record on the states that the records before it leave, and adds it to the batch."""
        recorded = known = 0
        rejected: list[RowNotTaken] = []
        for record in read.records:
            try:
                is_new = self._decide(record, loaded, now, batch)
            except Refusal as error:
                rejected += [RowNotTaken(row, "rejected", error.rule) for row in record.rows]
            except (RowRejected, LedgerError) as error:
                rejected += [RowNotTaken(row, "rejected", str(error)) for row in record.rows]
            else:
                recorded += len(record.rows) * is_new
                known += len(record.rows) * (not is_new)
        return DecidedRecords(recorded, known, rejected + read.not_taken, Counter(batch.topics))

    def _decide(self, record: Record, loaded: _Loaded, now: datetime, batch: Batch) -> bool:
        """Whether the record leads to events, which are added to the batch."""
        number, fingerprint = loaded.last_of(record)
        if fingerprint == record.fingerprint:
            return False
        command_id = f"{self._prefix}{record.key}/{number + 1}/{record.fingerprint}"
        context = CommandContext(self._actor, command_id, self._origin)
        owner = self._owner(record, loaded)
        events: list[NewEvent] = []
        states = _StatesAfter(loaded.states)
        for stream, command in record.plan.steps(owner, states.state, now):
            decision = decide_command(self._request(stream, command, context), states, now)
            states.update(decision.after)
            events += decision.events
        loaded.states.update(states)
        if events:
            stream = record.plan.stream(owner)
            batch.add_decided(command_id, record.fingerprint, stream, states[stream].version, events)
            loaded.last[self._prefix + record.key] = number + 1, record.fingerprint
        return bool(events)

    def _request(self, stream: UUID, command: Command, context: CommandContext) -> CommandRequest:
        """The request of a command that the log keeps under the fingerprint of its record."""
        handler = handler_of(command)
        parts, stored_ids = self._parts(handler, stream, command)
        streams = [part for part, _ in parts]
        return CommandRequest(stream, command, context, handler, parts, streams, streams, "", stored_ids)

    def _parts(self, handler: CommandHandler, stream: UUID, command: Command) -> tuple[Parts, Mapping[UUID, UUID]]:
        parts = handler.parts(stream, command)
        return (parts, NO_IDS) if self._blinding is None else stored_parts(parts, self._blinding)

    def _owner(self, record: Record, loaded: _Loaded) -> UUID:
        """The survivor of the customer that a record names."""
        owner = record.plan.customer
        while (into := _survivor(loaded.states[owner])) is not None:
            owner = into
        return owner


def _load(loaded: _Loaded, wanted: AbstractSet[UUID], streams: LoadStreams) -> None:
    """Sets and dictionaries keep the hashes of ids, each of which costs a call: most streams are new."""
    missing = set(wanted).difference(loaded.states)
    loaded.states |= dict.fromkeys(missing, EMPTY)
    loaded.versions |= dict.fromkeys(missing, 0)
    for stream, events in streams(missing).items() if missing else ():
        loaded.add(stream, events)


def _survivor(state: StreamState) -> UUID | None:
    return state.state.customer.merged_into if state.kind == "customer" else None


def _blinding(connection: Connection, tenant: str) -> Blinding | None:
    encryptor = reader.encryptor(connection, tenant)
    return None if encryptor is None else encryptor.blinding
