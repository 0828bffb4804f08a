"""PostgreSQL, writers and followers are killed again and again: nothing acknowledged is lost, nothing is half there.

CHAOS_CYCLES=50 makes it long, CHAOS_SEED repeats a run's choices, and ``-n0 -s`` shows the figures.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from api.embedded_postgres.server_socket import accepts
from api.migrations import migrate
from api.workers.position_waiter import PositionWaiter
from domain.command_handling.pending_command import CommandResult
from domain.refusal import Refusal
from projections.engine.rebuild import compare
from projections.registry import PROJECTIONS
from tests.support.chaos import following, writer
from tests.support.chaos.embedded_server import EmbeddedServer, embedded_server
from tests.support.chaos.figures import show
from tests.support.chaos.journal import Journal
from tests.support.chaos.processes import Processes
from tests.support.desks import BEFORE, NOTE, RECEIVE, by, opened, received, recorded
from tests.support.examples import drawn_seed
from tests.support.log import TENANT
from tests.support.recovery import RECOVERY
from tests.support.registered import register

CYCLES = int(os.environ.get("CHAOS_CYCLES", "10"))
SEED = drawn_seed("CHAOS_SEED")
PROGRESS = 40  # answers before each kill, at least
TIME_LIMIT = 60  # seconds for the projections in the end
TOGETHER = 1000  # callers at a time who ask again
WRITERS = FOLLOWERS = 2
NAMES = [projection.name for projection in PROJECTIONS]


@pytest.fixture
def server(data_folder: Path) -> Iterator[EmbeddedServer]:
    with embedded_server(data_folder) as made:
        migrate(made.url, TENANT)
        register(made.url, RECEIVE.customer_id, tenant=TENANT)
        yield made


async def received_tickets(url: str) -> list[UUID]:
    async with opened(url) as desk:
        return [await received(desk) for _ in range(6)]


async def ask_again(url: str, journal: Journal) -> None:
    """Whoever was not answered asks again; whoever was gets the same answer."""
    names = [name for name in journal.commands if name not in journal.refused]
    receipts: list[CommandResult | BaseException] = []
    async with opened(url) as desk:
        for start in range(0, len(names), TOGETHER):
            again = [desk.handle(*journal.commands[name], by(name)) for name in names[start : start + TOGETHER]]
            receipts += await asyncio.gather(*again, return_exceptions=True)
    for name, receipt in zip(names, receipts, strict=True):
        if isinstance(receipt, Refusal):
            assert name not in journal.answered
        else:
            assert isinstance(receipt, CommandResult)
            assert receipt.repeated or name not in journal.answered
            assert journal.answered.setdefault(name, receipt.answer) == receipt.answer


async def follow_to(url: str, position: int) -> bool:
    """Whether every projection has read the log so far, within TIME_LIMIT."""
    positions = PositionWaiter(url, TENANT)
    try:
        return await positions.include(position, NAMES, TIME_LIMIT)
    finally:
        await positions.close()


def test_what_was_acknowledged_is_there_once_and_whole_and_projected_after_every_kill(server: EmbeddedServer) -> None:
    print(f"CHAOS_SEED={SEED} CHAOS_CYCLES={CYCLES}")  # noqa: T201 -- shown when it fails
    chance = random.Random(SEED)  # noqa: S311 -- a seeded choice
    streams = asyncio.run(received_tickets(server.url))
    writers = Processes(writer.run, server.url, streams)
    followers = Processes(following.run, server.url)
    journal = Journal(writers.lines)
    kills = {
        "postmaster": server.kill_postmaster,
        "supervisor": server.kill_supervisor,
        "both": server.kill_both,
        "backend": server.kill_backend,
        "writer": writers.replace_one,
        "follower": followers.replace_one,
    }
    took: dict[str, list[float]] = {}
    try:
        for crew in [writers] * WRITERS + [followers] * FOLLOWERS:
            crew.start()
        for _ in range(CYCLES):
            journal.wait_for_answers(PROGRESS + chance.randrange(PROGRESS))
            assert accepts(server.url, time.monotonic() + RECOVERY, lambda: True)  # a new connection, too
            victim = chance.choice(list(kills))
            begun = time.monotonic()
            kills[victim]()
            journal.drain()
            journal.wait_for_answers(WRITERS * writer.CALLERS + 1)  # so many at most were on their way before
            took.setdefault(victim, []).append(time.monotonic() - begun)
            assert took[victim][-1] < RECOVERY, f"nobody was served for long after a kill of the {victim}"
        writers.end()
        journal.drain()
        asyncio.run(ask_again(server.url, journal))
        events = recorded(server.url)
        assert asyncio.run(follow_to(server.url, BEFORE + len(events)))
        show(server.url, took, seed=SEED, cycles=CYCLES, commands=len(journal.commands), events=len(events))
    finally:
        writers.end()
        followers.end()

    later = events[len(streams) :]
    by_command = Counter(event.envelope.command_id for event in later)
    assert by_command == {name: answer.events for name, answer in journal.answered.items() if answer.events}
    first = {event.envelope.command_id: event.position for event in reversed(later)}
    for name, count in by_command.items():
        assert journal.answered[name].position == first[name] + count - 1
    comparisons = compare(server.url, TENANT, PROJECTIONS)
    assert {comparison.position for comparison in comparisons} == {BEFORE + len(events)}
    assert [comparison for comparison in comparisons if not comparison.same] == []


async def acknowledged(url: str, count: int) -> int:
    """Gives so many commands, one after the other; how many were acknowledged."""
    async with opened(url) as desk:
        stream = await received(desk)
        return 1 + len([await desk.handle(stream, NOTE, by()) for _ in range(count - 1)])


def kept_of(server: EmbeddedServer, tries: int) -> list[bool]:
    """Whether everything acknowledged right before a kill was there after it, for each try."""
    kept, there = [], 0
    for _ in range(tries):
        there += asyncio.run(acknowledged(server.url, 20))
        server.kill_postmaster()
        assert accepts(server.url, time.monotonic() + TIME_LIMIT, lambda: True)
        kept.append(len(recorded(server.url)) == there)
        there = len(recorded(server.url))
    return kept


def test_an_answer_outlives_a_kill_because_it_waited_for_the_disk(server: EmbeddedServer) -> None:
    assert all(kept_of(server, 2))
    with psycopg.connect(server.url, autocommit=True) as connection:  # the negative control: commits that do not wait
        connection.execute("alter system set synchronous_commit = off")
        connection.execute("select pg_reload_conf()")
    assert not all(kept_of(server, 3))
