"""The events of the usage of one product by one customer."""

from datetime import date
from uuid import UUID

from domain.messages import Event


class UsageRecorded(Event):
    """The value of a metric on a day; the last value of a day counts. ``limit`` is what the customer may use."""

    topic = "usage.recorded"
    customer_id: UUID
    product: str
    metric: str
    day: date
    value: float
    limit: float | None = None


UsageEvent = UsageRecorded
"""What happens to the usage of a product."""
