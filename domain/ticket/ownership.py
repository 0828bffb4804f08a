"""What a ticket decides about its owner, once the customer is known: the receipt, and its correction."""

from uuid import UUID

from domain.ticket import commands as c
from domain.ticket import events as e
from domain.ticket.decider import TicketEvents, must_exist, refusal
from domain.ticket.state import Owner, Ticket


def decide_ownership(command: c.OwnershipCommand, ticket: Ticket, organisation: UUID | None) -> TicketEvents:
    """The events of a receipt or of a correction to a customer of ``organisation``.

    Raises Refusal when a rule forbids the command in the ticket's state.
    """
    if isinstance(command, c.ReceiveTicket):
        if ticket.state != "none":
            raise refusal(ticket, "ticket_exists", "this ticket was received already; send a message to it instead")
        return [e.TicketReceived(**command.facts() | {"organisation_id": organisation})]
    must_exist(ticket)
    if ticket.owner == Owner(command.customer_id, organisation):
        return []
    return [e.CustomerCorrected(customer_id=command.customer_id, organisation_id=organisation)]
