"""The decider of the usage of a product."""

from uuid import UUID

from domain.customer.decider import must_be_registered
from domain.customer.state import Customer
from domain.text_folding import as_known
from domain.usage.commands import RecordUsage
from domain.usage.events import UsageRecorded
from domain.usage.state import Usage


def decide(command: RecordUsage, customer_id: UUID, customer: Customer, usage: Usage) -> list[UsageRecorded]:
    """The event of a command; an empty list when the day has this value already. Raises Refusal.

    A stream has one spelling of its product and of each metric: the first one.
    """
    must_be_registered(customer)
    metric = as_known(command.metric, usage.days)
    if usage.days.get(metric, {}).get(command.day) == (command.value, command.limit):
        return []
    facts = command.facts() | {"product": usage.product or command.product, "metric": metric}
    return [UsageRecorded(customer_id=customer_id, **facts)]
