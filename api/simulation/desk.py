"""All that happens at a simulated desk, in order and without end."""

from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from uuid import UUID, uuid5

from api.simulation.customers import Person, person, registration
from api.simulation.phrases import OUTAGE, TOPICS, Topic
from api.simulation.profiles import Profiles
from api.simulation.schedule import Arrival, arrivals
from api.simulation.ticket_life import Life, OpenedTicket, ScenarioStep
from domain.command_context import Actor
from domain.messages import Channel, Priority
from domain.ticket import commands as c

NAMESPACE = UUID("0b9c3c8e-4b6f-5d58-9a11-7d0a54f0a7c3")
REMEMBERED = 400
"""The least number of customers who may come back, and the number of tickets that may be repeated."""


class MadeUpDesk:
    """The desk of a seed, a first day and a size, which make up its ``name``."""

    def __init__(self, seed: int, first: date, tickets_per_day: int) -> None:
        self.first = first
        self.name = f"{seed}/{first}/{tickets_per_day}"
        self._chance = Random(self.name)
        self._arrivals = arrivals(Random(f"{self.name}/arrivals"), first, tickets_per_day)
        self._numbers = count()
        self._profiles = Profiles(self.name, lambda name: uuid5(NAMESPACE, f"{self.name}/{name}"))
        self._people: deque[Person] = deque(maxlen=max(REMEMBERED, 10 * tickets_per_day))
        self._received: deque[tuple[Person, Topic]] = deque(maxlen=REMEMBERED)

    def steps(self) -> Iterator[ScenarioStep]:
        """Every step by time, without end. Only the later steps of open tickets are held in memory."""
        waiting: list[tuple[datetime, int, ScenarioStep]] = []
        order = count()
        for arrival in self._arrivals:
            while waiting and waiting[0][0] < arrival.at:
                yield heappop(waiting)[2]
            for step in self._arrive(arrival):
                heappush(waiting, (step.at, next(order), step))

    def _arrive(self, arrival: Arrival) -> list[ScenarioStep]:
        chance = self._chance
        steps: list[ScenarioStep] = []
        if self._received and not arrival.outage and chance.random() < 0.04:
            customer, topic = chance.choice(self._received)
        else:
            (topic,) = (OUTAGE,) if arrival.outage else chance.choices(TOPICS, [topic.weight for topic in TOPICS])
            if self._people and chance.random() < 0.35:
                customer = chance.choice(self._people)
            else:
                customer = person(chance, self._id("customer"))
                self._people.append(customer)
                registered = registration(chance, customer, arrival.at)
                steps += registered + self._profiles.of(customer, registered)
        self._received.append((customer, topic))
        opened = OpenedTicket(
            self._id("ticket"),
            customer.stream,
            customer.name,
            topic,
            self._channel(customer),
            self._priority(topic),
            arrival.at,
        )
        life = Life(opened, chance).live()
        return steps + life.steps + self._duplicate(life)

    def _duplicate(self, life: Life) -> list[ScenarioStep]:
        """Some customers repeat a ticket through another channel; it is merged while the first one is open."""
        chance, opened = self._chance, life.opened
        if life.resolved_at is None or chance.random() >= 0.03:
            return []
        again = opened.at + timedelta(minutes=chance.randrange(3, 60))
        merged = again + timedelta(minutes=chance.randrange(2, 15))
        undone = merged + timedelta(minutes=chance.randrange(5, 30))
        if undone >= life.resolved_at:
            return []
        channel: Channel = "email" if opened.channel != "email" else "zalo"
        second = OpenedTicket(
            self._id("ticket"), opened.customer, opened.name, opened.topic, channel, opened.priority, again
        )
        other = Life(second, chance)
        other.receive()
        by = Actor(id=life.agent, kind="agent")
        merge = c.MergeTicket(into=opened.stream, reason="Khách gửi trùng yêu cầu")
        other.steps.append(ScenarioStep(merged, second.stream, merge, by, channel))
        if chance.random() < 0.15:
            undo = c.UndoMerge(into=opened.stream, reason="Hai yêu cầu khác nhau")
            other.steps.append(ScenarioStep(undone, second.stream, undo, by, channel))
            other.clock = undone
            other.handle()
        return other.steps

    def _channel(self, customer: Person) -> Channel:
        channels: tuple[Channel, ...] = ("hotline", "zalo", "facebook", "email", "livechat", "form", "app", "other")
        return customer.channel if self._chance.random() < 0.8 else self._chance.choice(channels)

    def _priority(self, topic: Topic) -> Priority:
        priorities: tuple[Priority, ...] = ("P1", "P2", "P3", "P4")
        (priority,) = self._chance.choices(priorities, (45, 45, 10, 0) if topic is OUTAGE else (4, 26, 60, 10))
        return priority

    def _id(self, kind: str) -> UUID:
        return uuid5(NAMESPACE, f"{self.name}/{kind}/{next(self._numbers)}")
