"""Every notification that a shipped rule requests has a value for each placeholder of its template."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.workers.automation_facts import gather
from domain.automation.definition import AutomationRule
from domain.automation.effects import Notify
from domain.automation.facts import Facts
from domain.automation.firing import NamedRule, Trigger, judge_rule
from domain.contract.commands import RecordProgress, SignContract
from domain.customer.commands import RegisterCustomer
from domain.customer.facts.commands import RecordDate, RecordPurchase
from domain.customer_figures.nps_wave import NpsWave
from domain.definitions.definition_file import read_definition_file
from domain.definitions.shipped import shipped_files
from domain.due.instance import DueInstance
from domain.due.registry import DUE_FUNCTIONS
from domain.due.time_context import TimeContext
from domain.envelope import RecordedEvent
from domain.ids import new_id
from domain.messages import Command
from domain.notification.commands import RequestNotification
from domain.sla import events as s
from domain.template.rendering import RenderedText, rendered
from domain.template.shipped_templates import ShippedTemplates
from domain.ticket import commands as t
from domain.ticket import events as e
from tests.support.automating import Automated, automated

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
WORKFORCE = {"teams": [{"name": "first line", "lead": "Hoa"}], "agents": [{"name": "an", "team": "first line"}]}
IN_MAY = datetime(2030, 5, 6, 3, tzinfo=UTC)
WAVES = {"spring": NpsWave(opens=IN_MAY, closes=IN_MAY + 30 * DAY)}
DUE_AND_OVER: dict[str, Any] = {"instance": 1, "activated_by": 1, "target": "resolution", "due_at": IN_MAY}
LIVES: Sequence[Sequence[Command]] = (
    (t.PutOnHold(waiting_for="customer", reason="asked"),),
    (t.PutOnHold(waiting_for="third_party", reason="asked"),),
    (t.PromiseCallback(at=IN_MAY), t.EscalateTicket(to="board", level=3, reason="angry")),
    (t.SendReply(body="one moment"), t.ReceiveMessage(body="still waiting")),
    (t.ResolveTicket(resolution="done", code="solved"), t.ReopenTicket(reason="not yet")),
    (t.ResolveTicket(resolution="done", code="solved"), t.RateSatisfaction(score=1)),
    (t.ResolveTicket(resolution="done", code="solved"),),
)
"""What happens to tickets, so that something becomes due of each kind."""
RULES: Mapping[str, AutomationRule] = {
    name: written.body
    for name, text in shipped_files("automation").items()
    if isinstance((written := read_definition_file(text)).body, AutomationRule)
    and any(isinstance(effect, Notify) for effect in written.body.then)
}


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Automated]:
    async with automated(database_url) as made:
        await made.publish("tenant", WORKFORCE, "workforce")
        yield made


async def happened(desk: Automated) -> list[UUID]:
    """A customer, a contract and tickets."""
    customer, contract = new_id(), new_id()
    await desk.ask(customer, RegisterCustomer(name="Lan", tier="vip"))
    for name in ("birthday", "anniversary"):
        await desk.ask(customer, RecordDate(name=name, day=7, month=5))
    for name in ("payment:rent", "appointment:visit"):
        await desk.ask(customer, RecordDate(name=name, day=7, month=5, year=2030))
    for number, month in enumerate((1, 3, 5)):
        item: Any = {"name": "Filter", "total": 9}
        bought = RecordPurchase(
            purchase_id=f"P-{number}", items=(item,), total=9, currency="VND", warranty_until=date(2030, 6, 1),
            service_every=6, occurred_at=datetime(2026, month, 2, tzinfo=UTC),
        )  # fmt: skip
        await desk.ask(customer, bought)
    signed = SignContract(
        customer_id=customer, number="HD-1", starts_on=date(2026, 1, 1), ends_on=date(2030, 12, 31), value=9,
        currency="VND", owner="Binh",
    )  # fmt: skip
    await desk.ask(contract, signed)
    await desk.ask(contract, RecordProgress(milestone="Go-live", done=False, due_on=date(2030, 5, 6)))
    tickets = []
    for life in LIVES:
        ticket = await desk.receive(customer=customer, channel="email", priority="P3")
        await desk.ask(ticket, t.AssignTicket(team="first line", agent="an"))
        for command in life:
            await desk.ask(ticket, command)
        tickets.append(ticket)
    return [customer, contract, *tickets]


def triggers(rule: AutomationRule, history: list[RecordedEvent]) -> Iterator[tuple[Trigger, datetime]]:
    """What a rule reacts to of a history, each with its instant."""
    if rule.at is None:
        last = history[-1]
        alerts = (
            s.SlaWarned(fraction=0.8, reached_at=IN_MAY, **DUE_AND_OVER),
            s.SlaBreached(**DUE_AND_OVER),
        )
        alerted = [last._replace(topic=alert.topic, payload=alert) for alert in alerts if history[0].kind == "ticket"]
        yield from (
            (Trigger(cause=event), event.recorded_at) for event in [*history, *alerted] if event.topic in rule.on
        )
    elif rule.at.due == "reply-due" and history[0].kind == "ticket":
        yield Trigger(due=DueInstance("next_response/3/0.75", IN_MAY)), IN_MAY  # needs an SLA policy of its own
    elif history[0].kind in rule.at.kinds:
        due = DUE_FUNCTIONS[rule.at.due].due(history, rule.at.parameters, replace(TimeContext(), waves=WAVES))
        yield from ((Trigger(due=instance), instance.due_at) for instance in due)


def texts(history: list[RecordedEvent], facts: Facts) -> Iterator[tuple[str, RenderedText]]:
    """The rendered notifications that rules request, by the names of the rules."""
    for name, rule in RULES.items():
        for trigger, now in triggers(rule, history):
            named = NamedRule(name, 1, 0, IN_MAY, rule)
            for given in judge_rule(named, trigger, history, facts, now).then:
                if isinstance(request := given.command, RequestNotification):
                    template = ShippedTemplates()[request.template]
                    yield name, rendered(template, request.language, request.data)


async def test_a_text_has_every_value_for_a_ticket_with_and_without_a_customer(desk: Automated) -> None:
    subjects = await happened(desk)
    histories = [desk.history(stream) for stream in subjects]
    nobodys = [[without_customer(event) for event in history] for history in histories[2:]]
    filled: defaultdict[str, list[str]] = defaultdict(list)
    without: defaultdict[str, list[str]] = defaultdict(list)
    with psycopg.connect(desk.url) as connection:
        for many, results in ((histories, filled), (nobodys, without)):
            for history in many:
                facts = gather(connection, "default", [history], IN_MAY)[history[0].stream]
                for name, text in texts(history, facts):
                    results[name].append(f"{text.subject}\n{text.body}")
    assert sorted(RULES.keys() - filled.keys()) == []
    to_staff_of_tickets = {"callback", "escalated", "reopened", "reply-due", "reply-over", "low-rating"}
    to_staff_of_tickets |= {"sla-near", "sla-over", "waiting-inside", "waiting-inside-lead"}
    assert sorted(without) == sorted(to_staff_of_tickets)
    assert "resolution" in filled["sla-over"][0]
    assert "Lan" in filled["escalated"][0]
    assert "của - " in without["escalated"][0]
    assert "Bộ phận chăm sóc khách hàng" in filled["received"][0]
    assert not [text for many in filled.values() for text in many if "http" in text]


def without_customer(event: RecordedEvent) -> RecordedEvent:
    """The event as it would be of a ticket of nobody."""
    if not isinstance(event.payload, e.TicketReceived):
        return event
    return event._replace(payload=event.payload.model_copy(update={"customer_id": None}))
