"""What each command to a contract leads to in each state, and the days of its terms."""

from datetime import date, datetime, timedelta
from typing import Any, get_args

import pytest

from domain.contract import commands as c
from domain.contract import decider
from domain.contract import events as e
from domain.contract.lapse import lapse_of
from domain.contract.state import Contract, evolve
from domain.contract.term_days import end_day_of
from domain.customer.state import Customer
from domain.days import months_later
from domain.messages import LAST_DAY, Command, Event
from domain.refusal import Refusal
from domain.zones import TimeZone, zone_named
from tests.support.events import AGENT, CUSTOMER, IMPORT, OTHER_CUSTOMER, Fact, history
from tests.support.specification import Specification

HANOI = zone_named("Asia/Ho_Chi_Minh")
REGISTERED = Customer(state="registered")
SIGN = c.SignContract(
    number="1", customer_id=CUSTOMER, starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 31), value=9, currency="VND"
)
SIGNED = e.ContractSigned(**SIGN.facts())
DURING, LAST_OF_TERM = date(2026, 1, 15), date(2026, 1, 31)
LAST_OF_GRACE, AFTER_GRACE = date(2026, 3, 2), date(2026, 3, 3)
RENEW = c.RenewContract(months=1)
AMEND = c.AmendContract(value=12, reason="more seats")
AMENDED = e.ContractAmended(ends_on=LAST_OF_TERM, value=12, currency="VND", auto_renews=False, owner=None)
DONE = e.ProgressRecorded(milestone="go-live", done=True)
PROGRESS = c.RecordProgress(milestone="go-live", done=True)
LAPSE, LAPSED = c.RecordLapse(term=1), e.ContractLapsed(term=1)
TERMINATE = c.TerminateContract(on=DURING, reason="closes down")
TERMINATED = e.ContractTerminated(term=1, on=DURING)
FIRST_OF_NEXT = date(2026, 2, 1)
IN_NEXT_TERM = e.ContractTerminated(term=2, on=FIRST_OF_NEXT)


def renewed(term: int = 2, starts: date = date(2026, 2, 1), ends: date = date(2026, 2, 28), **fields: Any) -> Event:
    facts: dict[str, Any] = {"value": 9, "currency": "VND", "end_day": 31} | fields
    return e.ContractRenewed(term=term, starts_on=starts, ends_on=ends, **facts)


IN: dict[str, tuple[Event, ...]] = {
    "running": (SIGNED,),
    "renewed": (SIGNED, renewed()),
    "lapsed": (SIGNED, LAPSED),
    "terminated": (SIGNED, TERMINATED),
}
Cell = tuple[str, Command, date]

ACTS: list[tuple[Cell, Event]] = [
    (("running", AMEND, DURING), AMENDED),
    (("renewed", AMEND, DURING), AMENDED.model_copy(update={"ends_on": date(2026, 2, 28)})),
    (("running", AMEND, LAST_OF_GRACE), AMENDED),
    (("running", PROGRESS, DURING), DONE),
    (("running", PROGRESS, LAST_OF_GRACE), DONE),
    (("renewed", PROGRESS, DURING), DONE),
    (("running", RENEW, DURING), renewed()),
    (("running", RENEW, LAST_OF_TERM), renewed()),
    (("running", RENEW, LAST_OF_GRACE), renewed(late=True)),
    (("renewed", RENEW, DURING), renewed(3, date(2026, 3, 1), date(2026, 3, 31))),
    (("lapsed", RENEW, LAST_OF_GRACE), renewed(late=True)),
    (("running", TERMINATE, DURING), TERMINATED),
    (("renewed", TERMINATE, DURING), TERMINATED),
    (("renewed", c.TerminateContract(on=FIRST_OF_NEXT, reason="closes down"), DURING), IN_NEXT_TERM),
    (("running", LAPSE, AFTER_GRACE), LAPSED),
    (("renewed", c.RecordLapse(term=2), date(2026, 3, 31)), e.ContractLapsed(term=2)),
]

QUIET: list[Cell] = [
    ("running", c.AmendContract(value=9, reason="none"), DURING),
    ("lapsed", c.AmendContract(value=9, reason="none"), DURING),
    ("terminated", c.AmendContract(value=9, reason="none"), DURING),
    ("renewed", c.RenewContract(months=1, term=2), DURING),
    ("terminated", TERMINATE, DURING),
    ("lapsed", LAPSE, AFTER_GRACE),
]

REFUSED: list[tuple[Cell, str]] = [
    (("lapsed", AMEND, AFTER_GRACE), "contract_ended"),
    (("terminated", AMEND, DURING), "contract_ended"),
    (("lapsed", PROGRESS, AFTER_GRACE), "contract_ended"),
    (("terminated", PROGRESS, DURING), "contract_ended"),
    (("running", RENEW, AFTER_GRACE), "grace_over"),
    (("lapsed", RENEW, AFTER_GRACE), "grace_over"),
    (("terminated", RENEW, DURING), "contract_terminated"),
    (("renewed", c.RenewContract(months=2, term=2), DURING), "term_exists"),
    (("running", c.RenewContract(months=1, term=1), DURING), "term_exists"),
    (("running", c.RenewContract(months=1, term=3), DURING), "term_ahead"),
    (("running", c.RenewContract(ends_on=LAST_OF_TERM), DURING), "ends_before_it_starts"),
    (("running", c.AmendContract(ends_on=date(2025, 12, 31), reason="r"), DURING), "ends_before_it_starts"),
    (("running", c.AmendContract(currency="USD", reason="r"), DURING), "currency_without_value"),
    (("lapsed", TERMINATE, AFTER_GRACE), "contract_ended"),
    (("terminated", TERMINATE.model_copy(update={"on": LAST_OF_TERM}), DURING), "contract_ended"),
    (("running", TERMINATE.model_copy(update={"on": date(2026, 2, 1)}), DURING), "not_a_day_of_the_contract"),
    (("running", TERMINATE.model_copy(update={"on": date(2025, 12, 31)}), DURING), "not_a_day_of_the_contract"),
    (("running", LAPSE, LAST_OF_GRACE), "grace_not_over"),
    (("running", c.RecordLapse(term=2), AFTER_GRACE), "grace_not_over"),
    (("renewed", LAPSE, AFTER_GRACE), "term_renewed"),
    (("terminated", LAPSE, AFTER_GRACE), "contract_ended"),
    (("running", AMEND, AFTER_GRACE), "grace_over"),
]


def given(state: str, on: date) -> Any:
    specification = Specification(Contract(), evolve, lambda command, now, _by: decider.decide(command, now, on))
    return specification.given(*IN.get(state, ()))


@pytest.mark.parametrize(("cell", "event"), ACTS)
def test_a_command_acts(cell: Cell, event: Event) -> None:
    state, command, on = cell
    given(state, on).when(command).then(event)


@pytest.mark.parametrize("cell", QUIET)
def test_a_command_stays_quiet_when_what_it_asks_is_so_already(cell: Cell) -> None:
    state, command, on = cell
    given(state, on).when(command).then_quiet()


@pytest.mark.parametrize(("cell", "code"), REFUSED)
def test_a_command_is_refused(cell: Cell, code: str) -> None:
    state, command, on = cell
    given(state, on).when(command).then_refused(code)


@pytest.mark.parametrize("command", {type(cell[1]): cell[1] for cell, _ in ACTS}.values())
def test_nothing_can_be_asked_of_a_contract_that_was_not_signed(command: Command) -> None:
    given("none", DURING).when(command).then_refused("contract_unknown")


def test_every_cell_is_specified() -> None:
    cells = [*(cell for cell, _ in ACTS), *QUIET, *(cell for cell, _ in REFUSED)]
    specified = {(type(command), state) for state, command, _ in cells}
    assert specified == {(command, state) for command in get_args(c.ContractCommand) for state in IN}


def test_a_contract_is_signed_once_with_a_registered_customer() -> None:
    assert decider.decide_signing(SIGN, Contract(), REGISTERED, None, DURING) == [SIGNED]
    for contract, customer, code in (
        (folded(SIGNED), REGISTERED, "contract_exists"),
        (Contract(), Customer(), "customer_unknown"),
        (Contract(), Customer(state="merged", merged_into=OTHER_CUSTOMER), "customer_merged"),
    ):
        with pytest.raises(Refusal) as refused:
            decider.decide_signing(SIGN, contract, customer, None, DURING)
        assert refused.value.code == code


def test_a_contract_signed_on_the_last_day_of_grace_is_a_late_renewal_and_no_new_contract() -> None:
    with pytest.raises(Refusal) as refused:
        decider.decide_signing(SIGN, Contract(), REGISTERED, folded(SIGNED), LAST_OF_GRACE)
    assert refused.value.code == "contract_not_ended"


@pytest.mark.parametrize(("state", "on"), [("running", AFTER_GRACE), ("lapsed", AFTER_GRACE), ("terminated", DURING)])
def test_a_new_contract_wins_back_one_that_has_ended(state: str, on: date) -> None:
    assert decider.decide_signing(SIGN, Contract(), REGISTERED, folded(*IN[state]), on) == [SIGNED]


@pytest.mark.parametrize(
    ("customer", "code"),
    [
        (REGISTERED, "contract_of_another"),
        (Customer(state="registered", absorptions=((OTHER_CUSTOMER, ()),)), None),
    ],
)
def test_only_a_contract_of_the_same_customer_is_won_back(customer: Customer, code: str | None) -> None:
    others = folded(SIGNED.model_copy(update={"customer_id": OTHER_CUSTOMER}), LAPSED)
    try:
        answer: object = decider.decide_signing(SIGN, Contract(), customer, others, AFTER_GRACE)
    except Refusal as refused:
        answer = refused.code
    assert answer == (code or [SIGNED])


def test_a_term_has_no_end_that_cannot_be_computed() -> None:
    signing = SIGN.model_dump() | {"ends_on": "9999-12-31"}
    with pytest.raises(ValueError, match="choose a day from 1900-01-01 to 2999-12-31"):
        c.SignContract(**signing)
    last = SIGNED.model_copy(update={"ends_on": LAST_DAY})
    assert lapse_of(history(fact(last)), zones) is not None
    with pytest.raises(Refusal) as refused:
        decider.decide(c.RenewContract(months=1_200), folded(last), DURING)
    assert refused.value.code == "ends_too_late"
    (renewed,) = decider.decide(c.RenewContract(ends_on=LAST_DAY), folded(SIGNED), DURING)
    assert isinstance(renewed, e.ContractRenewed)
    assert renewed.ends_on == LAST_DAY


def test_a_contract_that_ends_on_31_january_and_is_renewed_monthly_ends_on_the_last_day_of_each_month() -> None:
    ends = ends_of_renewals(SIGNED, 13)
    assert ends[:4] == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]
    assert ends[-1] == date(2027, 2, 28)


def test_a_contract_that_starts_on_29_february_ends_on_the_last_day_of_february_in_every_year() -> None:
    signed = SIGNED.model_copy(update={"starts_on": date(2024, 2, 29), "ends_on": date(2025, 2, 28)})
    assert ends_of_renewals(signed, 3, months=12) == [date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]


def test_a_contract_that_ends_on_the_30th_keeps_the_30th_behind_february() -> None:
    signed = SIGNED.model_copy(update={"ends_on": date(2026, 1, 30)})
    assert ends_of_renewals(signed, 2) == [date(2026, 2, 28), date(2026, 3, 30)]


def test_a_term_may_have_one_day() -> None:
    first_of_next = LAST_OF_TERM + timedelta(days=1)
    (renewed,) = decider.decide(c.RenewContract(ends_on=first_of_next), folded(SIGNED), DURING)
    assert renewed.ends_on == first_of_next  # type: ignore[union-attr]  # a renewal
    (amended,) = decider.decide(c.AmendContract(ends_on=SIGNED.starts_on, reason="r"), folded(SIGNED), DURING)
    assert amended.ends_on == SIGNED.starts_on  # type: ignore[union-attr]  # an amendment


def test_the_currency_may_change_with_its_value() -> None:
    (amended,) = decider.decide(c.AmendContract(value=5, currency="USD", reason="r"), folded(SIGNED), DURING)
    assert (amended.value, amended.currency) == (5, "USD")  # type: ignore[union-attr]  # an amendment
    (event,) = decider.decide(c.RenewContract(months=1, value=5, currency="USD"), folded(SIGNED), DURING)
    assert (event.value, event.currency) == (5, "USD")  # type: ignore[union-attr]  # a renewal
    with pytest.raises(ValueError, match="value in the new currency"):
        c.RenewContract(months=1, currency="USD")


@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2026, 2, 28), date(2028, 2, 29), date(2026, 4, 30)])
def test_the_end_day_of_the_last_day_of_a_month_is_the_last_day_of_any_month(day: date) -> None:
    assert (months_later(day, 1, end_day_of(day)) + timedelta(1)).day == 1


def test_a_lapse_is_due_when_the_day_after_the_grace_begins_in_the_tenant_s_zone() -> None:
    lapse = lapse_of(history(fact(SIGNED)), zones)
    assert lapse is not None
    assert (lapse.term, lapse.at) == (1, datetime(2026, 3, 3, tzinfo=HANOI))
    assert lapse_of(history(fact(SIGNED), fact(LAPSED)), zones) is None
    assert lapse_of(history(fact(SIGNED), fact(TERMINATED)), zones) is None
    later = lapse_of(history(fact(SIGNED), fact(renewed())), zones)
    assert later is not None
    assert (later.term, later.at) == (2, datetime(2026, 3, 31, tzinfo=HANOI))


def test_a_term_that_an_import_told_of_after_it_had_lapsed_is_not_announced() -> None:
    due = datetime(2026, 3, 3, tzinfo=HANOI)
    before, after = due - timedelta(microseconds=1), due
    assert lapse_of(history(Fact(before, SIGNED, IMPORT)), zones) is not None
    assert lapse_of(history(Fact(after, SIGNED, IMPORT)), zones) is None
    assert lapse_of(history(Fact(after, SIGNED, AGENT)), zones) is not None


def ends_of_renewals(signed: e.ContractSigned, times: int, months: int = 1) -> list[date]:
    contract = folded(signed)
    ends = []
    for _ in range(times):
        assert contract.term is not None
        (event,) = decider.decide(c.RenewContract(months=months), contract, contract.term.ends_on)
        contract = evolve(contract, event, datetime(2026, 1, 1, tzinfo=HANOI))
        assert contract.term is not None
        ends.append(contract.term.ends_on)
    return ends


def folded(*events: Event) -> Contract:
    contract = Contract()
    for event in events:
        contract = evolve(contract, event, datetime(2026, 1, 1, tzinfo=HANOI))
    return contract


def fact(payload: Event) -> Fact:
    return Fact(datetime(2026, 1, 1, tzinfo=HANOI), payload, AGENT)


def zones(_at: datetime) -> TimeZone:
    return HANOI
