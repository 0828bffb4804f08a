"""Workers, the receiver and the database are killed while tickets lead to SMS: none is lost, none is sent twice.

An SMS is uncertain only where a kill fell between its hand-over and the record of it, which the receiver's journal and
the instants of the kills show. CHAOS_CYCLES is the number of kills, CHAOS_SEED repeats a run's choices, and ``-n0 -s``
shows the figures.
"""

import asyncio
import json
import os
import random
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from api.migrations import migrate
from domain.command_context import CommandContext
from domain.command_handling.service_desk import Overloaded, ServiceDesk
from domain.customer.commands import AddAddress, RegisterCustomer
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.store import LogConnection, LogUnavailable
from domain.ids import new_id
from domain.messages import Command
from domain.notification import events as e
from domain.ticket.commands import ReceiveTicket
from tests.support.chaos import answering, sending
from tests.support.chaos.embedded_server import EmbeddedServer, embedded_server
from tests.support.chaos.forked import forked, kill
from tests.support.chaos.kill_verdict import Kill, KillVerdict, verdict, with_returns
from tests.support.events import AGENT
from tests.support.examples import drawn_seed
from tests.support.patience import PATIENT

pytestmark = pytest.mark.anyio
KILLS = int(os.environ.get("CHAOS_CYCLES", "8"))
SEED = drawn_seed("CHAOS_SEED")
TENANT = "default"
WORKERS = 3
CUSTOMERS = 60
WAITING = 12
"""Tickets that come in before each kill."""
PHONE = "09{:08}"
RULE = {
    "on": ["ticket.received"],
    "then": [{"do": "notify", "to": "customer", "channel": "sms", "template": "received"}],
}
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Exam:
    """The processes under examination. The listening socket of the receiver stays open here."""

    def __init__(self, server: EmbeddedServer, folder: Path) -> None:
        self.server = server
        self.random = random.Random(SEED)  # noqa: S311 -- chooses what is killed
        self.kills: list[Kill] = []
        self.tickets: set[UUID] = set()
        self.journal = folder / "received.txt"
        self.journal.touch()
        self._desk = ServiceDesk(LogConnection(server.url, TENANT, PATIENT))
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=1_000)
        self._customers = [new_id() for _ in range(CUSTOMERS)]
        self._workers: dict[str, ForkServerProcess] = {}
        self._started = self._read = self._answered = 0
        self._receiver: ForkServerProcess | None = None
        self._channels = folder / "channels.toml"
        self._channels.touch(mode=0o600)
        port = self._listening.getsockname()[1]
        self._channels.write_text(
            f'[sms]\nurl = "http://127.0.0.1:{port}/"\nallow = ["127.0.0.0/8"]\n', encoding="utf-8"
        )

    async def begin(self) -> None:
        """Customers with telephones, the rule, and everything that is going to be killed."""
        rates = {"kind": "contact-rules", "name": "tenant", "body": {"rates": {}}}
        for definition in (rates, {"kind": "automation", "name": "sms", "body": RULE}):
            command = PublishDefinition.model_validate(definition | {"effective_from": _LONG_AGO, "reason": "the exam"})
            await self.ask(definition_stream(command.kind, command.name), command)
        for number, customer in enumerate(self._customers):
            await self.ask(customer, RegisterCustomer(name="Lan"))
            await self.ask(customer, AddAddress(channel="phone", handle=PHONE.format(10_000_000 + number)))
        self.start_receiver()
        for _ in range(WORKERS):
            self.start_worker()
        await self.reactor_has_begun()

    async def ask(self, stream: UUID, command: Command) -> None:
        """Gives a command until it is answered, under one id."""
        context = CommandContext(AGENT, str(new_id()))
        while True:
            try:
                await self._desk.handle(stream, command, context)
            except (LogUnavailable, Overloaded):
                await asyncio.sleep(0.05)
            else:
                return

    async def receive(self, count: int) -> None:
        """Tickets come in."""
        tickets = [new_id() for _ in range(count)]
        facts = {"channel": "hotline", "subject": "s", "category": "c", "priority": "P3"}
        owners = [self.random.choice(self._customers) for _ in tickets]
        given = (
            self.ask(ticket, ReceiveTicket.model_validate(facts | {"customer_id": owner}))
            for ticket, owner in zip(tickets, owners, strict=True)
        )
        await asyncio.gather(*given)
        self.tickets.update(tickets)

    async def reactor_has_begun(self) -> None:
        """What was recorded before a reactor first began leads to nothing."""
        while not await asyncio.to_thread(self._worker_position):  # noqa: ASYNC110 -- another process begins
            await asyncio.sleep(0.05)

    def _worker_position(self) -> int | None:
        with psycopg.connect(self.server.url) as connection:
            return reader.worker_position(connection, TENANT, "reactor")

    def arrived(self) -> int:
        """How many requests the receiver has answered."""
        with self.journal.open(encoding="utf-8") as journal:
            journal.seek(self._read)
            text = journal.read()
        text = text[: text.rfind("\n") + 1]
        self._read += len(text)
        self._answered += text.count("answered")
        return self._answered

    async def more_arrive(self, than: int) -> None:
        """Waits for the next answer of the receiver."""
        async with asyncio.timeout(180):
            while self.arrived() <= than:  # noqa: ASYNC110 -- another process answers
                await asyncio.sleep(0.01)

    def start_worker(self) -> None:
        self._started += 1
        name = f"w{self._started}"
        self._workers[name] = forked(sending.run, self.server.url, self._channels, name)

    def start_receiver(self) -> None:
        self._receiver = forked(answering.run, self._listening, self.journal)

    def kill(self, what: str) -> None:
        """Kills one of a kind, and starts another one."""
        at = datetime.now(UTC)
        if what == "worker":
            name = self.random.choice(list(self._workers))
            kill(self._workers.pop(name))
            self.kills.append(Kill(name, at, datetime.now(UTC)))
            self.start_worker()
            return
        if what == "receiver":
            assert self._receiver is not None
            kill(self._receiver)
            self.start_receiver()
        elif what == "backend":
            self.server.kill_backend()
        else:
            self.server.kill_postmaster()
        self.kills.append(Kill("receiver" if what == "receiver" else "database", at, self._is_back(what)))

    def _is_back(self, what: str) -> datetime:
        while what != "receiver":
            with suppress(psycopg.OperationalError), psycopg.connect(self.server.url, connect_timeout=2) as connection:
                connection.execute("select 1")
                break
            time.sleep(0.02)
        return datetime.now(UTC)

    async def settled(self) -> list[RecordedEvent]:
        """The log, once each request has come to its end."""
        async with asyncio.timeout(600):
            while True:
                log = await asyncio.to_thread(self._log)
                last = {event.stream: event.payload for event in log if isinstance(event.payload, e.NotificationEvent)}
                ends = sum(
                    isinstance(each, e.NotificationHandedOver | e.NotificationUncertain) for each in last.values()
                )
                if ends >= len(self.tickets) and ends == len(last):
                    return log
                await asyncio.sleep(0.5)

    def _log(self) -> list[RecordedEvent]:
        with psycopg.connect(self.server.url) as connection:
            return reader.page(connection, TENANT, 0, 10_000_000)

    async def end(self) -> None:
        for process in [*self._workers.values(), *([self._receiver] if self._receiver else [])]:
            kill(process)
        self._listening.close()
        await self._desk.close()


@pytest.fixture
def server(data_folder: Path) -> Iterator[EmbeddedServer]:
    with embedded_server(data_folder) as made:
        migrate(made.url, TENANT)
        yield made


async def examined(exam: Exam, kills: int) -> tuple[KillVerdict, list[RecordedEvent]]:
    """The verdict after so many kills, each in the middle of the work."""
    try:
        await exam.begin()
        for _ in range(kills or 1):
            before = exam.arrived()
            await exam.receive(WAITING)
            await exam.more_arrive(before + exam.random.randrange(WAITING // 2))
            if kills:
                (what,) = exam.random.choices(["worker", "receiver", "backend", "postmaster"], [50, 30, 14, 6])
                await asyncio.to_thread(exam.kill, what)
        log = await exam.settled()
    finally:
        await exam.end()
    journal = exam.journal.read_text(encoding="utf-8").splitlines()
    exam.kills = with_returns(exam.kills, journal)
    return verdict(exam.tickets, log, journal, exam.kills), log


async def test_no_kill_loses_an_sms_or_sends_it_twice(server: EmbeddedServer, tmp_path: Path) -> None:
    """The control: an uncertain one whose kill is left out of the list is found, and so is a doubled line."""
    exam = Exam(server, tmp_path)
    result, log = await examined(exam, KILLS)
    killed = Counter("worker" if kill.what.startswith("w") else kill.what for kill in exam.kills)
    shown = {"seed": SEED, "kills": dict(killed), **result._replace(wrong=result.wrong[:5])._asdict()}
    print(json.dumps(shown))  # noqa: T201 -- shown with -s
    assert result.wrong == []
    assert result.requests == len(exam.tickets) == result.handed_over + result.uncertain
    journal = exam.journal.read_text(encoding="utf-8").splitlines()
    without_kills = verdict(exam.tickets, log, journal, [])
    assert len(without_kills.wrong) == result.uncertain
    got = next(line for line in journal if line.startswith("got"))
    assert verdict(exam.tickets, log, [*journal, got], exam.kills).wrong != []
    if result.uncertain:
        moved = [replace_at(kill, timedelta(hours=1)) for kill in exam.kills]
        assert len(verdict(exam.tickets, log, journal, moved).wrong) == result.uncertain


async def test_without_a_kill_nothing_is_uncertain(server: EmbeddedServer, tmp_path: Path) -> None:
    verdict, _ = await examined(Exam(server, tmp_path), 0)
    assert verdict.wrong == []
    assert (verdict.handed_over, verdict.uncertain) == (WAITING, 0)


def replace_at(kill: Kill, by: timedelta) -> Kill:
    return kill._replace(at=kill.at + by, back=kill.back + by)
