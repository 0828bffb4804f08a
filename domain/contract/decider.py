"""The decider of a contract: events, no events when what the command wants is already so, or a refusal."""

from datetime import date
from typing import assert_never
from uuid import UUID

from domain.contract import commands as c
from domain.contract import events as e
from domain.contract.state import Contract, Term
from domain.contract.term_days import lapses_on, last_day_of_grace
from domain.customer.decider import must_be_registered
from domain.customer.state import Customer
from domain.days import day_after, day_before, months_later
from domain.messages import LAST_DAY
from domain.refusal import Refusal
from domain.text_folding import as_known

ContractEvents = list[e.ContractEvent]


def decide_signing(
    command: c.SignContract, contract: Contract, customer: Customer, won_back: Contract | None, on: date
) -> ContractEvents:
    """The first term, signed ``on`` a local day. ``won_back`` is the contract that it follows. Raises Refusal."""
    if contract.state != "none":
        raise Refusal("contract_exists", "this contract was signed already; renew or amend it", contract.state)
    must_be_registered(customer)
    if won_back is not None:
        _can_be_won_back(won_back, command.customer_id, customer, on)
    return [e.ContractSigned(**command.facts())]


def decide(command: c.ContractCommand, contract: Contract, on: date) -> ContractEvents:
    """The events of a command that is given ``on`` a local day; an empty list when what it wants is already so.

    Raises Refusal when a rule forbids it in the contract's state.
    """
    term = term_of(contract)
    match command:
        case c.AmendContract():
            return _amend(command, contract, term, on)
        case c.RecordProgress(done=done, due_on=due_on):
            milestone = as_known(command.milestone, contract.milestones)
            if contract.milestones.get(milestone) == (done, due_on):
                return []
            _must_run(contract)
            return [e.ProgressRecorded(milestone=milestone, done=done, due_on=due_on)]
        case c.RenewContract():
            return _renew(command, contract, term, on)
        case c.TerminateContract():
            return _terminate(command.on or on, contract, term)
        case c.RecordLapse():
            return _lapse(command, contract, term, on)
        case _:
            assert_never(command)


def term_of(contract: Contract) -> Term:
    """The present term. Raises Refusal when the contract was not signed."""
    if contract.term is None:
        raise Refusal("contract_unknown", "there is no such contract; sign it first", contract.state)
    return contract.term


def _must_run(contract: Contract) -> None:
    if contract.state != "running":
        raise Refusal("contract_ended", f"the contract is {contract.state}; sign a new one", contract.state)


def _must_not_have_lapsed(contract: Contract, term: Term, on: date) -> None:
    """A term lapses with its grace, also while no watch has announced it."""
    if on > last_day_of_grace(term.ends_on):
        rule = f"the grace ended on {last_day_of_grace(term.ends_on)}; sign a new contract that wins this one back"
        raise Refusal("grace_over", rule, contract.state)


def _can_be_won_back(contract: Contract, by: UUID, customer: Customer, on: date) -> None:
    term = term_of(contract)
    if contract.customer != by and contract.customer not in customer.absorbed:
        raise Refusal("contract_of_another", "the contract that is won back is another customer's", contract.state)
    if contract.state == "running" and on <= last_day_of_grace(term.ends_on):
        rule = f"the contract that is won back can be renewed until {last_day_of_grace(term.ends_on)}; renew it instead"
        raise Refusal("contract_not_ended", rule, contract.state)


def _amend(command: c.AmendContract, contract: Contract, term: Term, on: date) -> ContractEvents:
    amended = e.ContractAmended(
        ends_on=command.ends_on or term.ends_on,
        value=term.value if command.value is None else command.value,
        currency=command.currency or term.currency,
        auto_renews=contract.auto_renews if command.auto_renews is None else command.auto_renews,
        owner=command.owner or contract.owner,
    )
    before = (term.ends_on, term.value, term.currency, contract.auto_renews, contract.owner)
    if before == (amended.ends_on, amended.value, amended.currency, amended.auto_renews, amended.owner):
        return []
    _must_run(contract)
    _must_not_have_lapsed(contract, term, on)
    if amended.ends_on < term.starts_on:
        raise Refusal("ends_before_it_starts", f"the term starts on {term.starts_on}", contract.state)
    if amended.currency != term.currency and command.value is None:
        raise Refusal("currency_without_value", "give the value in the new currency too", contract.state)
    return [amended]


def _renew(command: c.RenewContract, contract: Contract, term: Term, on: date) -> ContractEvents:
    if command.term is not None and command.term <= term.number:
        if command.term == term.number and term.number > 1 and _is_the_same(command, contract, term):
            return []
        raise Refusal(
            "term_exists", f"term {command.term} has begun; the next one is {term.number + 1}", contract.state
        )
    if command.term is not None and command.term > term.number + 1:
        raise Refusal("term_ahead", f"the next term is {term.number + 1}", contract.state)
    if contract.state == "terminated":
        raise Refusal("contract_terminated", "the contract was terminated; sign a new one", contract.state)
    _must_not_have_lapsed(contract, term, on)
    starts_on, ends_on = day_after(term.ends_on), _end_of(command, contract, term)
    if ends_on < starts_on:
        raise Refusal("ends_before_it_starts", f"the next term starts on {starts_on}", contract.state)
    if ends_on > LAST_DAY:
        raise Refusal("ends_too_late", f"a term ends on {LAST_DAY} at the latest", contract.state)
    return [
        e.ContractRenewed(
            term=term.number + 1,
            starts_on=starts_on,
            ends_on=ends_on,
            value=term.value if command.value is None else command.value,
            currency=command.currency or term.currency,
            late=on > term.ends_on,
            end_day=contract.end_day if command.months else None,
        )
    ]


def _end_of(command: c.RenewContract, contract: Contract, term: Term) -> date:
    if command.ends_on is not None:
        return command.ends_on
    return months_later(term.ends_on, command.months or 0, contract.end_day)


def _is_the_same(command: c.RenewContract, contract: Contract, term: Term) -> bool:
    """Whether the newest term is what the command wants."""
    ends_on = command.ends_on or months_later(day_before(term.starts_on), command.months or 0, contract.end_day)
    return ends_on == term.ends_on and command.value in {None, term.value} and command.currency in {None, term.currency}


def _terminate(on: date, contract: Contract, term: Term) -> ContractEvents:
    if contract.state == "terminated" and contract.terminated_on == on:
        return []
    _must_run(contract)
    begun = [each.number for each in contract.terms if each.starts_on <= on]
    if on > term.ends_on or not begun:
        rule = (
            f"the contract runs from {contract.terms[0].starts_on} to {term.ends_on}; terminate it on one of these days"
        )
        raise Refusal("not_a_day_of_the_contract", rule, contract.state)
    return [e.ContractTerminated(term=begun[-1], on=on)]


def _lapse(command: c.RecordLapse, contract: Contract, term: Term, on: date) -> ContractEvents:
    if command.term < term.number:
        raise Refusal("term_renewed", f"term {command.term} was renewed", contract.state)
    if contract.state == "lapsed" and command.term == term.number:
        return []
    _must_run(contract)
    if command.term > term.number or on < lapses_on(term.ends_on):
        rule = f"term {term.number} ends on {term.ends_on} and lapses on {lapses_on(term.ends_on)}"
        raise Refusal("grace_not_over", rule, contract.state)
    return [e.ContractLapsed(term=term.number)]
