"""The import's way into the log: facts, appended in whole rows, never twice."""

from collections.abc import Mapping, Sequence
from itertools import chain
from uuid import UUID, uuid5

from psycopg import Connection, sql

from api.importing.column_binding import NAMESPACE, ColumnBinding, CustomerRef
from api.importing.memory import LATE
from api.importing.reconcile import ReconciledRow, RecordedTicket, reconcile
from api.importing.rows import Row
from api.importing.translate import ImportedEvent
from domain.command_context import Origin
from domain.customer.events import CustomerRegistered
from domain.envelope import Envelope, NewEvent, RecordedEvent
from domain.event_log.append import Batch, append
from domain.event_log.reader import MAPPER, now, select_commands, streams
from domain.event_log.schema import schema_of

ATTEMPTS = 20
NEWEST = 2**62
"""Behind every position of a log."""


class ConcurrentImport(Exception):  # noqa: N818 -- names what happened
    """Somebody else was faster, again and again. What was recorded before is kept."""


class Recorder:
    """Adds to one tenant's log what it does not hold yet of some tickets."""

    def __init__(self, connection: Connection, tenant: str, plan: ColumnBinding) -> None:
        self._connection = connection
        self._tenant = tenant
        self._plan = plan
        if plan.newest is not None:  # a time ahead of the clock is a slip of the pen
            plan.newest = min(plan.newest, now(connection))
        self._origin = Origin(channel="import", client=plan.mapping.source)
        self._tenant = tenant
        self._commands = select_commands(tenant)
        self._versions = sql.SQL(
            "select stream, max(version) from {}.events where stream = any(%s::uuid[]) group by stream"
        ).format(sql.Identifier(schema_of(tenant)))

    def record(self, tickets: Mapping[str, Sequence[Row]]) -> tuple[list[ReconciledRow], int]:
        """What became of each row, and how many events were added, all in one transaction.

        Tried again when another import wrote the same in between, or when somebody works on one of the tickets. Raises
        ConcurrentImport after ATTEMPTS.
        """
        prints = {ticket: [self._plan.fingerprint(row.cells) for row in rows] for ticket, rows in tickets.items()}
        for _ in range(ATTEMPTS):
            recorded = self._recorded(tickets)
            lines = {
                ticket: reconcile(self._plan, ticket, rows, prints[ticket], recorded[ticket])
                for ticket, rows in tickets.items()
            }
            batch = self._batch(lines, recorded)
            if batch.commands and not append(self._connection, self._tenant, batch).recorded:
                continue
            return list(chain.from_iterable(lines.values())), len(batch.topics)
        raise ConcurrentImport(
            f"Others wrote to the same tickets {ATTEMPTS} times while they were imported: start again later."
        )

    def told(self, tickets: Mapping[str, Sequence[Row]]) -> list[ReconciledRow]:
        """What would become of each row; nothing is recorded. A line has a party that the log does not know yet."""
        recorded = self._recorded(tickets)
        lines = {
            ticket: reconcile(
                self._plan, ticket, rows, [self._plan.fingerprint(row.cells) for row in rows], recorded[ticket]
            )
            for ticket, rows in tickets.items()
        }
        strangers = self._strangers(lines)
        return [
            line if line.party is None or line.party.command_id in strangers else line._replace(party=None)
            for line in chain.from_iterable(lines.values())
        ]

    def _recorded(self, tickets: Mapping[str, Sequence[Row]]) -> dict[str, RecordedTicket]:
        """What the log holds of each ticket."""
        ids = {ticket: self._plan.stream(ticket) for ticket in tickets}
        events = streams(self._connection, self._tenant, ids.values(), NEWEST)
        own = {ticket: self._own_commands(ticket, events[stream]) for ticket, stream in ids.items() if stream in events}
        known = self._known(list(chain.from_iterable(own.values()))) if own else {}
        recorded = dict.fromkeys(tickets, RecordedTicket())
        for ticket, of_ticket in own.items():
            prints = {late: [known[one] for one in of_ticket if of_ticket[one] == late] for late in (False, True)}
            recorded[ticket] = RecordedTicket(prints[False], prints[True], events[ids[ticket]])
        return recorded

    def _own_commands(self, ticket: str, events: Sequence[RecordedEvent]) -> dict[str, bool]:
        """The commands of the ticket's rows, each of which has an event at least, and whether they came in late."""
        late = {event.envelope.command_id: event.envelope.reason == LATE for event in events}
        ids = (self._plan.command_id(ticket, number) for number in range(len(late)))
        return {command_id: late[command_id] for command_id in ids if command_id in late}

    def _known(self, command_ids: list[str]) -> dict[str, str]:
        return {row[0]: row[1] for row in self._connection.execute(self._commands, {"command_ids": command_ids})}

    def _batch(self, lines: Mapping[str, Sequence[ReconciledRow]], recorded: Mapping[str, RecordedTicket]) -> Batch:
        new = {
            ticket: told for ticket, of_ticket in lines.items() if (told := [line for line in of_ticket if line.facts])
        }
        strangers = self._strangers(new)
        ids = {ticket: self._plan.stream(ticket) for ticket in new}
        judged = dict.fromkeys((party.stream for party in strangers.values()), 0)
        if judged:
            judged.update(self._connection.execute(self._versions, [[stream.hex for stream in judged]]).fetchall())
        judged |= {stream: len(recorded[ticket].events) for ticket, stream in ids.items()}
        batch = Batch(judged=judged, seen=[])
        versions = dict(judged)
        for ticket, of_ticket in new.items():
            for ordinal, line in enumerate(of_ticket, recorded[ticket].rows):
                if line.party and strangers.pop(line.party.command_id, None):
                    self._add(
                        batch,
                        versions,
                        line.party.command_id,
                        "customer",
                        line.party.stream,
                        [_registered(line, line.party)],
                    )
                command_id = self._plan.command_id(ticket, ordinal)
                self._add(batch, versions, command_id, line.fingerprint, ids[ticket], line.facts)
        batch.seen = [command[0] for command in batch.commands]
        return batch

    def _strangers(self, new: Mapping[str, Sequence[ReconciledRow]]) -> dict[str, CustomerRef]:
        """The customers that the log does not know yet, by the command that will register them."""
        named = {line.party.command_id: line.party for of_ticket in new.values() for line in of_ticket if line.party}
        known = self._known(list(named))
        return {command_id: party for command_id, party in named.items() if command_id not in known}

    def _add(
        self,
        batch: Batch,
        versions: dict[UUID, int],
        command_id: str,
        fingerprint: str,
        stream: UUID,
        facts: Sequence[ImportedEvent],
    ) -> None:
        for number, fact in enumerate(facts):
            versions[stream] += 1
            envelope = Envelope(
                event_id=str(uuid5(NAMESPACE, f"{command_id}#{number}")),
                schema_version=fact.payload.schema_version,
                occurred_at=fact.at,
                actor=fact.actor,
                command_id=command_id,
                origin=self._origin,
                reason=fact.reason,
                causation_id=fact.cause,
            )
            state = MAPPER.encode(NewEvent(stream, versions[stream], envelope, fact.payload))
            batch.add_event(stream, versions[stream], fact.payload.topic, state)
        batch.add_command(command_id, fingerprint, stream, versions[stream], len(facts))


def _registered(line: ReconciledRow, party: CustomerRef) -> ImportedEvent:
    """The customer became known with the first row that names it."""
    first = line.facts[0]
    return ImportedEvent(first.at, first.actor, CustomerRegistered(name=party.name, external_reference=party.reference))
