"""Every recorded value of usage.

The newest version of a metric and a day counts: the table is append-only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.usage.events import UsageRecorded
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table


@dataclass(slots=True)
class UsageDay:
    """The value of a metric on a day, as the event ``version`` of the usage stream says it."""

    usage: UUID
    version: int
    customer: UUID
    product: str
    metric: str
    day: date
    value: float
    limit: float | None
    at: datetime


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[UsageDay]:
    """A row for each new report of usage."""
    for event in stream.new:
        recorded = event.payload
        if not isinstance(recorded, UsageRecorded):
            continue
        yield UsageDay(
            event.stream,
            event.version,
            recorded.customer_id,
            recorded.product,
            recorded.metric,
            recorded.day,
            recorded.value,
            recorded.limit,
            event.occurred_at,
        )


USAGE = Projection(
    name="usage",
    version=1,
    kinds=frozenset({"usage"}),
    tables=(
        Table(
            "usage_days",
            UsageDay,
            key=("usage", "version"),
            indexes=("(customer, day, product, metric, version)",),
            append_only=True,
        ),
    ),
    fold=fold,
)
