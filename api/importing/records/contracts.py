"""The commands of an imported term of a contract."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from uuid import UUID, uuid5

from api.importing.records.binding import Cells, RecordBinding, built
from api.importing.records.mapping import ContractMapping
from api.importing.records.money import minor_units
from api.importing.records.record import StateOf, Step
from api.importing.rows import RowRejected
from api.importing.source_ids import NAMESPACE
from domain.contract import commands as c
from domain.days import day_after
from domain.local_time import midnight
from domain.text_folding import fold_code, fold_name
from domain.zones import zone_named


class ContractPlan:
    """The first term signs the contract, a later one renews it; the newest one again amends it."""

    def __init__(self, binding: RecordBinding[ContractMapping], rows: Sequence[Cells]) -> None:
        mapping, values = binding.mapping, rows[-1]
        self.customer = binding.ids.customer(binding.required(values, "customer"), "").stream
        number = values["contract"]
        self._stream = uuid5(NAMESPACE, f"{mapping.source}/contract/{fold_name(number)}")
        currency = mapping.currency.word(values.get("currency.column"))
        yes = {fold_code(word) for word in mapping.yes}
        renews = fold_code(values.get("auto_renews", "")) in yes
        self._zone = zone_named(mapping.time.zone or "UTC")
        self._signing = built(
            c.SignContract,
            number=number,
            customer_id=self.customer,
            starts_on=binding.required_day(values, "starts_on"),
            ends_on=binding.required_day(values, "ends_on"),
            value=minor_units(binding.required(values, "value"), currency, mapping.decimal),
            currency=currency,
            auto_renews=renews,
            owner=values.get("owner"),
        )
        self._signed_on = binding.day(values, "signed_on") or self._signing.starts_on
        self._amendment = built(
            c.AmendContract,
            ends_on=self._signing.ends_on,
            value=self._signing.value,
            currency=currency,
            auto_renews=renews if "auto_renews" in values else None,
            owner=self._signing.owner,
            reason=f"changed in an import of {mapping.source}",
        )
        self._terminated_on = binding.day(values, "terminated_on")
        self._why = values.get("termination_reason") or f"terminated in {mapping.source}"

    def stream(self, owner: UUID) -> UUID:  # noqa: ARG002 -- the shape every plan has
        """The contract's."""
        return self._stream

    def possible(self, owner: UUID) -> Iterable[Step]:
        """The signing reads all that the others read."""
        return [(self._stream, self._signing.model_copy(update={"customer_id": owner}))]

    def steps(self, owner: UUID, state_of: StateOf, now: datetime) -> Iterator[Step]:
        """Raises RowRejected for a term that does not follow the newest one."""
        contract, signing = state_of(self._stream), self._signing
        if contract is None:
            yield self._stream, self._sign(owner, now)
        elif contract.term.starts_on == signing.starts_on:
            yield self._stream, self._amendment
        elif self._terminated_on is not None and contract.terminated_on == self._terminated_on < signing.starts_on:
            pass  # the row itself says that this term never began
        elif contract.term.ends_on < signing.starts_on:
            expected = day_after(contract.term.ends_on)
            if signing.starts_on != expected:
                raise RowRejected(f"the next term of contract {signing.number!r} starts on {expected}")
            yield self._stream, self._renew(now)
        else:
            newest = f"its newest term started on {contract.term.starts_on}"
            raise RowRejected(f"contract {signing.number!r} cannot change an earlier term: {newest}")
        if self._terminated_on is not None:
            on = self._terminated_on
            yield self._stream, built(c.TerminateContract, on=on, reason=self._why, occurred_at=self._begin(on, now))

    def _sign(self, owner: UUID, now: datetime) -> c.SignContract:
        return self._signing.model_copy(update={"customer_id": owner, "occurred_at": self._begin(self._signed_on, now)})

    def _renew(self, now: datetime) -> c.RenewContract:
        signing = self._signing
        return built(
            c.RenewContract,
            ends_on=signing.ends_on,
            value=signing.value,
            currency=signing.currency,
            occurred_at=self._begin(self._signed_on, now),
        )

    def _begin(self, day: date, now: datetime) -> datetime:
        """The beginning of a day, or now when the day has not begun."""
        return min(midnight(day, self._zone), now)
