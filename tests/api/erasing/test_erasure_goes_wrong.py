"""An erasure that is killed, refused, or held up by open streams and missing keys."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.erasing.readings import certificate_of
from api.key_store.store import Destroyed
from domain.command_context import CommandContext
from domain.command_handling.pending_command import CommandResult
from domain.erasure import commands as e
from domain.erasure.commands import EraseStream
from domain.erasure.state import erasure_stream
from domain.event_log import reader
from domain.ids import new_id
from domain.messages import Command
from domain.personal_data.encrypted import key_id_of
from domain.refusal import Refusal
from domain.task.commands import OpenTask
from domain.ticket import commands as t
from projections.engine.rebuild import compare
from projections.registry import PROJECTIONS
from tests.support.erasing import TENANT, Erasing, Person, texts_of


@pytest.mark.anyio
async def test_what_is_recorded_while_the_person_is_erased_is_refused_or_erased_too(erasing: Erasing) -> None:
    person = Person("canary", 1)
    await erasing.record(person)
    await erasing.approve(person.customer)
    outcomes: list[bool] = []
    codes: set[str] = set()
    begun, done = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        while not done.is_set():
            ticket = new_id()
            late = t.ReceiveTicket(
                customer_id=person.customer, channel="zalo", subject="canary", category="internet", priority="P2"
            )
            try:
                await second.give(ticket, late)
                await second.give(ticket, t.AddNote(body="canary"))
                await second.give(new_id(), OpenTask(title="canary", about=ticket, about_kind="ticket"))
                outcomes.append(True)
                begun.set()
            except Refusal as refused:
                outcomes.append(False)
                codes.add(refused.code)

    second = Erasing(erasing.url, erasing.runner.keys)
    writing = [asyncio.create_task(write()) for _ in range(3)]
    await begun.wait()
    await erasing.runner.run([person.customer])
    done.set()
    await asyncio.gather(*writing)
    await second.close()
    assert {True, False} == set(outcomes)
    assert codes == {"erased"}
    erasing.follower.catch_up()
    assert [name for name, text in texts_of(erasing.connection).items() if "canary" in text] == []
    events = reader.page(erasing.connection, TENANT, 0, 100_000)
    assert not [event for event in events if "canary" in str(event.payload)]


STEPS = ("StartErasure", "CancelTicket", "EraseStream", "RecordKeysDestroyed", "CertifyErasure", "destroy", "catch_up")


class Killed(Exception):  # noqa: N818 -- names what happened
    """The process ends here."""


@pytest.mark.anyio
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_an_erasure_that_was_killed_goes_on_where_it_was(erasing: Erasing, step: str, after: bool) -> None:
    """At the second time of each step, where it is done several times."""
    person = Person("canary", 1)
    await erasing.record(person)
    await erasing.approve(person.customer)
    left = {step: 1 if step in {"EraseStream", "catch_up"} else 0}

    def dies() -> bool:
        left[step] -= 1
        return left[step] < 0

    class DyingDesk:
        async def handle(self, stream: UUID, command: Command, context: CommandContext) -> CommandResult:
            killed = type(command).__name__ == step and dies()
            if killed and not after:
                raise Killed
            answer = await erasing.desk.handle(stream, command, context)
            if killed:
                raise Killed
            return answer

    class DyingKeys:
        missing = erasing.runner.keys.missing

        def destroy(self, key_ids: Collection[UUID]) -> list[Destroyed]:
            killed = step == "destroy"
            if killed and not after:
                raise Killed
            destroyed = erasing.runner.keys.destroy(key_ids)
            if killed:
                raise Killed
            return destroyed

    class DyingFollower:
        def catch_up(self, head: int) -> int:
            if step == "catch_up" and dies():
                raise Killed
            return erasing.follower.catch_up(head)

    parts: dict[str, Any] = {"desk": DyingDesk(), "keys": DyingKeys(), "follower": DyingFollower()}
    dying = replace(erasing.runner, **parts)
    with pytest.raises(Killed):
        await dying.run([person.customer])
    await erasing.runner.run([person.customer])
    assert [name for name, text in texts_of(erasing.connection).items() if "canary" in text] == []
    events = reader.page(erasing.connection, TENANT, 0, 100_000)
    assert not [event for event in events if "canary" in str(event.payload)]
    assert events[-1].topic == "erasure.certified"
    (destroyed,) = [event.payload for event in events if event.topic == "erasure.keys_destroyed"]
    assert len(destroyed.fingerprints) > 10
    assert {each.table for each in compare(erasing.url, TENANT, PROJECTIONS) if not each.same} == set()


@pytest.mark.anyio
@pytest.mark.parametrize("first", [0, 1])
async def test_an_erasure_that_is_refused_is_named_and_the_others_are_run(erasing: Erasing, first: int) -> None:
    persons = held, other = Person("held", 1), Person("canary", 2)
    await erasing.record(*persons)
    for person in persons:
        await erasing.approve(person.customer)
    hold = e.PlaceLegalHold(customer_id=held.customer, hold="Case 7", why="the court asks")
    await erasing.give(erasure_stream(held.customer), hold)
    nobody = new_id()
    left = await erasing.runner.run([persons[first].customer, nobody, persons[1 - first].customer])
    assert left.keys() == {held.customer, nobody}
    assert "Case 7" in str(left[held.customer])
    assert "no such customer" in str(left[nobody])
    assert certificate_of(erasing.connection, TENANT, other.customer) is not None
    assert [name for name, text in texts_of(erasing.connection).items() if "canary" in text] == []
    readable = reader.streams(erasing.connection, TENANT, [held.customer], 10**9)[held.customer]
    assert readable[0].payload.name == "held An"


@pytest.mark.anyio
async def test_nothing_is_certified_while_the_key_store_lacks_a_key(erasing: Erasing) -> None:
    lacking, other = Person("lacking", 1), Person("canary", 2)
    await erasing.record(lacking, other)
    erasing.follower.catch_up()
    for person in (lacking, other):
        await erasing.approve(person.customer)
    ((state,),) = erasing.connection.execute(
        f"select state from tenant_{TENANT}.events where stream = %s and version = 1", [lacking.streams["ticket"]]
    ).fetchall()
    with psycopg.connect(erasing.runner.keys.url) as keys:
        keys.execute("delete from ticketledger_keys.keys where key_id = %s", [key_id_of(state)])
    left = await erasing.runner.run([lacking.customer, other.customer])
    assert left.keys() == {lacking.customer}
    assert f"does not hold 1 keys that events name, such as {key_id_of(state)}" in str(left[lacking.customer])
    assert certificate_of(erasing.connection, TENANT, lacking.customer) is None
    assert certificate_of(erasing.connection, TENANT, other.customer) is not None


@pytest.mark.anyio
async def test_no_key_is_destroyed_while_a_stream_of_the_person_is_open(erasing: Erasing) -> None:
    person = Person("canary", 1)
    await erasing.record(person)
    await erasing.approve(person.customer)

    class RefusingDesk:
        async def handle(self, stream: UUID, command: Command, context: CommandContext) -> CommandResult:
            if isinstance(command, EraseStream) and command.stream == person.streams["ticket"]:
                raise Refusal("busy", "not now", "open")
            return await erasing.desk.handle(stream, command, context)

    desk: Any = RefusingDesk()
    left = await replace(erasing.runner, desk=desk).run([person.customer])
    assert str(person.streams["ticket"]) in str(left[person.customer])
    topics = [event.topic for event in reader.page(erasing.connection, TENANT, 0, 100_000)]
    assert "erasure.keys_destroyed" not in topics
    assert await erasing.runner.run([person.customer]) == {}
    assert certificate_of(erasing.connection, TENANT, person.customer) is not None
