"""What files are attached to and procedures are about: tickets, customers and contracts."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.command_handling.contract_stream import CONTRACT
from domain.command_handling.customer_stream import CUSTOMER, CustomerStream
from domain.command_handling.handler import Aggregate
from domain.command_handling.ticket_stream import TICKET, TicketStream
from domain.contract.decider import term_of
from domain.contract.state import Contract
from domain.customer.decider import must_be_registered
from domain.ticket.decider import must_exist

SUBJECTS: Mapping[str, Aggregate] = MappingProxyType({"ticket": TICKET, "customer": CUSTOMER, "contract": CONTRACT})
SubjectState = TicketStream | CustomerStream | Contract


def must_be_known(subject: SubjectState) -> None:
    """Raises Refusal when there is no such ticket, customer or contract."""
    if isinstance(subject, TicketStream):
        must_exist(subject.ticket)
    elif isinstance(subject, CustomerStream):
        must_be_registered(subject.customer)
    else:
        term_of(subject)
