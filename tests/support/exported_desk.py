"""A desk with something in most of the exported tables, written step by step."""

from collections.abc import Callable
from datetime import date

from domain.contract import commands as contract
from domain.customer import commands as customer
from domain.customer.facts import commands as fact
from domain.feedback.commands import NoteFeedback
from domain.ids import new_id
from domain.ticket import commands as ticket
from tests.support.told import LONG_AGO, Told, march, told

AWKWARD = '=HYPERLINK("http://x")\t@SUM(1)\r\nđ e\u0301 \U0001f600 \u202egnp <r><b>x</b></r>'
"""A text of a customer with what files trip over."""
_POLICY = {"name": "Desk", "rules": [{"customer_tier": ["gold"], "first_response": "1h"}, {"first_response": "48h"}]}


def steps(desk: Told) -> list[Callable[[], object]]:
    """What happens, each step after the one before. Later steps change what earlier ones exported."""
    an, binh, company, contract_id = desk.customer(), desk.customer("gold"), new_id(), new_id()
    of_an, of_binh = desk.ticket(march(2, 9), an), desk.ticket(march(2, 10), binh, priority="P1")

    def tell(stream: object, command: object) -> Callable[[], object]:
        return lambda: desk.send(stream, command)  # type: ignore[arg-type]  # as written below

    day = date(2026, 3, 1)
    return [
        lambda: desk.policy(_POLICY, march(1)),
        tell(company, customer.RegisterCustomer(name="Công ty A", party="organisation", occurred_at=LONG_AGO)),
        tell(an, customer.JoinOrganisation(organisation=company, role="buyer", main=True, occurred_at=march(1))),
        tell(an, customer.AddAddress(channel="email", handle="an@example.com", occurred_at=march(1))),
        lambda: desk.ticket(march(3, 9), an),
        tell(of_an, ticket.ReceiveMessage(body=AWKWARD, channel="email", occurred_at=march(3, 10))),
        tell(of_binh, ticket.AssignTicket(team="Hàng 1", agent="lan", occurred_at=march(3, 10))),
        tell(of_binh, ticket.ResolveTicket(resolution="done", code="solved", occurred_at=march(4))),
        tell(contract_id, contract.SignContract(
            number="C1", customer_id=an, starts_on=day, ends_on=date(2026, 12, 31), value=1_000_000_000_000_000,
            currency="VND", occurred_at=march(4),
        )),
        tell(an, fact.MakeOffer(offer_id="O1", product="plus", value=5, currency="VND", occurred_at=march(5))),
        tell(an, fact.AcceptOffer(offer_id="O1", occurred_at=march(6))),
        tell(an, fact.AnswerNps(score=9, comment=AWKWARD, occurred_at=march(6))),
        tell(new_id(), NoteFeedback(customer_id=an, theme="price", polarity="negative", occurred_at=march(6))),
        tell(an, fact.RecordDate(name="birthday", day=1, month=2, occurred_at=march(6))),
        tell(an, fact.RecordPurchase(
            purchase_id="P1", items=(fact.Item(name="box", total=5),), total=5, currency="VND", occurred_at=march(7),
        )),
        tell(an, fact.ServicePurchase(purchase_id="P1", on=date(2026, 3, 7), occurred_at=march(7))),
        tell(an, customer.MergeCustomer(into=binh, reason="same", occurred_at=march(8))),
        tell(binh, customer.ChangeCustomerDetails(name="Bình", occurred_at=march(9))),
        tell(binh, customer.ChangeTier(tier="standard", occurred_at=march(1))),
        tell(company, customer.ChangeCustomerDetails(name="Công ty B", occurred_at=march(9))),
        tell(an, customer.UndoCustomerMerge(into=binh, reason="not the same", occurred_at=march(10))),
        tell(an, customer.RemoveAddress(channel="email", handle="an@example.com", occurred_at=march(10))),
        tell(an, customer.LeaveOrganisation(organisation=company, occurred_at=march(10))),
        tell(an, fact.RemoveDate(name="birthday", occurred_at=march(10))),
    ]  # fmt: skip


def fill(dsn: str) -> None:
    """Makes all steps in a database, and follows them."""
    with told(dsn) as desk:
        for step in steps(desk):
            step()
        desk.follow()
