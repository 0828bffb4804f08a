"""A ticket that is resolved ten minutes after its receipt, and the instants around it."""

from datetime import timedelta
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from tests.support.events import START, TICKET, Fact, at, history, received, resolved

WEEK = 7 * 24 * 60

MICROSECOND = 1 / 60_000_000

RESOLVED_AT = 10

LATER = START + timedelta(days=300)

AN = e.TicketAssigned(team="billing", agent="an")


def resolved_ticket(*facts: Fact, ticket: UUID = TICKET, code: str = "solved") -> list[RecordedEvent]:
    """A ticket that is received at minute 0 and resolved at minute 10, with these events by time."""
    all_facts = [at(0, received()), *facts, at(RESOLVED_AT, resolved(code))]
    return history(*sorted(all_facts, key=lambda fact: fact.occurred_at), ticket=ticket)
