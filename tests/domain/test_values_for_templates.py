"""The values for the placeholders of a template that a rule takes from its event."""

from datetime import datetime

import pytest

from domain.automation.definition import AutomationRule
from domain.automation.facts import Facts
from domain.automation.firing import NamedRule, Trigger, judge_rule
from domain.customer.facts.events import NpsAnswered, OfferMade, PurchasedItem, PurchaseRecorded
from domain.messages import Event
from domain.notification.commands import RequestNotification
from domain.ticket import events as e
from tests.support.events import CUSTOMER, NOON, START, at, history

ITEMS = (PurchasedItem(name="Máy lọc", total=1), PurchasedItem(name="Lõi lọc", total=1))


def local(instant: datetime) -> str:
    return f"at {instant:%H:%M}"


@pytest.mark.parametrize(
    ("event", "values"),
    [
        (NpsAnswered(score=0), {"rating": "0"}),
        (e.SatisfactionRated(score=2), {"rating": "2"}),
        (e.ExpectedByTold(expected_by=NOON), {"expected_by": "at 12:00"}),
        (e.CallbackPromised(at=NOON), {"callback_at": "at 12:00"}),
        (OfferMade(offer_id="o-1", product="CRM"), {"product": "CRM"}),
        (OfferMade(offer_id="o-1", product="x" * 1_001), {"product": "x" * 1_000}),
        (
            PurchaseRecorded(purchase_id="HD-1", items=ITEMS, total=2, currency="VND"),
            {"purchase": "HD-1", "product": "Máy lọc, Lõi lọc"},
        ),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_template_gets_what_stands_in_the_event(event: Event, values: dict[str, str]) -> None:
    happened = history(at(0, event), ticket=CUSTOMER)
    notify = {"do": "notify", "to": "agent:lan", "channel": "email", "template": "welcome"}
    rule = NamedRule("r", 1, 0, START, AutomationRule.model_validate({"on": [event.topic], "then": [notify]}))
    facts = Facts(value_of=lambda _condition: None, local=local)
    (given,) = judge_rule(rule, Trigger(happened[0]), happened, facts, happened[0].recorded_at).then
    assert isinstance(given.command, RequestNotification)
    assert given.command.data == values
