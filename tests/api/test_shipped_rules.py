"""The shipped rules on events do what they say: nothing that they ask for is refused."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date

import pytest

from domain.automation.events import AutomationFired
from domain.contract.commands import SignContract
from domain.customer.commands import RegisterCustomer
from domain.customer.facts.commands import AnswerNps
from domain.definitions.definition_file import read_definition_file
from domain.definitions.shipped import shipped_files
from domain.ids import new_id
from domain.notification.events import NotificationRequested
from domain.task.events import TaskOpened
from domain.ticket import commands as t
from tests.support.automating import Automated, automated, react

pytestmark = pytest.mark.anyio
WORKFORCE = {"teams": [{"name": "first line", "lead": "Hoa"}], "agents": [{"name": "an", "team": "first line"}]}


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Automated]:
    async with automated(database_url) as made:
        yield made


async def adopt_all(desk: Automated) -> None:
    for text in shipped_files("automation").values():
        written = read_definition_file(text)
        if written.body.model_dump()["on"]:
            await desk.publish(written.name, written.body.model_dump(mode="json"))


async def test_nothing_that_they_ask_for_is_refused(desk: Automated) -> None:
    await desk.publish("tenant", WORKFORCE, "workforce")
    await adopt_all(desk)
    async with desk.reactor() as reactor:
        customer, contract = new_id(), new_id()
        await desk.ask(customer, RegisterCustomer(name="Lan", tier="vip"))
        signed = SignContract(
            customer_id=customer, number="HD-1", starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31), value=9,
            currency="VND", owner="Binh",
        )  # fmt: skip
        await desk.ask(contract, signed)
        await desk.ask(customer, AnswerNps(score=2))
        ticket = await desk.receive(customer=customer, priority="P3")
        await desk.ask(ticket, t.AssignTicket(team="first line", agent="an"))
        for _ in range(2):
            await desk.ask(ticket, t.ResolveTicket(resolution="done"))
            await desk.ask(ticket, t.ReopenTicket(reason="not done"))
        await desk.ask(ticket, t.ResolveTicket(resolution="done"))
        await desk.ask(ticket, t.RateSatisfaction(score=1))
        await desk.ask(ticket, t.ReopenTicket(reason="not done"))
        await desk.ask(ticket, t.EscalateTicket(to="board", level=3, reason="angry"))
        await react(reactor)
    fired = [fact for fact in desk.recorded() if isinstance(fact, AutomationFired)]
    assert [(fact.rule, each.command, each.refused) for fact in fired for each in fact.outcomes if each.refused] == []
    templates = Counter(e.payload.template for e in desk.log() if isinstance(e.payload, NotificationRequested))
    assert {"received": 1, "resolved": 3, "reopened": 3, "low-rating": 1}.items() <= templates.items()
    receivers = {event.payload.to for event in desk.log() if isinstance(event.payload, NotificationRequested)}
    assert {str(customer), "an", "Hoa"} <= receivers
    tasks = {event.payload.title: event.payload for event in desk.log() if isinstance(event.payload, TaskOpened)}
    assert tasks["Gọi khách trả lời NPS thấp"].agent == "Binh"
    assert tasks["Tìm nguyên nhân mở lại nhiều lần"].agent == "Hoa"
