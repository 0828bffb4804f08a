"""The commands of an imported purchase."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from api.importing.records.binding import Cells, RecordBinding, built
from api.importing.records.mapping import PurchaseMapping
from api.importing.records.money import minor_units, number
from api.importing.records.record import StateOf, Step
from api.importing.rows import RowRejected
from domain.customer.facts import commands as c
from domain.text_folding import as_known


class PurchasePlan:
    """A purchase with an item for each row. What is no item stands in the first row."""

    def __init__(self, binding: RecordBinding[PurchaseMapping], rows: Sequence[Cells]) -> None:
        mapping, first = binding.mapping, rows[0]
        self.customer = binding.ids.customer(first["customer"], "").stream
        currency = mapping.currency.word(first.get("currency.column"))
        items = tuple(
            built(
                c.Item,
                name=binding.required(values, "item"),
                quantity=_whole(values.get("quantity", "1"), binding),
                sku=values.get("sku"),
                total=minor_units(binding.required(values, "amount"), currency, mapping.decimal),
            )
            for values in rows
        )
        written = first.get("total")
        binding.required(first, "at")
        service_every = first.get("service_every")
        self._purchase = built(
            c.RecordPurchase,
            purchase_id=first["purchase"],
            items=items,
            total=minor_units(written, currency, mapping.decimal) if written else sum(item.total for item in items),
            currency=currency,
            warranty_until=binding.day(first, "warranty_until"),
            service_every=_whole(service_every, binding) if service_every else None,
            occurred_at=binding.instant(first, "at"),
        )
        self._correction = built(
            c.CorrectPurchase, **self._purchase.facts(), reason=f"corrected in an import of {mapping.source}"
        )

    def stream(self, owner: UUID) -> UUID:
        """The customer's."""
        return owner

    def possible(self, owner: UUID) -> Iterable[Step]:
        """The named customer may have the purchase from before a merge."""
        return [(owner, self._purchase), (self.customer, self._purchase)]

    def steps(self, owner: UUID, state_of: StateOf, now: datetime) -> Iterator[Step]:  # noqa: ARG002 -- the shape every plan has
        """The purchase is recorded, or corrected where it is recorded."""
        purchase = self._purchase.purchase_id
        for stream in (owner, self.customer):
            state = state_of(stream)
            if state is not None and as_known(purchase, state.facts.purchases) in state.facts.purchases:
                yield stream, self._correction
                return
        yield owner, self._purchase


def _whole(written: str, binding: RecordBinding[PurchaseMapping]) -> int:
    counted = number(written, binding.mapping.decimal)
    if counted != counted.to_integral_value():
        raise RowRejected(f"{written[:40]!r} is no whole number")
    return int(counted)
