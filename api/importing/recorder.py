"""Decides the events of an import of tickets: all events of a row together, and no row twice."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from api.importing.chunk_pipeline import Decided
from api.importing.column_binding import ColumnBinding
from api.importing.imported_event import ImportedEvent
from api.importing.imported_state import LATE_DETAILS
from api.importing.reconcile import NOTHING_RECORDED, ReconciledRow, RecordedTicket, reconcile_tickets
from api.importing.rows import Row
from api.importing.source_ids import CustomerRef, SourceIds, event_id
from domain.command_context import Origin
from domain.customer.events import CustomerRegistered
from domain.envelope import BEHIND_ALL, Envelope, NewEvent, RecordedEvent, new_envelope
from domain.event_log.append import Batch
from domain.event_log.reader import QUERIES, encryptor, now, streams, versions

Tickets = Mapping[str, Sequence[Row]]


class TranslatedTickets(NamedTuple):
    """The rows of each ticket, and what the log holds of it."""

    rows: dict[str, list[ReconciledRow]]
    recorded: Mapping[str, RecordedTicket]


class TakenRows(NamedTuple):
    """All rows of some tickets, and the number of new events."""

    rows: list[ReconciledRow]
    events: int


class Recorder:
    """Decides what the log of one tenant does not hold yet of some tickets; a ChunkRecorder."""

    def __init__(self, connection: Connection, tenant: str, binding: ColumnBinding) -> None:
        self._connection = connection
        self._tenant = tenant
        self._binding = binding
        if (encrypting := encryptor(connection, tenant)) is not None:
            binding.ids = SourceIds(binding.mapping.source, encrypting.blinding)
        times = binding.times
        if times.newest is not None:  # a time ahead of the clock is a typing error
            times.newest = min(times.newest, now(connection))
        self._origin = Origin(channel="import", client=binding.mapping.source)
        self._select_commands = QUERIES["commands"].of(tenant)

    def look_up(self, chunk: Tickets) -> dict[str, RecordedTicket]:
        """What the log holds of each ticket."""
        ids = {ticket: self._binding.ids.stream(ticket) for ticket in chunk}
        events = streams(self._connection, self._tenant, ids.values(), BEHIND_ALL)
        late = {
            ticket: self._late_by_command(ticket, events[stream]) for ticket, stream in ids.items() if stream in events
        }
        fingerprints = self._known_commands(list(chain.from_iterable(late.values()))) if late else {}
        recorded = dict.fromkeys(chunk, NOTHING_RECORDED)
        for ticket, commands in late.items():
            in_order, behind = (
                [fingerprints[command_id] for command_id, is_late in commands.items() if is_late == wanted]
                for wanted in (False, True)
            )
            recorded[ticket] = RecordedTicket(in_order, behind, events[ids[ticket]])
        return recorded

    def translate(self, chunk: Tickets, known: Mapping[str, RecordedTicket]) -> TranslatedTickets:
        """The rows of each ticket with the events that they lead to."""
        return TranslatedTickets(reconcile_tickets(self._binding, chunk, known), known)

    def decide(self, translated: TranslatedTickets) -> Decided[TakenRows]:
        """All rows, and the batch of their events with the customers that are new."""
        batch = self._batch(translated.rows, translated.recorded)
        return Decided(TakenRows(list(chain.from_iterable(translated.rows.values())), len(batch.topics)), batch)

    def forecast(self, tickets: Tickets) -> list[ReconciledRow]:
        """The rows as an import would return them; nothing is recorded. Only new customers are named."""
        rows = reconcile_tickets(self._binding, tickets, self.look_up(tickets))
        new_customers = self._new_customers(rows)
        return [
            row if row.customer is None or row.customer.command_id in new_customers else row._replace(customer=None)
            for row in chain.from_iterable(rows.values())
        ]

    def _late_by_command(self, ticket: str, events: Sequence[RecordedEvent]) -> dict[str, bool]:
        """The commands of the ticket's recorded rows in their order, and whether each was recorded as late."""
        late = {event.envelope.command_id: event.envelope.reason == LATE_DETAILS for event in events}
        ids = (self._binding.ids.command_id(ticket, number) for number in range(len(late)))  # each row has an event
        return {command_id: late[command_id] for command_id in ids if command_id in late}

    def _known_commands(self, command_ids: list[str]) -> dict[str, str]:
        """The fingerprint of each command that is recorded."""
        return {row[0]: row[1] for row in self._connection.execute(self._select_commands, {"command_ids": command_ids})}

    def _batch(self, rows: Mapping[str, Sequence[ReconciledRow]], recorded: Mapping[str, RecordedTicket]) -> Batch:
        new = {
            ticket: with_events
            for ticket, of_ticket in rows.items()
            if (with_events := [row for row in of_ticket if row.events])
        }
        new_customers = self._new_customers(new)
        customer_versions = dict.fromkeys((customer.stream for customer in new_customers.values()), 0)
        if customer_versions:
            customer_versions.update(versions(self._connection, self._tenant, customer_versions))
        judged = dict(customer_versions)
        batch = Batch(judged, [], encryptor(self._connection, self._tenant))
        for ticket, of_ticket in new.items():
            stream, version = self._binding.ids.stream(ticket), len(recorded[ticket].events)
            judged[stream] = version
            for number, row in enumerate(of_ticket, recorded[ticket].rows):
                if row.customer and new_customers.pop(row.customer.command_id, None):
                    customer = row.customer
                    before = customer_versions[customer.stream]
                    self._add(
                        batch, customer.command_id, "customer", customer.stream, before, [_registered(row, customer)]
                    )
                command_id = self._binding.ids.command_id(ticket, number)
                version = self._add(batch, command_id, row.fingerprint, stream, version, row.events)
        batch.seen = [command[0] for command in batch.commands]
        return batch

    def _new_customers(self, rows: Mapping[str, Sequence[ReconciledRow]]) -> dict[str, CustomerRef]:
        """The customers that the log does not know yet, by the command that will register them."""
        named = {
            row.customer.command_id: row.customer for of_ticket in rows.values() for row in of_ticket if row.customer
        }
        known = self._known_commands(list(named))
        return {command_id: customer for command_id, customer in named.items() if command_id not in known}

    def _add(
        self,
        batch: Batch,
        command_id: str,
        fingerprint: str,
        stream: UUID,
        version: int,
        events: Sequence[ImportedEvent],
    ) -> int:
        """Adds a command whose events follow ``version`` of the stream; returns the version of its last event."""
        new_events = [
            NewEvent(stream, version + number + 1, self._envelope(event, command_id, number), event.payload)
            for number, event in enumerate(events)
        ]
        batch.add_decided(command_id, fingerprint, stream, version + len(events), new_events)
        return version + len(events)

    def _envelope(self, event: ImportedEvent, command_id: str, number: int) -> Envelope:
        return new_envelope(
            event_id(command_id, number),
            event.payload,
            occurred_at=event.at,
            actor=event.actor,
            command_id=command_id,
            origin=self._origin,
            reason=event.reason,
            causation_id=event.cause,
        )


def _registered(row: ReconciledRow, customer: CustomerRef) -> ImportedEvent:
    """The registration of a customer, at the time of the first event of the row that names it."""
    first = row.events[0]
    registered = CustomerRegistered(name=customer.name, external_reference=customer.reference)
    return ImportedEvent(first.at, first.actor, registered)
