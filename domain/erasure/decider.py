"""The decider of an erasure: events, no events when what the command wants is already so, or a refusal."""

from collections.abc import Iterable
from datetime import date
from typing import assert_never

from domain.command_context import Actor
from domain.customer.decider import must_be_registered
from domain.customer.state import Customer
from domain.erasure import commands as c
from domain.erasure import events as e
from domain.erasure.second_person import problem_of_second_person, recorder_of
from domain.erasure.state import Erasure, LegalHold
from domain.refusal import Refusal
from domain.text_folding import fold_code

ErasureEvents = list[e.ErasureEvent]


def decide_with_customer(  # noqa: PLR0911 -- one case a command
    command: c.CustomerErasureCommand,
    erasure: Erasure,
    customer: Customer,
    of_absorbed: Iterable[Erasure],
    by: Actor,
    today: date,
) -> ErasureEvents:
    """The events of a command that concerns the customer. ``of_absorbed`` are those of customers merged into it.

    ``today`` is the tenant's local day.
    Raises Refusal.
    """
    if isinstance(command, c.StartErasure) and erasure.begun:
        return []
    must_be_registered(customer)
    if erasure.begun:
        raise Refusal("erased", "the personal data of the customer is erased; nothing is left to do", erasure.state)
    match command:
        case c.RequestErasure():
            if erasure.state in {"requested", "verified", "approved"}:
                return []
            return [e.ErasureRequested(**command.facts(), by=by.person, recorded_by=recorder_of(by))]
        case c.PlaceLegalHold(hold=hold, why=why, until=until):
            if LegalHold(hold, why, until) in erasure.holds:
                return []
            _must_not_be_over(until, today, erasure.state)
            return [e.LegalHoldPlaced(**command.facts())]
        case c.ApproveErasure(retained=retained):
            if erasure.state == "approved":
                return []
            _must_be(erasure, {"verified"}, "only a verified request can be approved; verify the identity first")
            _must_be_another(erasure, by)
            _must_not_be_kept([erasure, *of_absorbed], retained, erasure.state, today)
            return [e.ErasureApproved(by=by.person)]
        case c.StartErasure(retained=retained):
            _must_be(erasure, {"approved"}, "only an approved erasure can be run; a second person approves it first")
            _must_not_be_kept([erasure, *of_absorbed], retained, erasure.state, today)
            return [e.ErasureStarted()]
        case _:
            assert_never(command)


def decide(command: c.ErasureCommand, erasure: Erasure, by: Actor) -> ErasureEvents:  # noqa: C901, PLR0911, PLR0912 -- one case a command
    """The events of a command that an erasure decides alone. Raises Refusal."""
    match command:
        case c.VerifyErasure(how=how):
            if erasure.state == "verified":
                return []
            _must_be(erasure, {"requested"}, "only an open request can be verified; request the erasure first")
            return [e.ErasureVerified(how=how, by=by.person, recorded_by=recorder_of(by))]
        case c.RefuseErasure(why=why):
            if erasure.state == "refused":
                return []
            _must_be_open(erasure, "refused")
            return [e.ErasureRefused(why=why)]
        case c.WithdrawErasure(why=why):
            if erasure.state == "withdrawn":
                return []
            _must_be_open(erasure, "withdrawn")
            return [e.ErasureWithdrawn(why=why)]
        case c.ReleaseLegalHold(hold=hold, why=why):
            if not any(fold_code(other.hold) == fold_code(hold) for other in erasure.holds):
                raise Refusal("hold_unknown", f"there is no legal hold {hold} on the customer", erasure.state)
            return [e.LegalHoldReleased(hold=hold, why=why)]
        case c.RecordKeysDestroyed(fingerprints=fingerprints, readable=readable):
            if erasure.state in {"keys_destroyed", "certified"}:
                return []
            must_be_started(erasure)
            return [e.KeysDestroyed(fingerprints=fingerprints, readable=readable)]
        case c.CertifyErasure(position=position, streams=streams):
            if erasure.state == "certified":
                return []
            _must_be(erasure, {"keys_destroyed"}, "an erasure is certified after its keys are destroyed")
            return [e.ErasureCertified(position=position, streams=streams)]
        case _:
            assert_never(command)


def must_be_started(erasure: Erasure) -> None:
    """Raises Refusal unless streams are being closed."""
    _must_be(erasure, {"started"}, "streams are closed while the erasure runs; run it first")


def _must_be(erasure: Erasure, states: set[str], rule: str) -> None:
    if erasure.state not in states:
        if erasure.state == "none":
            raise Refusal("erasure_unknown", "no erasure of the customer is requested; request it first", erasure.state)
        raise Refusal("erasure_state", rule, erasure.state)


def _must_be_open(erasure: Erasure, done: str) -> None:
    _must_be(erasure, {"requested", "verified", "approved"}, f"only a request that is not run yet can be {done}")


def _must_be_another(erasure: Erasure, by: Actor) -> None:
    if rule := problem_of_second_person(by, erasure.involved):
        raise Refusal("second_person_needed", rule, erasure.state)


def _must_not_be_over(until: date | None, today: date, state: str) -> None:
    if until is not None and until < today:
        raise Refusal("hold_is_past", f"the last day of the hold, {until}, lies in the past; give a later one", state)


def _must_not_be_kept(erasures: Iterable[Erasure], retained: tuple[str, ...], state: str, today: date) -> None:
    """Raises Refusal with the legal hold, or with the retention rules, that forbid the erasure."""
    for erasure in erasures:
        if hold := erasure.hold_on(today):
            until = "" if hold.until is None else f" until {hold.until}"
            rule = f"the legal hold {hold.hold} keeps the data{until}: {hold.why}"
            raise Refusal("legal_hold", rule, state)
    if retained:
        raise Refusal("retention", "; ".join(retained), state)
