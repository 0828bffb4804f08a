"""A process that sends commands without end, and writes each command and its answer to the standard output.

One line is one write, so that whatever kills the process leaves whole lines.
"""

import asyncio
import json
import os
import random
from uuid import UUID

from domain.command_handling.service_desk import Overloaded, ServiceDesk
from domain.event_log.store import LogUnavailable
from domain.event_types import register_event_types
from domain.messages import Command
from domain.refusal import Refusal
from domain.ticket import commands as c
from tests.support.desks import by, opened

CALLERS = 6


def wish(chance: random.Random, streams: list[UUID]) -> Command:
    """A command, often one with several events or two streams."""
    other = chance.choice(streams)
    return chance.choice(
        [
            c.AddNote(body="n"),
            c.StartWork(),
            c.PutOnHold(waiting_for="customer", reason="r"),
            c.ReceiveMessage(body="m"),
            c.ResolveTicket(resolution="r"),
            c.ReopenTicket(reason="r"),
            c.MergeTicket(into=other, reason="r"),
            c.UndoMerge(into=other, reason="r"),
        ]
    )


def say(**words: object) -> None:
    os.write(1, (json.dumps(words) + "\n").encode())


async def insist(desk: ServiceDesk, name: str, stream: UUID, command: Command) -> None:
    """Repeats the command with the same id until it is answered."""
    while True:
        try:
            receipt = await desk.handle(stream, command, by(name))
        except (LogUnavailable, Overloaded):
            say(unknown=name)
        except Refusal as refusal:
            return say(refused=name, code=refusal.code)
        else:
            return say(answered=name, answer=[str(receipt.answer.stream), *receipt.answer[1:]])


async def call(desk: ServiceDesk, name: str, streams: list[UUID]) -> None:
    chance = random.Random(name)  # noqa: S311 -- a seeded choice
    number = 0
    while True:
        number += 1
        stream, command = chance.choice(streams), wish(chance, streams)
        command_id = f"{name}-{number}"
        say(asked=command_id, stream=str(stream), kind=type(command).__name__, command=command.model_dump_json())
        await insist(desk, command_id, stream, command)


def run(name: str, url: str, streams: list[UUID]) -> None:
    register_event_types()
    asyncio.run(_write(url, name, streams))


async def _write(url: str, name: str, streams: list[UUID]) -> None:
    async with opened(url) as desk:
        await asyncio.gather(*(call(desk, f"{name}.{caller}", streams) for caller in range(CALLERS)))
