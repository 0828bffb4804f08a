"""The decider of the usage of a product."""

from uuid import UUID

from domain.customer.decider import must_be_registered
from domain.customer.state import Customer
from domain.usage.commands import RecordUsage
from domain.usage.events import UsageRecorded
from domain.usage.state import Usage


def decide(command: RecordUsage, customer_id: UUID, customer: Customer, usage: Usage) -> list[UsageRecorded]:
    """The event of a command; an empty list when the day has this value already. Raises Refusal.

    A stream has one spelling of its product: the first one.
    """
    must_be_registered(customer)
    if usage.days.get(command.metric, {}).get(command.day) == (command.value, command.limit):
        return []
    facts = command.facts() | {"product": usage.product or command.product}
    return [UsageRecorded(customer_id=customer_id, **facts)]
