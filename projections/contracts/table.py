"""Contracts as they are, a row for each of their terms, and a row for each milestone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Literal, assert_never
from uuid import UUID

from domain.contract import events as e
from domain.contract.state import Contract, Term, evolve
from domain.contract.term_days import lapses_on
from domain.envelope import RecordedEvent
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import ClampedBigInt, Table

TermEnd = Literal["renewed", "lapsed", "terminated"]


@dataclass(slots=True)
class StoredContract:
    """A contract. ``term`` is its newest term; the days, the value and the currency are those of that term.

    The newest term of a terminated contract is the one that holds its last day.

    ``state`` is running, lapsed or terminated, as announced: what depends on today is derived when it is read.
    ``lapses_on`` is the day after the grace when a lapse is to be announced. ``at`` is when it was signed.
    """

    contract: UUID
    customer: UUID
    version: int
    at: datetime
    number: str
    state: str
    term: int
    began_on: date
    starts_on: date
    ends_on: date
    value: ClampedBigInt
    currency: str
    auto_renews: bool
    owner: str | None
    wins_back: UUID | None
    terminated_on: date | None
    lapses_on: date | None


@dataclass(slots=True)
class ContractTerm:
    """A term. ``ended_as`` is renewed, lapsed or terminated, ``ended_on`` its last day; None while it is the newest.

    A term that was to begin after the contract's termination has no row.

    ``value`` and ``currency`` are as amended, ``signed_value`` and ``signed_currency`` as they were when it began.
    """

    contract: UUID
    term: int
    customer: UUID
    starts_on: date
    ends_on: date
    value: ClampedBigInt
    currency: str
    signed_at: datetime
    late: bool
    ended_as: TermEnd | None
    ended_on: date | None
    signed_value: ClampedBigInt
    signed_currency: str


@dataclass(slots=True)
class ContractMilestone:
    contract: UUID
    milestone: str
    done: bool
    due_on: date | None
    done_at: datetime | None


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[StoredContract | ContractTerm | ContractMilestone]:
    """The rows of one contract; none for a stream that does not begin with a signature."""
    signed = stream.all[0]
    if not isinstance(signed.payload, e.ContractSigned):
        return
    contract = Contract()
    terms: list[ContractTerm] = []
    milestones: dict[str, ContractMilestone] = {}
    stated = signed
    for event in [event for event in stream.all if isinstance(event.payload, e.ContractEvent)]:
        contract = evolve(contract, event.payload, event.occurred_at)
        if isinstance(event.payload, e.ContractSigned | e.ContractAmended | e.ContractRenewed):
            stated = event
        _add(event, signed.payload.customer_id, terms, milestones)
    if contract.term is not None:
        row = _row(stream.all[-1], signed, stated, contract, contract.term)
        yield replace(row, lapses_on=None) if stream.erased else row
    yield from {term.term: term for term in terms}.values()
    yield from milestones.values()


def _row(
    last: RecordedEvent, signed: RecordedEvent, stated: RecordedEvent, contract: Contract, term: Term
) -> StoredContract:
    payload = signed.payload
    return StoredContract(
        contract=last.stream,
        customer=payload.customer_id,
        version=last.version,
        at=signed.occurred_at,
        number=payload.number,
        state=contract.state,
        term=term.number,
        began_on=contract.terms[0].starts_on,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        value=term.value,
        currency=term.currency,
        auto_renews=contract.auto_renews,
        owner=contract.owner,
        wins_back=payload.wins_back,
        terminated_on=contract.terminated_on,
        lapses_on=_announced_on(contract, stated),
    )


def _announced_on(contract: Contract, stated: RecordedEvent) -> date | None:
    """The day after the grace of a running contract; None when an import recorded the term after it (`lapse_of`).

    The zone is not known here, so a term whose day is hardly over in UTC stays in; the due watch judges it.
    """
    if contract.state != "running" or contract.term is None:
        return None
    day = lapses_on(contract.term.ends_on)
    over = stated.recorded_at.astimezone(UTC).date() > day
    return None if stated.is_imported and over else day


def _add(
    event: RecordedEvent, customer: UUID, terms: list[ContractTerm], milestones: dict[str, ContractMilestone]
) -> None:
    payload: e.ContractEvent = event.payload
    match payload:
        case e.ContractSigned():
            terms.append(_term(event, 1, customer, late=False))
        case e.ContractRenewed(term=number, late=late):
            _end(terms, "renewed", None)
            terms.append(_term(event, number, customer, late=late))
        case e.ContractAmended() if terms:
            terms[-1].ends_on, terms[-1].value = payload.ends_on, payload.value
            terms[-1].currency = payload.currency
        case e.ContractAmended():
            pass
        case e.ContractLapsed():
            _end(terms, "lapsed", None)
        case e.ContractTerminated(on=on):
            terms[1:] = [term for term in terms[1:] if term.starts_on <= on]
            _end(terms, "terminated", on)
        case e.ProgressRecorded(milestone=milestone, done=done, due_on=due_on):
            done_at = event.occurred_at if done else None
            milestones[milestone] = ContractMilestone(event.stream, milestone, done, due_on, done_at)
        case _:
            assert_never(payload)


def _end(terms: list[ContractTerm], how: TermEnd, on: date | None) -> None:
    if terms:
        terms[-1].ended_as, terms[-1].ended_on = how, on or terms[-1].ends_on


def _term(event: RecordedEvent, number: int, customer: UUID, *, late: bool) -> ContractTerm:
    payload: e.ContractSigned | e.ContractRenewed = event.payload
    return ContractTerm(
        contract=event.stream,
        term=number,
        customer=customer,
        starts_on=payload.starts_on,
        ends_on=payload.ends_on,
        value=payload.value,
        currency=payload.currency,
        signed_at=event.occurred_at,
        late=late,
        ended_as=None,
        ended_on=None,
        signed_value=payload.value,
        signed_currency=payload.currency,
    )


CONTRACTS = Projection(
    name="contracts",
    version=5,
    kinds=frozenset({"contract"}),
    tables=(
        Table(
            "contracts",
            StoredContract,
            key=("contract",),
            indexes=("(customer, at)", "(lapses_on, contract) where lapses_on is not null"),
        ),
        Table("contract_terms", ContractTerm, key=("contract", "term"), indexes=("(customer)", "(ends_on)")),
        Table("contract_milestones", ContractMilestone, key=("contract", "milestone")),
    ),
    fold=fold,
)
