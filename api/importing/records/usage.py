"""The command of an imported value of usage."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from api.importing.records.binding import Cells, RecordBinding, built
from api.importing.records.mapping import UsageMapping
from api.importing.records.money import number
from api.importing.records.record import StateOf, Step
from domain.usage.commands import RecordUsage
from domain.usage.state import usage_stream


class UsagePlan:
    """The value of a metric on a day. The last of several rows counts."""

    def __init__(self, binding: RecordBinding[UsageMapping], rows: Sequence[Cells]) -> None:
        mapping, values = binding.mapping, rows[-1]
        self.customer = binding.ids.customer(values["customer"], "").stream
        limit = values.get("limit")
        self._usage = built(
            RecordUsage,
            product=mapping.product.word(values.get("product.column")),
            metric=mapping.metric.word(values.get("metric.column")),
            day=binding.required_day(values, "day"),
            value=float(number(binding.required(values, "value"), mapping.decimal)),
            limit=float(number(limit, mapping.decimal)) if limit else None,
        )

    def stream(self, owner: UUID) -> UUID:
        """That of the customer's usage of the product."""
        return usage_stream(owner, self._usage.product)

    def possible(self, owner: UUID) -> Iterable[Step]:
        """The named customer may have the usage from before a merge."""
        return [(owner, self._usage), (self.customer, self._usage)]

    def steps(self, owner: UUID, state_of: StateOf, now: datetime) -> Iterator[Step]:  # noqa: ARG002 -- the shape every plan has
        """The value is recorded."""
        yield owner, self._usage
