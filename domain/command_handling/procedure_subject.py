"""What the subject of a procedure says: its customer, the people who hold it, and values of placeholders."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from domain.command_handling.customer_stream import CustomerStream
from domain.command_handling.subjects import SubjectState
from domain.command_handling.ticket_stream import TicketStream
from domain.ids import short_reference
from domain.messages import LONGEST_WORD
from domain.procedure.advance import People
from domain.template.placeholders import day_text


class SubjectInputs(NamedTuple):
    """``owner`` is that of a contract, ``ends_on`` the last day of its term. ``data`` holds placeholders."""

    customer: UUID | None
    people: People = People()
    owner: str | None = None
    data: dict[str, str] = {}  # noqa: RUF012 -- never changed
    ends_on: date | None = None


def subject_inputs(subject: SubjectState, stream: UUID) -> SubjectInputs:
    """What a ticket, a customer or a contract gives to a procedure about it."""
    if isinstance(subject, TicketStream):
        ticket = subject.ticket
        customer = ticket.owner.customer if ticket.owner else None
        data = {"ticket_reference": short_reference(stream), "ticket_subject": ticket.subject, "agent": ticket.agent}
        return SubjectInputs(customer, People(ticket.team, ticket.agent), data=_known(data))
    if isinstance(subject, CustomerStream):
        return SubjectInputs(stream)
    ends_on = subject.term.ends_on if subject.term else None
    data = {"ends_on": day_text(ends_on) if ends_on else None, "agent": subject.owner}
    return SubjectInputs(subject.customer, People(agent=subject.owner), subject.owner, _known(data), ends_on)


def customer_data(customer: Any) -> dict[str, str]:
    """The placeholders that a customer's state gives."""
    return _known({"customer_name": customer.customer.name}) if isinstance(customer, CustomerStream) else {}


def _known(data: dict[str, str | None]) -> dict[str, str]:
    return {name: value[:LONGEST_WORD] for name, value in data.items() if value}
