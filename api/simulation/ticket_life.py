"""The life of one simulated ticket as commands: random, and always within the rules."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from api.simulation.phrases import (
    AGENTS,
    ANSWERS,
    COMPLAINTS,
    GREETING,
    NOTES,
    PROGRESS,
    QUESTIONS,
    SECOND_LEVEL,
    Topic,
)
from api.simulation.schedule import in_working_hours
from domain.command_context import Actor
from domain.messages import Channel, Command, EffortKind, Priority, WaitingFor
from domain.ticket import commands as c

BOT = Actor(id="tro-ly-ao", kind="system")
DISPATCH = Actor(id="dieu-phoi", kind="system")
CHATTY = frozenset({"zalo", "facebook", "livechat", "app"})


class ScenarioStep(NamedTuple):
    """A command of an actor at an instant. Steps of one instant keep their order.

    ``name`` is the step's own at the desk; None: the step is numbered.
    """

    at: datetime
    stream: UUID
    command: Command
    actor: Actor
    channel: str
    name: str | None = None


@dataclass(slots=True)
class OpenedTicket:
    """The ticket that a customer opens."""

    stream: UUID
    customer: UUID
    name: str
    topic: Topic
    channel: Channel
    priority: Priority
    at: datetime


@dataclass(slots=True)
class Life:
    """The steps of a ticket so far. ``clock`` never goes back. ``resolved_at`` is the first resolution."""

    opened: OpenedTicket
    chance: Random
    clock: datetime = field(init=False)
    steps: list[ScenarioStep] = field(default_factory=list)
    agent: str = ""
    resolved_at: datetime | None = None

    def __post_init__(self) -> None:
        self.clock = self.opened.at

    def live(self) -> "Life":
        """Adds every step from the receipt to the end."""
        self.receive()
        if self.chance.random() < 0.02:
            self._wait(300, 7_200)
            self._by_customer(c.CancelTicket(cancelled_by="customer", reason="Khách không cần nữa"))
            return self
        self.handle()
        return self

    def receive(self) -> None:
        """The customer opens the ticket; on chat channels a bot often answers first."""
        opened = self.opened
        receipt = c.ReceiveTicket(
            customer_id=opened.customer,
            channel=opened.channel,
            subject=self.chance.choice(opened.topic.subjects),
            category=opened.topic.category,
            priority=opened.priority,
        )
        if opened.channel == "hotline":
            self.agent = self._one_of(opened.topic.team)
            self._by_agent(receipt)
        else:
            self._by_customer(receipt)
        if opened.channel in CHATTY and self.chance.random() < 0.8:
            self._wait(2, 15)
            self._step(c.SendReply(body=GREETING, channel=opened.channel, automated=True), BOT)

    def handle(self) -> None:
        """The ticket is assigned, worked on, resolved, perhaps reopened, and closed."""
        self._assign()
        if self.chance.random() < 0.08:
            self._reprioritise()
        self._work()
        self._resolve()
        self._rate()
        while self.chance.random() < 0.07:
            self._come_back()
            self._resolve()
            self._rate()
        self._close()

    def _assign(self) -> None:
        opened = self.opened
        if not self.agent:
            self._wait_for_the_desk(60, 2_400)
            self.agent = self._one_of(opened.topic.team)
        self._step(c.AssignTicket(team=opened.topic.team, agent=self.agent), DISPATCH)

    def _reprioritise(self) -> None:
        choices: tuple[Priority, ...] = ("P1", "P2", "P3")
        other = self.chance.choice([priority for priority in choices if priority != self.opened.priority])
        self._wait(30, 300)
        self._by_agent(c.PrioritiseTicket(priority=other, reason="Đánh giá lại mức ảnh hưởng"))

    def _work(self) -> None:
        chance = self.chance
        self._wait_for_the_desk(30, 3_600)
        self._by_agent(c.StartWork())
        if self.opened.channel == "hotline":
            self._effort("talk", 60, 900)
        if chance.random() < 0.6:
            self._reply(chance.choice(PROGRESS))
        if chance.random() < 0.3:
            self._by_agent(c.AddNote(body=chance.choice(NOTES)))
        if chance.random() < 0.3:
            self._ask_the_customer()
        if chance.random() < 0.08:
            self._wait_for("third_party", "Chờ đối tác xác nhận", 3_600, 172_800)
        if chance.random() < 0.06:
            self._wait_for("internal", "Chờ bộ phận kho kiểm tra", 1_800, 86_400)
        if chance.random() < 0.1:
            self._escalate()
        self._wait(120, 5_400)
        self._effort("after_contact", 30, 600)

    def _ask_the_customer(self) -> None:
        self._reply(self.chance.choice(QUESTIONS))
        self._by_agent(c.PutOnHold(waiting_for="customer", reason="Chờ khách bổ sung thông tin"))
        self._wait(300, 60_000)
        answer = self.chance.choice(ANSWERS).format(number=self.chance.randrange(10_000, 99_999))
        self._by_customer(c.ReceiveMessage(body=answer, channel=self.opened.channel))

    def _wait_for(self, whom: WaitingFor, reason: str, least: int, most: int) -> None:
        self._wait(60, 900)
        self._by_agent(c.PutOnHold(waiting_for=whom, reason=reason))
        self._wait(least, most)
        self._wait_for_the_desk(0, 600)
        self._by_agent(c.ResumeWork())

    def _escalate(self) -> None:
        self._wait(300, 3_600)
        self._by_agent(c.EscalateTicket(to=SECOND_LEVEL, level=2, reason="Cần bộ phận kỹ thuật xử lý"))
        self.agent = self._one_of(SECOND_LEVEL)
        self._step(c.AssignTicket(team=SECOND_LEVEL, agent=self.agent), DISPATCH)

    def _resolve(self) -> None:
        self._wait_for_the_desk(60, 1_800)
        resolution = self.chance.choice(self.opened.topic.resolutions)
        self._reply(resolution)
        self._by_agent(c.ResolveTicket(resolution=resolution))
        self.resolved_at = self.resolved_at or self.clock

    def _rate(self) -> None:
        if self.chance.random() < 0.4:
            self._wait(60, 20_000)
            (score,) = self.chance.choices((1, 2, 3, 4, 5), (4, 5, 12, 34, 45))
            self._by_customer(c.RateSatisfaction(score=score))

    def _come_back(self) -> None:
        self._wait(1_800, 150_000)
        self._by_customer(c.ReceiveMessage(body=self.chance.choice(COMPLAINTS), channel=self.opened.channel))
        self._wait_for_the_desk(300, 3_600)
        self._by_agent(c.StartWork())
        self._effort("talk" if self.opened.channel == "hotline" else "after_contact", 60, 900)

    def _close(self) -> None:
        if self.chance.random() < 0.25:
            self._wait(600, 40_000)
            self._by_customer(c.CloseTicket(closed_by="customer"))
        else:
            self.clock += timedelta(days=3)
            self._step(c.CloseTicket(closed_by="rule"), DISPATCH)

    def _effort(self, kind: EffortKind, least: int, most: int) -> None:
        seconds = self.chance.randrange(least, most)
        self.clock += timedelta(seconds=seconds)
        self._by_agent(c.LogEffort(agent=self.agent, kind=kind, seconds=seconds))

    def _reply(self, body: str) -> None:
        self._wait(20, 400)
        self._by_agent(c.SendReply(body=body, channel=self.opened.channel))

    def _wait(self, least: int, most: int) -> None:
        """Many waits are short, few are long."""
        self.clock += timedelta(seconds=least + int((most - least) * self.chance.random() ** 3))

    def _wait_for_the_desk(self, least: int, most: int) -> None:
        """Urgent tickets are worked on at any hour."""
        self._wait(least, most // 6 if self.opened.priority == "P1" else most)
        if self.opened.priority != "P1":
            self.clock = in_working_hours(self.clock, self.chance)

    def _one_of(self, team: str) -> str:
        return self.chance.choice(AGENTS[team])

    def _by_agent(self, command: Command) -> None:
        self._step(command, Actor(id=self.agent, kind="agent"))

    def _by_customer(self, command: Command) -> None:
        self._step(command, Actor(id=self.opened.name, kind="customer"))

    def _step(self, command: Command, actor: Actor) -> None:
        self.steps.append(ScenarioStep(self.clock, self.opened.stream, command, actor, self.opened.channel))
