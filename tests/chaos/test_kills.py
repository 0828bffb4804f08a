"""PostgreSQL and its writers are killed again and again: nothing acknowledged is lost, nothing is half there.

CHAOS_CYCLES=50 makes it long; CHAOS_SEED repeats a run's choices.
"""

import asyncio
import json
import os
import queue
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.event_log.append import Answer
from domain.event_log.schema import LOG_TABLES, make_once
from domain.refusal import Refusal
from domain.service_desk import Receipt
from domain.ticket import commands as ticket_commands
from tests.chaos.throw_away_cluster import ThrowAwayCluster, throw_away_cluster
from tests.domain.desks import NOTE, by, opened, received, recorded
from tests.domain.making import TENANT

CYCLES = int(os.environ.get("CHAOS_CYCLES", "10"))
SEED = int(os.environ.get("CHAOS_SEED", time.time_ns()))
PROGRESS = 40  # answers before each kill, at least
RECOVERY = 5  # seconds from the end of a trouble to the next answer
TIME_LIMIT = 60  # seconds without an answer until the test gives up
TOGETHER = 1000  # callers at a time who ask again
ROOT = Path(__file__).parents[2]
WRITERS = 2


@dataclass
class Journal:
    """What was asked, and what the callers were told, of all writers."""

    asked: dict[str, tuple[UUID, Any]] = field(default_factory=dict)
    answered: dict[str, Answer] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    def take(self, line: str) -> bool:
        """Notes a line; whether it was an answer."""
        match json.loads(line):
            case {"asked": name, "stream": stream, "kind": kind, "command": command}:
                self.asked[name] = UUID(stream), getattr(ticket_commands, kind).model_validate_json(command)
                return False
            case {"answered": name, "answer": [stream, *numbers]}:
                self.answered[name] = Answer(UUID(stream), *numbers)
            case {"refused": name}:
                self.refused.add(name)
            case _:
                return False
        return True


class Writers:
    """Writing processes that are replaced when they are killed."""

    def __init__(self, url: str, streams: list[UUID]) -> None:
        self._url, self._streams = url, [str(stream) for stream in streams]
        self._lines: queue.Queue[str] = queue.Queue()
        self._processes: list[subprocess.Popen[str]] = []
        self._readers: list[threading.Thread] = []
        self.journal = Journal()

    def start(self) -> None:
        name = f"w{len(self._readers)}"
        command = [sys.executable, "-m", "tests.chaos.writer", self._url, name, *self._streams]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        reader = threading.Thread(target=self._read, args=[process])
        reader.start()
        self._processes.append(process)
        self._readers.append(reader)

    def kill_one(self) -> None:
        process = self._processes.pop(0)
        process.kill()
        process.wait()

    def wait_for_answers(self, count: int) -> None:
        while count:
            count -= self.journal.take(self._lines.get(timeout=TIME_LIMIT))

    def drain(self) -> None:
        """Takes what has been said so far."""
        while not self._lines.empty():
            self.journal.take(self._lines.get())

    def end(self) -> None:
        while self._processes:
            self.kill_one()
        for reader in self._readers:
            reader.join()
        self.drain()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self._lines.put(line)


@pytest.fixture
def cluster(data_folder: Path) -> Iterator[ThrowAwayCluster]:
    with throw_away_cluster(data_folder) as made:
        with psycopg.connect(made.url, autocommit=True) as connection:
            make_once(connection, TENANT, {"log": LOG_TABLES})
        yield made


def kill_something(chance: random.Random, cluster: ThrowAwayCluster, writers: Writers) -> str:
    """Comes back when it runs again; says what it was."""
    victim = chance.choice(["server", "server", "backend", "writer"])
    if victim == "server":
        cluster.kill_server()
        cluster.start()
    elif victim == "backend":
        cluster.kill_backend()
    else:
        writers.kill_one()
        writers.start()
    return victim


async def received_tickets(url: str) -> list[UUID]:
    async with opened(url) as desk:
        return [await received(desk) for _ in range(6)]


async def ask_again(url: str, journal: Journal) -> None:
    """Whoever was not answered asks again; whoever was gets the same answer."""
    names = [name for name in journal.asked if name not in journal.refused]
    receipts: list[Receipt | BaseException] = []
    async with opened(url) as desk:
        for start in range(0, len(names), TOGETHER):
            again = [desk.handle(*journal.asked[name], by(name)) for name in names[start : start + TOGETHER]]
            receipts += await asyncio.gather(*again, return_exceptions=True)
    for name, receipt in zip(names, receipts, strict=True):
        if isinstance(receipt, Refusal):
            assert name not in journal.answered
        else:
            assert isinstance(receipt, Receipt)
            assert receipt.repeated or name not in journal.answered
            assert journal.answered.setdefault(name, receipt.answer) == receipt.answer


def test_what_was_acknowledged_is_there_once_and_whole_after_every_kill(cluster: ThrowAwayCluster) -> None:
    print(f"CHAOS_SEED={SEED} CHAOS_CYCLES={CYCLES}")  # noqa: T201 -- shown when it fails
    chance = random.Random(SEED)  # noqa: S311 -- a seeded choice
    streams = asyncio.run(received_tickets(cluster.url))
    writers = Writers(cluster.url, streams)
    try:
        for _ in range(WRITERS):
            writers.start()
        for _ in range(CYCLES):
            writers.wait_for_answers(PROGRESS + chance.randrange(PROGRESS))
            victim = kill_something(chance, cluster, writers)
            writers.drain()
            begun = time.monotonic()
            writers.wait_for_answers(1)
            assert time.monotonic() - begun < RECOVERY, f"nobody was served for long after a kill of the {victim}"
    finally:
        writers.end()
    journal = writers.journal
    asyncio.run(ask_again(cluster.url, journal))

    events = recorded(cluster.url)[len(streams) :]
    found = Counter(event.envelope.command_id for event in events)
    assert found == {name: answer.events for name, answer in journal.answered.items() if answer.events}
    first = {event.envelope.command_id: event.position for event in reversed(events)}
    for name, count in found.items():
        assert journal.answered[name].position == first[name] + count - 1


async def acknowledged(url: str, count: int) -> int:
    """Gives so many commands, one after the other; how many were acknowledged."""
    async with opened(url) as desk:
        stream = await received(desk)
        return 1 + len([await desk.handle(stream, NOTE, by()) for _ in range(count - 1)])


def kept_of(cluster: ThrowAwayCluster, tries: int) -> list[bool]:
    """Whether everything acknowledged right before a kill was there after it, for each try."""
    kept, there = [], 0
    for _ in range(tries):
        there += asyncio.run(acknowledged(cluster.url, 20))
        cluster.kill_server()
        cluster.start()
        kept.append(len(recorded(cluster.url)) == there)
        there = len(recorded(cluster.url))
    return kept


def test_an_answer_outlives_a_kill_because_it_waited_for_the_disk(cluster: ThrowAwayCluster) -> None:
    assert all(kept_of(cluster, 2))
    with psycopg.connect(cluster.url, autocommit=True) as connection:  # the negative control: commits that do not wait
        connection.execute("alter system set synchronous_commit = off")
        connection.execute("select pg_reload_conf()")
    assert not all(kept_of(cluster, 3))
