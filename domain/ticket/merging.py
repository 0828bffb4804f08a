"""What two tickets decide together: one ends, the other goes on for both, and back again."""

from uuid import UUID

from domain.refusal import Refusal
from domain.ticket import commands as c
from domain.ticket import events as e
from domain.ticket.decider import Decision, must_not_precede
from domain.ticket.state import Ticket


def decide_merge(command: c.MergeCommand, source_id: UUID, source: Ticket, target: Ticket) -> tuple[Decision, Decision]:
    """The events of the ticket that ends and of the one that goes on, to be recorded in one transaction.

    Raises Refusal when a rule forbids it in the state of either.
    """
    if source.state == "none" or target.state == "none":
        raise Refusal("ticket_unknown", "both tickets must have been received", source.state)
    if isinstance(command, c.MergeTicket):
        ended, gone_on = _merge(command.into, source_id, source, target)
    else:
        ended, gone_on = _undo(command, source_id, source)
    must_not_precede(source, ended, command.occurred_at)
    return ended, gone_on


def _merge(into: UUID, source_id: UUID, source: Ticket, target: Ticket) -> tuple[Decision, Decision]:
    if into == source_id:
        raise Refusal("merge_into_itself", "name another ticket to merge into", source.state)
    if source.state == "merged" and source.merged_into == into:
        return [], []
    if not source.is_open:
        raise Refusal("ticket_not_open", "only an open ticket can be merged", source.state)
    if not target.is_open:
        raise Refusal("target_not_open", "a ticket can only be merged into an open one", target.state)
    return [e.TicketMerged(into=into)], [e.TicketAbsorbed(ticket_id=source_id)]


def _undo(command: c.UndoMerge, source_id: UUID, source: Ticket) -> tuple[Decision, Decision]:
    if source.state != "merged":
        raise Refusal("ticket_not_merged", "only a merged ticket can be taken apart again", source.state)
    if source.merged_into != command.into:
        rule = f"the ticket was merged into {source.merged_into}; name that one"
        raise Refusal("merged_elsewhere", rule, source.state)
    return [e.MergeUndone(into=command.into)], [e.AbsorptionUndone(ticket_id=source_id)]
