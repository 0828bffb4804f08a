"""What two tickets decide together: a merge, in which one ends and the other goes on for both, and its undoing."""

from uuid import UUID

from domain.ticket import commands as c
from domain.ticket import events as e
from domain.ticket.decider import TicketEvents, must_not_precede, refusal
from domain.ticket.state import Ticket


def decide_merge(
    command: c.MergeCommand, source_id: UUID, source: Ticket, target: Ticket
) -> tuple[TicketEvents, TicketEvents]:
    """The events of the ticket that ends and of the one that goes on, to be recorded in one transaction.

    Raises Refusal when a rule forbids it in the state of either.
    """
    if source.state == "none" or target.state == "none":
        raise refusal(source, "ticket_unknown", "both tickets must have been received")
    if isinstance(command, c.MergeTicket):
        ended, gone_on = _merge(command.into, source_id, source, target)
    else:
        ended, gone_on = _undo(command, source_id, source)
    must_not_precede(source, ended, command.occurred_at)
    return ended, gone_on


def _merge(into: UUID, source_id: UUID, source: Ticket, target: Ticket) -> tuple[TicketEvents, TicketEvents]:
    if into == source_id:
        raise refusal(source, "merge_into_itself", "name another ticket to merge into")
    if source.state == "merged" and source.merged_into == into:
        return [], []
    if not source.is_open:
        raise refusal(source, "ticket_not_open", "only an open ticket can be merged")
    if not target.is_open:
        raise refusal(target, "target_not_open", "a ticket can only be merged into an open one")
    return [e.TicketMerged(into=into)], [e.TicketAbsorbed(ticket_id=source_id)]


def _undo(command: c.UndoMerge, source_id: UUID, source: Ticket) -> tuple[TicketEvents, TicketEvents]:
    if source.state != "merged":
        raise refusal(source, "ticket_not_merged", "only a merged ticket can be taken apart again")
    if source.merged_into != command.into:
        raise refusal(source, "merged_elsewhere", "name the ticket of that merge")
    return [e.MergeUndone(into=command.into)], [e.AbsorptionUndone(ticket_id=source_id)]
