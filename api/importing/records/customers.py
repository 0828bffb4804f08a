"""The commands of an imported customer."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from api.importing.records.binding import Cells, RecordBinding, built
from api.importing.records.handles import handles_in
from api.importing.records.mapping import CustomerMapping
from api.importing.records.record import StateOf, Step
from domain.customer import commands as c
from domain.customer.address_keys import WrittenAddress
from domain.messages import Command

Changed = TypeVar("Changed", bound=Command)


class CustomerPlan:
    """A customer with details, tier, addresses and organisation. The last of several rows counts.

    An import adds addresses and memberships and ends none.
    """

    def __init__(self, binding: RecordBinding[CustomerMapping], rows: Sequence[Cells]) -> None:
        mapping, values = binding.mapping, rows[-1]
        of_source = binding.ids.customer(values["customer"], "")
        self.customer = of_source.stream
        self._at = binding.instant(values, "registered")
        self._details = {column: values.get(f"details.{column}") for column in mapping.details}
        self._registration = built(
            c.RegisterCustomer,
            name=binding.required(values, "name"),
            tier=mapping.tier.word(values.get("tier.column")),
            party=mapping.party.word(values.get("party.column")),
            external_reference=of_source.reference,
            details={field: value for field, value in self._details.items() if value is not None},
            occurred_at=self._at,
        )
        self._tier = self._registration.tier if "tier.column" in values else None
        self._addresses = [address for cells in rows for address in _addresses(mapping, cells, self._at)]
        self._joining: list[Step] = []
        if organisation := values.get("organisation"):
            self._joining = _joining(binding, self.customer, organisation, values.get("role"), self._at)

    def stream(self, owner: UUID) -> UUID:
        """The customer's own."""
        return owner

    def possible(self, owner: UUID) -> Iterable[Step]:
        """The registration reads the same stream as all others that are left out here."""
        yield owner, self._registration
        for address in self._addresses:
            yield owner, address
        yield from self._joining

    def steps(self, owner: UUID, state_of: StateOf, now: datetime) -> Iterator[Step]:  # noqa: ARG002 -- the shape every plan has
        """The registration or the changes, then addresses and membership."""
        known = state_of(owner)
        if known is None:
            yield owner, self._registration
        else:
            yield owner, built(c.ChangeCustomerDetails, name=self._registration.name, details=self._details)
            if self._tier is not None:
                yield owner, built(c.ChangeTier, tier=self._tier)
        for address in self._addresses:
            yield owner, address if known is None else _now(address)
        for stream, command in self._joining:
            if isinstance(command, c.RegisterCustomer) and state_of(stream) is not None:
                continue
            yield stream, command if known is None else _now(command)


def _now(command: Changed) -> Changed:
    """The same at the instant of the import: the source does not say when it changed."""
    return command.model_copy(update={"occurred_at": None})


def _addresses(mapping: CustomerMapping, values: Cells, at: datetime | None) -> Iterator[c.AddAddress]:
    for number, of_column in enumerate(mapping.addresses):
        cell = values.get(f"addresses.{number}.column")
        if cell is None:
            continue
        written_on = mapping.numbers_of if of_column.channel == "phone" else None
        written = WrittenAddress(of_column.channel, cell, of_column.scope, mapping.region, written_on)
        for handle in handles_in(written, of_column.separator):
            yield built(
                c.AddAddress,
                channel=of_column.channel,
                handle=handle,
                scope=of_column.scope,
                trust=of_column.trust,
                shared=of_column.shared,
                region=mapping.region,
                written_on=written_on,
                occurred_at=at,
            )


def _joining(
    binding: RecordBinding[CustomerMapping], person: UUID, reference: str, role: str | None, at: datetime | None
) -> list[Step]:
    """The organisation is registered under its reference when nothing has registered it before."""
    organisation = binding.ids.customer(reference, "").stream
    registration = built(
        c.RegisterCustomer, name=reference, party="organisation", external_reference=reference, occurred_at=at
    )
    joining = built(c.JoinOrganisation, organisation=organisation, role=role, main=True, occurred_at=at)
    return [(organisation, registration), (person, joining)]
