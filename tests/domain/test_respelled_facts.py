"""A metric, a milestone, a purchase, a date and a role that are written otherwise are the same ones."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from domain.contract import commands as contract
from domain.contract import decider as contract_decider
from domain.contract.events import ProgressRecorded
from domain.contract.state import Contract, Term
from domain.customer.commands import JoinOrganisation
from domain.customer.facts import commands as facts
from domain.customer.facts import decider as fact_decider
from domain.customer.facts import events as fact_events
from domain.customer.facts.state import AnnualDay, CustomerFacts, evolve
from domain.customer.joining import decide_joining
from domain.customer.memberships import MembershipChange
from domain.customer.state import Customer
from domain.text_folding import as_known, same_name
from domain.usage import decider as usage_decider
from domain.usage.commands import RecordUsage
from domain.usage.state import Usage
from tests.support.events import CUSTOMER, NOON, OTHER_CUSTOMER
from tests.support.respelling import respelled

LAN = Customer(state="registered")
ITEM = facts.Item(name="Filter", total=10)
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
TERM = Term(1, MONDAY, date(2027, 3, 1), 10, "VND")


@given(respelled("cuộc gọi đi"))
def test_the_days_of_a_metric_keep_its_first_spelling(metric: str) -> None:
    usage = Usage("CRM", {"cuộc gọi đi": {MONDAY: (5, None)}})
    again = RecordUsage(product="CRM", metric=metric, day=MONDAY, value=5)
    assert usage_decider.decide(again, CUSTOMER, LAN, usage) == []
    (event,) = usage_decider.decide(again.model_copy(update={"day": TUESDAY}), CUSTOMER, LAN, usage)
    assert event.metric == "cuộc gọi đi"


@given(respelled("bàn giao mặt bằng"))
def test_a_milestone_keeps_its_first_spelling(milestone: str) -> None:
    signed = Contract("running", CUSTOMER, (TERM,), milestones={"bàn giao mặt bằng": (False, TUESDAY)})
    planned = contract.RecordProgress(milestone=milestone, done=False, due_on=TUESDAY)
    assert contract_decider.decide(planned, signed, MONDAY) == []
    done = planned.model_copy(update={"done": True})
    expected = ProgressRecorded(milestone="bàn giao mặt bằng", done=True, due_on=TUESDAY)
    assert contract_decider.decide(done, signed, MONDAY) == [expected]


@given(respelled("ngày giỗ"))
def test_a_date_keeps_its_first_spelling_and_is_removed_in_any(name: str) -> None:
    known = CustomerFacts(dates={"ngày giỗ": AnnualDay(10, 3, None, lunar=True)})
    same = facts.RecordDate(name=name, day=10, month=3, lunar=True)
    assert fact_decider.decide(same, LAN, known) == []
    moved = fact_decider.decide(same.model_copy(update={"day": 11}), LAN, known)
    assert moved == [fact_events.DateRecorded(name="ngày giỗ", day=11, month=3, lunar=True)]
    removed = fact_decider.decide(facts.RemoveDate(name=name), LAN, known)
    assert removed == [fact_events.DateRemoved(name="ngày giỗ")]


@given(respelled("đơn hàng-số 7"))
def test_a_purchase_keeps_the_first_spelling_of_its_id(purchase_id: str) -> None:
    bought = facts.RecordPurchase(purchase_id="đơn hàng-số 7", items=(ITEM,), total=10, currency="VND")
    known = _after(CustomerFacts(), fact_decider.decide(bought, LAN, CustomerFacts()))
    assert fact_decider.decide(bought.model_copy(update={"purchase_id": purchase_id}), LAN, known) == []
    back = facts.ReturnPurchase(purchase_id=purchase_id, total=10, whole=True, reason="broken")
    (event,) = fact_decider.decide(back, LAN, known)
    assert event == fact_events.PurchaseReturned(purchase_id="đơn hàng-số 7", total=10, whole=True)


@given(respelled("ưu đãi-hè"))
def test_an_offer_keeps_the_first_spelling_of_its_id(offer_id: str) -> None:
    made = facts.MakeOffer(offer_id="ưu đãi-hè", product="Two filters")
    known = _after(CustomerFacts(), fact_decider.decide(made, LAN, CustomerFacts()))
    assert fact_decider.decide(made.model_copy(update={"offer_id": offer_id}), LAN, known) == []
    declined = fact_decider.decide(facts.DeclineOffer(offer_id=offer_id), LAN, known)
    assert declined == [fact_events.OfferDeclined(offer_id="ưu đãi-hè")]


def _after(known: CustomerFacts, events: list[fact_events.CustomerFact]) -> CustomerFacts:
    for event in events:
        known = evolve(known, event, NOON)
    return known


@given(respelled("kế toán trưởng"))
def test_a_role_written_otherwise_changes_nothing(role: str) -> None:
    joined = MembershipChange(NOON, OTHER_CUSTOMER, member=True, role="kế toán trưởng")
    person = LAN._replace(memberships=(joined,))
    command = JoinOrganisation(organisation=OTHER_CUSTOMER, role=role)
    assert decide_joining(command, person, LAN._replace(party="organisation"), NOON) == []


LETTERS = st.text("ab \u0301\t-\u2010", max_size=5)


@given(st.lists(LETTERS), LETTERS)
def test_a_name_is_said_as_it_is_known_or_as_it_is_written(known: list[str], name: str) -> None:
    spelled = as_known(name, known)
    assert same_name(spelled, name)
    assert spelled in known or (spelled == name and not any(same_name(other, name) for other in known))
