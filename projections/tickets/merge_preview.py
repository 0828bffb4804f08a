"""What a merge of two tickets would do, before it is recorded: both histories with the events that it would add."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.command_context import Actor, CommandContext
from domain.command_handling.command_request import CommandRequest
from domain.command_handling.decide import EMPTY, decide_command, fold
from domain.envelope import NewEvent, RecordedEvent
from domain.event_log import reader
from domain.sla.clock.clock import clocks
from domain.sla.clock.corrections import correction_of, corrections_in
from domain.sla.clock.explain import Explanation, explain
from domain.sla.policy.published import policy_history_of
from domain.ticket.commands import MergeTicket
from projections.engine.projection import NO_INPUTS
from projections.engine.stream import Stream
from projections.sla.ticket_histories import histories_of
from projections.tickets.queries import ticket_in
from projections.tickets.table import TICKETS, TicketRow


class TicketAfterwards(NamedTuple):
    """A ticket right after the merge: its row, its clocks, and its events, of which the last ``new`` would be added."""

    ticket: TicketRow
    clocks: Sequence[Explanation]
    history: Sequence[RecordedEvent]
    new: int


class MergePreviewOfTickets(NamedTuple):
    """``ends`` is merged into ``goes_on``."""

    ends: TicketAfterwards
    goes_on: TicketAfterwards


def merge_preview(
    connection: Connection, tenant: str, source: UUID, target: UUID, by: Actor, now: datetime
) -> MergePreviewOfTickets | None:
    """The preview of a merge of ``source`` into ``target``; None when one of them was never received.

    The decider of the command decides it. Raises Refusal for what it refuses.
    """
    up_to = reader.head(connection, tenant)
    policies = policy_history_of(reader.rules(connection, tenant, up_to))
    both = {
        history[0].stream: (history, tiers)
        for history, tiers in histories_of(connection, tenant, [source, target], up_to, policies)
    }
    if both.keys() != {source, target}:
        return None
    command = MergeTicket(into=target, reason="-")
    request = CommandRequest.of(source, command, CommandContext(by, "preview"))
    states = {stream: fold(EMPTY, history) for stream, (history, _) in both.items()}
    decided = decide_command(request, states, now).events
    after: dict[UUID, TicketAfterwards] = {}
    for stream, (history, tiers) in both.items():
        new = [_as_recorded(each, up_to, now) for each in decided if each.stream == stream]
        whole = [*history, *new]
        row = ticket_in(TICKETS.fold(Stream(whole), NO_INPUTS), lambda customer: customer)
        if row is None:
            return None
        corrections = corrections_in(whole, now)
        explained = [explain(each, correction_of(each, corrections)) for each in clocks(whole, policies, now, tiers)]
        after[stream] = TicketAfterwards(row, explained, whole, len(new))
    return MergePreviewOfTickets(after[source], after[target])


def _as_recorded(event: NewEvent, head: int, now: datetime) -> RecordedEvent:
    return RecordedEvent(head + 1, event.stream, event.version, event.payload.topic, now, event.envelope, event.payload)
