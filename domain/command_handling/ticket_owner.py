"""What a ticket and its customer decide together: a ticket is received for, or corrected to, a registered customer."""

from collections.abc import Sequence
from datetime import datetime

from domain.customer.decider import must_be_registered
from domain.customer.joining import must_be_an_organisation
from domain.customer.memberships import organisation_at
from domain.customer.state import Customer
from domain.ticket.commands import OwnershipCommand, ReceiveTicket
from domain.ticket.decider import TicketEvents
from domain.ticket.ownership import decide_ownership
from domain.ticket.state import Ticket


def decide_owner(
    command: OwnershipCommand, ticket: Ticket, customer: Customer, organisations: Sequence[Customer], at: datetime
) -> tuple[TicketEvents, datetime]:
    """The events of the ticket, and when they happen: a correction says what was so since the receipt.

    ``organisations`` holds the one that the command names, if it names one. Without it the ticket gets the main or the
    only organisation that the person belonged to at the receipt. Raises Refusal when a rule forbids it.
    """
    since = at if isinstance(command, ReceiveTicket) else ticket.received_at or at
    organisation = command.organisation_id or organisation_at(customer.memberships, since)
    events = decide_ownership(command, ticket, organisation)
    must_be_registered(customer)
    for named in organisations:
        must_be_an_organisation(named, command.organisation_id)
    return events, since
