"""What decisions need to know of a customer's facts, and how each event changes it."""

from dataclasses import dataclass
from datetime import datetime

from domain.customer.facts import events as e


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """Nothing is known yet."""


def evolve(facts: CustomerFacts, event: e.CustomerFact, at: datetime) -> CustomerFacts:  # noqa: ARG001 -- the shape every fold has
    """The facts after one more event. Total: any history folds."""
    return facts
