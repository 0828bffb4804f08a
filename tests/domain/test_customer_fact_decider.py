"""What each command about a customer's facts leads to: it acts, it stays quiet, or it is refused."""

from datetime import date
from typing import Any, get_args
from uuid import UUID

import pytest

from domain.command_handling.customer_stream import CustomerStream, evolve
from domain.customer import events as who
from domain.customer.facts import commands as c
from domain.customer.facts import decider
from domain.customer.facts import events as e
from domain.customer.facts.activity_claim import ActivityClaim
from domain.customer.facts.state import CustomerFacts
from domain.customer.state import Customer
from domain.envelope import NewEvent
from domain.event_log.reader import CODEC
from domain.messages import Command, Event
from domain.refusal import Refusal
from tests.support.events import CUSTOMER, OTHER_CUSTOMER, TICKET, at, envelope, instant
from tests.support.specification import Specification

given = Specification(
    CustomerStream(), evolve, lambda command, state, _by: decider.decide(command, state.customer, state.facts)
).given

LAN = who.CustomerRegistered(name="Lan")
FILTER: dict[str, Any] = {"name": "Filter", "total": 500}
SOLD: dict[str, Any] = {"name": "Filter", "quantity": 1, "total": 500, "sku": None}
BUY = c.RecordPurchase(purchase_id="1", items=(c.Item(**FILTER),), total=500, currency="VND")
BOUGHT = e.PurchaseRecorded(purchase_id="1", items=(e.PurchasedItem(**SOLD),), total=500, currency="VND")
CHEAPER = c.CorrectPurchase(purchase_id="1", items=(c.Item(**FILTER),), total=450, currency="VND", reason="discount")
CORRECTED = e.PurchaseCorrected(purchase_id="1", items=(e.PurchasedItem(**SOLD),), total=450, currency="VND")
PART = e.PurchaseReturned(purchase_id="1", total=100, whole=False)
WHOLE = e.PurchaseReturned(purchase_id="1", total=500, whole=True)
SERVICED = e.PurchaseServiced(purchase_id="1", on=date(2026, 9, 2))
OFFER = c.MakeOffer(offer_id="o", product="Gold", value=9, currency="VND")
OFFERED = e.OfferMade(offer_id="o", product="Gold", value=9, currency="VND")
ACCEPTED, DECLINED = e.OfferAccepted(offer_id="o"), e.OfferDeclined(offer_id="o")
CONSENT = c.GiveConsent(purpose="marketing", evidence="form")
CONSENTED = e.ConsentGiven(purpose="marketing", evidence="form")
WITHDRAWN = e.ConsentWithdrawn(purpose="marketing")
BIRTHDAY = c.RecordDate(name="birthday", day=29, month=2)
BORN = e.DateRecorded(name="birthday", day=29, month=2)

ACTS: list[tuple[tuple[Event, ...], Command, Event]] = [
    ((), BUY, BOUGHT),
    ((BOUGHT,), CHEAPER, CORRECTED),
    ((BOUGHT, PART), CHEAPER, CORRECTED),
    ((BOUGHT,), c.ReturnPurchase(purchase_id="1", total=100), PART),
    ((BOUGHT, PART), c.ReturnPurchase(purchase_id="1", total=100), PART),
    ((BOUGHT,), c.ReturnPurchase(purchase_id="1", total=500, whole=True), WHOLE),
    ((BOUGHT,), c.ServicePurchase(purchase_id="1", on=date(2026, 9, 2)), SERVICED),
    ((), OFFER, OFFERED),
    ((OFFERED,), c.AcceptOffer(offer_id="o"), ACCEPTED),
    ((OFFERED,), c.DeclineOffer(offer_id="o"), DECLINED),
    ((), c.AnswerNps(score=0), e.NpsAnswered(score=0)),
    ((e.NpsAnswered(score=9),), c.AnswerNps(score=9), e.NpsAnswered(score=9)),
    ((e.NpsAnswered(score=9, wave="Q1"),), c.AnswerNps(score=8, wave="Q1"), e.NpsAnswered(score=8, wave="Q1")),
    ((e.NpsAnswered(score=9, wave="Q1"),), c.AnswerNps(score=9, ticket=TICKET), e.NpsAnswered(score=9, ticket=TICKET)),
    ((), c.RecordCheckIn(channel="phone", summary="Fine"), e.CheckInRecorded(channel="phone", summary="Fine")),
    ((), c.AddCustomerNote(about="care", body="Call late"), e.CustomerNoteAdded(about="care", body="Call late")),
    ((), CONSENT, CONSENTED),
    ((CONSENTED, WITHDRAWN), CONSENT, CONSENTED),
    ((), c.WithdrawConsent(purpose="survey"), e.ConsentWithdrawn(purpose="survey")),
    ((CONSENTED,), c.WithdrawConsent(purpose="marketing", channels=("email",)),
     e.ConsentWithdrawn(purpose="marketing", channels=("email",))),
    ((CONSENTED, e.ConsentWithdrawn(purpose="marketing", channels=("email",))), CONSENT, CONSENTED),
    ((), BIRTHDAY, BORN),
    ((BORN,), c.RecordDate(name="birthday", day=28, month=2), e.DateRecorded(name="birthday", day=28, month=2)),
    ((BORN,), c.RemoveDate(name="birthday"), e.DateRemoved(name="birthday")),
]  # fmt: skip

QUIET: list[tuple[tuple[Event, ...], Command]] = [
    ((BOUGHT,), BUY),
    ((BOUGHT, CORRECTED), CHEAPER),
    ((BOUGHT, WHOLE), c.ReturnPurchase(purchase_id="1", total=500, whole=True)),
    ((BOUGHT, SERVICED), c.ServicePurchase(purchase_id="1", on=date(2026, 9, 2))),
    ((OFFERED, ACCEPTED), OFFER),
    ((OFFERED, ACCEPTED), c.AcceptOffer(offer_id="o")),
    ((OFFERED, DECLINED), c.DeclineOffer(offer_id="o")),
    ((e.NpsAnswered(score=9, wave="Q1"),), c.AnswerNps(score=9, wave="Q1")),
    ((CONSENTED,), CONSENT),
    ((CONSENTED,), c.GiveConsent(purpose="marketing", channels=("email",), evidence="form")),
    ((CONSENTED, WITHDRAWN), c.WithdrawConsent(purpose="marketing")),
    ((CONSENTED, WITHDRAWN), c.WithdrawConsent(purpose="marketing", channels=("zalo",))),
    ((BORN,), BIRTHDAY),
    ((), c.RemoveDate(name="birthday")),
]

REFUSED: list[tuple[tuple[Event, ...], Command, str]] = [
    ((BOUGHT, CORRECTED), BUY, "purchase_exists"),
    ((), CHEAPER, "purchase_unknown"),
    ((), c.ReturnPurchase(purchase_id="1", total=1), "purchase_unknown"),
    ((), c.ServicePurchase(purchase_id="1", on=date(2026, 9, 2)), "purchase_unknown"),
    ((BOUGHT, PART), c.ReturnPurchase(purchase_id="1", total=401), "returned_more_than_bought"),
    ((BOUGHT, WHOLE), c.ReturnPurchase(purchase_id="1", total=1), "purchase_returned"),
    ((BOUGHT, WHOLE), CHEAPER, "returned_more_than_bought"),
    ((BOUGHT, PART), CHEAPER.model_copy(update={"currency": "USD"}), "currency_differs"),
    ((BOUGHT, WHOLE), c.ServicePurchase(purchase_id="1", on=date(2026, 9, 2)), "purchase_returned"),
    ((OFFERED,), OFFER.model_copy(update={"product": "Silver"}), "offer_exists"),
    ((), c.AcceptOffer(offer_id="o"), "offer_unknown"),
    ((e.OfferMade(offer_id="o", product="Gold"),), c.AcceptOffer(offer_id="o", value=5), "value_without_currency"),
    ((), c.DeclineOffer(offer_id="o"), "offer_unknown"),
    ((OFFERED, DECLINED), c.AcceptOffer(offer_id="o"), "offer_answered"),
    ((OFFERED, ACCEPTED), c.AcceptOffer(offer_id="o", value=8), "offer_answered"),
    ((OFFERED, ACCEPTED), c.DeclineOffer(offer_id="o"), "offer_answered"),
]


@pytest.mark.parametrize(("history", "command", "event"), ACTS)
def test_a_command_acts(history: tuple[Event, ...], command: Command, event: Event) -> None:
    given(LAN, *history).when(command).then(event)


@pytest.mark.parametrize(("history", "command"), QUIET)
def test_a_command_stays_quiet_when_what_it_asks_is_so_already(history: tuple[Event, ...], command: Command) -> None:
    given(LAN, *history).when(command).then_quiet()


@pytest.mark.parametrize(("history", "command", "code"), REFUSED)
def test_a_command_is_refused(history: tuple[Event, ...], command: Command, code: str) -> None:
    given(LAN, *history).when(command).then_refused(code)


@pytest.mark.parametrize("command", {type(command): command for _, command, _ in ACTS}.values())
def test_nothing_is_recorded_of_an_unknown_or_a_merged_customer(command: Command) -> None:
    given().when(command).then_refused("customer_unknown")
    given(LAN, who.CustomerMerged(into=OTHER_CUSTOMER)).when(command).then_refused("customer_merged")


def test_every_command_is_specified() -> None:
    commands: set[type[Command]] = set(get_args(c.FactCommand))
    assert {type(command) for _, command, _ in ACTS} == commands
    assert {type(command) for _, command in QUIET} == commands.difference({c.RecordCheckIn, c.AddCustomerNote})


def test_a_consent_that_was_given_earlier_than_the_recorded_one_is_recorded() -> None:
    earlier = CONSENT.model_copy(update={"occurred_at": instant(-60)})
    given(LAN, at(1, CONSENTED)).when(earlier).then(CONSENTED)


def test_a_late_word_does_not_replace_a_newer_one() -> None:
    history = given(LAN, at(10, CONSENTED), at(5, WITHDRAWN, recorded=20))
    history.when(CONSENT).then_quiet()
    history.when(c.WithdrawConsent(purpose="marketing")).then(WITHDRAWN)


def test_an_activity_is_recorded_once_whoever_it_is_told_of_again() -> None:
    lan = Customer(state="registered")
    seen = c.RecordActivity(source="shop", external_id="9", kind="visit", title="Warranty", data={"page": 1})
    recorded, claimed = decider.decide_activity(seen, CUSTOMER, lan, ActivityClaim())
    assert recorded == [e.ActivityRecorded(**seen.facts())]
    assert claimed == [e.ActivityClaimed(customer_id=CUSTOMER)]
    for customer in (CUSTOMER, OTHER_CUSTOMER):
        assert decider.decide_activity(seen, customer, lan, ActivityClaim(CUSTOMER)) == ([], [])
    with pytest.raises(Refusal, match="was merged into"):
        decider.decide_activity(seen, CUSTOMER, Customer(state="merged", merged_into=UUID(int=9)), ActivityClaim())


def test_facts_that_no_decision_needs_leave_no_trace_in_the_state() -> None:
    silent = (
        e.CheckInRecorded(channel="phone", summary="s"),
        e.CustomerNoteAdded(about="care", body="b"),
        e.ActivityRecorded(source="s", external_id="1", kind="k", title="t"),
        e.NpsAnswered(score=3),
    )
    assert given(LAN, *silent).state.facts == CustomerFacts()


@pytest.mark.parametrize(
    "wrong",
    [
        {"command": c.AnswerNps, "score": 11},
        {"command": c.AnswerNps, "score": -1},
        {"command": c.AnswerNps, "score": 9.5},
        {"command": c.RecordDate, "name": "birthday", "day": 30, "month": 2},
        {"command": c.RecordDate, "name": "birthday", "day": 29, "month": 2, "year": 2025},
        {"command": c.RecordDate, "name": "birthday", "day": 31, "month": 1, "lunar": True},
        {"command": c.MakeOffer, "offer_id": "o", "product": "p", "value": 3},
        {"command": c.GiveConsent, "purpose": "service", "evidence": "none is needed"},
        {"command": c.ReturnPurchase, "purchase_id": "1", "total": -1},
        {"command": c.RecordActivity, "source": "s", "external_id": "1", "kind": "k", "title": "t",
         "data": {"x": "y" * 16 * 1024}},
        {"command": c.RecordActivity, "source": "s", "external_id": "1", "kind": "k", "title": "t",
         "data": {"x": ["\x00"]}},
        {"command": c.RecordActivity, "source": "s", "external_id": "1", "kind": "k", "title": "t",
         "data": {"x": [float("inf")]}},
    ],
)  # fmt: skip
def test_what_no_customer_can_do_is_malformed(wrong: dict[str, object]) -> None:
    command = wrong.pop("command")
    assert isinstance(command, type)
    with pytest.raises(ValueError, match="validation error"):
        command(**wrong)


def nested(levels: int) -> c.RecordActivity:
    data = '{"a":' * levels + "1" + "}" * levels
    written = '{"source": "s", "external_id": "1", "kind": "k", "title": "t", "data": %s}'
    return c.RecordActivity.model_validate_json(written % data)


def test_data_that_nests_as_deep_as_is_taken_can_be_read_from_the_log() -> None:
    event = e.ActivityRecorded(**nested(32).facts())
    text = CODEC.encode(NewEvent(CUSTOMER, 2, envelope(event), event))
    assert CODEC.decode(1, CUSTOMER, 2, event.topic, instant(0), text).payload == event
    for levels in (33, 199):
        with pytest.raises(ValueError, match="deeper than 32 levels"):
            nested(levels)
