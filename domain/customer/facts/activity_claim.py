"""The claim of an external activity: its stream takes one event, so that no two customers get one activity."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.customer.facts.events import ActivityClaimEvent

_NAMESPACE = UUID("2c1f3d0a-9b57-5c0e-8f4d-6a2f1b7c4e90")


class ActivityClaim(NamedTuple):
    """``customer`` is the one on whose stream the activity is recorded; None while it is not recorded."""

    customer: UUID | None = None


def evolve(claim: ActivityClaim, event: ActivityClaimEvent, at: datetime) -> ActivityClaim:  # noqa: ARG001 -- the shape every fold has
    """The claim after one more event. Total: any history folds."""
    return ActivityClaim(event.customer_id)


def activity_stream(source: str, external_id: str) -> UUID:
    """The stream of an external activity. Ids are compared as written: other systems tell them apart by case."""
    return uuid5(_NAMESPACE, f"{source}\n{external_id}")
