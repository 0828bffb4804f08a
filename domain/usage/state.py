"""The state of the usage of a product, and its stream."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.text_folding import fold_name
from domain.usage.events import UsageEvent

_NAMESPACE = UUID("9d0f2b64-3c7e-5f55-9a0b-7f3d5e8c1a42")


class Usage(NamedTuple):
    """The product as it was first written, and the last value and limit of each day, by metric."""

    product: str | None = None
    days: dict[str, dict[date, tuple[float, float | None]]] = {}  # noqa: RUF012 -- no fold changes it


def evolve(usage: Usage, event: UsageEvent, at: datetime) -> Usage:  # noqa: ARG001 -- the shape every fold has
    """The usage after one more event. Total: any history folds."""
    of_metric = {**usage.days.get(event.metric, {}), event.day: (event.value, event.limit)}
    return Usage(usage.product or event.product, {**usage.days, event.metric: of_metric})


def usage_stream(customer: UUID, product: str) -> UUID:
    """The stream of a customer's usage of a product."""
    return uuid5(_NAMESPACE, f"{customer}\n{fold_name(product)}")
