"""Whose ticket it is: the organisation of a receipt and of a correction, and who refuses first."""

from uuid import UUID

import pytest

from domain.command_handling.ticket_owner import decide_owner
from domain.customer.memberships import MembershipChange
from domain.customer.state import Customer
from domain.messages import Event
from domain.refusal import Refusal
from domain.ticket import commands as c
from domain.ticket import events as e
from domain.ticket.state import Owner, Ticket
from tests.support.events import CUSTOMER, NOON, instant

ACME, BETA, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
UNKNOWN = Customer()
TICKET = Ticket("received", received_at=instant(10), owner=Owner(CUSTOMER, ACME))


def member(*changes: tuple[float, UUID, bool]) -> Customer:
    """A person who joined (True) or left organisations at some minutes."""
    memberships = tuple(MembershipChange(instant(minute), of, joins) for minute, of, joins in changes)
    return Customer(state="registered", memberships=memberships)


def corrected(customer: Customer, ticket: Ticket = TICKET, to: UUID = OTHER) -> list[Event]:
    command = c.CorrectCustomer(customer_id=to, reason="a namesake")
    events, since = decide_owner(command, ticket, customer, [], NOON)
    assert since == ticket.received_at
    return list(events)


def test_a_correction_takes_the_organisation_that_its_customer_had_when_the_ticket_was_received() -> None:
    moved = member((0, BETA, True), (20, BETA, False), (30, ACME, True))
    assert corrected(moved) == [e.CustomerCorrected(customer_id=OTHER, organisation_id=BETA)]
    assert corrected(member()) == [e.CustomerCorrected(customer_id=OTHER)]


def test_a_correction_to_the_owner_changes_nothing_unless_the_organisation_is_another_one() -> None:
    assert corrected(member((0, ACME, True)), to=CUSTOMER) == []
    assert corrected(member((0, BETA, True)), to=CUSTOMER) == [
        e.CustomerCorrected(customer_id=CUSTOMER, organisation_id=BETA)
    ]


@pytest.mark.parametrize(
    ("ticket", "command", "code"),
    [
        (TICKET, c.ReceiveTicket(customer_id=OTHER, channel="email", subject="s", category="c", priority="P3"),
         "ticket_exists"),
        (Ticket(), c.CorrectCustomer(customer_id=OTHER, reason="a namesake"), "ticket_unknown"),
    ],
)  # fmt: skip
def test_the_ticket_refuses_before_its_customer_is_looked_at(
    ticket: Ticket, command: c.OwnershipCommand, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        decide_owner(command, ticket, UNKNOWN, [], NOON)
    assert refused.value.code == code


def test_a_customer_and_an_organisation_that_are_none_are_refused() -> None:
    receipt = c.ReceiveTicket(
        customer_id=CUSTOMER, organisation_id=ACME, channel="email", subject="s", category="c", priority="P3"
    )
    for customer, organisation, code in (
        (UNKNOWN, Customer(state="registered", party="organisation"), "customer_unknown"),
        (member(), member(), "organisation_unknown"),
    ):
        with pytest.raises(Refusal) as refused:
            decide_owner(receipt, Ticket(), customer, [organisation], NOON)
        assert refused.value.code == code
