"""The state of a contract that decisions need, and how each event changes it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, NamedTuple, assert_never, cast, get_args
from uuid import UUID

from domain.contract import events as e
from domain.contract.term_days import end_day_of
from domain.envelope import RecordedEvent
from domain.messages import Event

_OWN_EVENTS: frozenset[type[Event]] = frozenset(get_args(e.ContractEvent))


class Term(NamedTuple):
    """Term number ``number``. ``value`` is in minor units of ``currency``."""

    number: int
    starts_on: date
    ends_on: date
    value: int
    currency: str


@dataclass(frozen=True, slots=True)
class Contract:
    """``terms`` are all, also those that begin later; a termination takes away those that begin after its day.

    ``end_day`` is that of renewals by months. ``milestones`` holds whether each is done, and its day.
    """

    state: Literal["none", "running", "lapsed", "terminated"] = "none"
    customer: UUID | None = None
    terms: tuple[Term, ...] = ()
    end_day: int = 0
    auto_renews: bool = False
    owner: str | None = None
    terminated_on: date | None = None
    milestones: dict[str, tuple[bool, date | None]] = field(default_factory=dict)

    @property
    def term(self) -> Term | None:
        """The newest term."""
        return self.terms[-1] if self.terms else None


def evolve(contract: Contract, event: Event, at: datetime) -> Contract:  # noqa: ARG001 -- the shape every fold has
    """The contract after one more event. Total: any history folds.

    Events that other packages record on the stream leave the contract as it is.
    """
    return _evolve(contract, cast("e.ContractEvent", event)) if type(event) in _OWN_EVENTS else contract


def _evolve(contract: Contract, event: e.ContractEvent) -> Contract:
    match event:
        case e.ContractSigned():
            term = Term(1, event.starts_on, event.ends_on, event.value, event.currency)
            return replace(
                contract,
                state="running",
                customer=event.customer_id,
                terms=(term,),
                end_day=end_day_of(event.ends_on),
                auto_renews=event.auto_renews,
                owner=event.owner,
            )
        case e.ContractAmended():
            before = contract.term
            term = Term(
                before.number if before else 1,
                before.starts_on if before else event.ends_on,
                event.ends_on,
                event.value,
                event.currency,
            )
            moved = before is None or before.ends_on != event.ends_on
            return replace(
                contract,
                terms=(*contract.terms[:-1], term),
                end_day=end_day_of(event.ends_on) if moved else contract.end_day,
                auto_renews=event.auto_renews,
                owner=event.owner,
            )
        case e.ContractRenewed():
            term = Term(event.term, event.starts_on, event.ends_on, event.value, event.currency)
            end_day = event.end_day or end_day_of(event.ends_on)
            terms = (*contract.terms, term)
            return replace(contract, state="running", terms=terms, end_day=end_day, terminated_on=None)
        case e.ContractLapsed():
            return replace(contract, state="lapsed")
        case e.ContractTerminated(on=on):
            begun = (term for term in contract.terms[1:] if term.starts_on <= on)
            return replace(contract, state="terminated", terms=(*contract.terms[:1], *begun), terminated_on=on)
        case e.ProgressRecorded(milestone=milestone, done=done, due_on=due_on):
            return replace(contract, milestones={**contract.milestones, milestone: (done, due_on)})
        case _:
            assert_never(event)


def contract_of(history: Iterable[RecordedEvent]) -> Contract:
    """The contract after the events of a stream."""
    contract = Contract()
    for event in history:
        contract = evolve(contract, event.payload, event.occurred_at)
    return contract
