"""An erasure from the request to the certificate, on a real log."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.erasing.readings import certificate_of
from api.erasing.rewriting import renew_statistics, rewrite
from api.key_store.store import Destroyed
from domain.command_context import CommandContext
from domain.command_handling.pending_command import CommandResult
from domain.customer import commands as c
from domain.customer.events import CustomerRegistered
from domain.erasure import commands as e
from domain.erasure.commands import EraseStream
from domain.erasure.state import erasure_stream
from domain.event_log import reader
from domain.ids import new_id
from domain.messages import Command
from domain.personal_data.encrypted import key_of
from domain.refusal import Refusal
from domain.task.commands import CompleteTask, OpenTask
from domain.ticket import commands as t
from projections.customers.table import CUSTOMERS, StoredCustomer
from projections.engine.point_in_time import as_it_was, histories_as_they_were, rows_as_they_were
from projections.engine.rebuild import compare
from projections.figures.registry import FIGURES
from projections.registry import PROJECTIONS
from tests.support.erased_files import files_with, statistics_with
from tests.support.erasing import TENANT, Erasing, Person, texts_of
from tests.support.key_stores import encrypt, key_store
from tests.support.serving import make_key, serving


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def erasing(database_url: str, tmp_path: Path) -> AsyncIterator[Erasing]:
    """An encrypted tenant."""
    with key_store(database_url, tmp_path) as store:
        encrypt(database_url, TENANT, store)
        made = Erasing(database_url, store)
        yield made
        await made.close()


@pytest.mark.anyio
async def test_after_an_erasure_no_row_beside_the_log_holds_a_word_of_the_person(erasing: Erasing) -> None:
    person, other = Person("canary", 1), Person("neighbour", 2)
    await erasing.record(person, other)
    erasing.follower.catch_up()
    before = texts_of(erasing.connection)
    assert sum("canary" in text for text in before.values()) > 10
    await erasing.approve(person.customer)
    await erasing.runner.run([person.customer])
    after = texts_of(erasing.connection)
    assert {name: text for name, text in after.items() if "canary" in text} == {}
    assert {name: text.count("neighbour") for name, text in after.items()} == {
        name: text.count("neighbour") for name, text in before.items()
    }
    assert {each.table for each in compare(erasing.url, TENANT, PROJECTIONS) if not each.same} == set()


async def erased(erasing: Erasing, person: Person) -> Person:
    """The person, recorded and erased."""
    await erasing.record(person)
    await erasing.approve(person.customer)
    await erasing.runner.run([person.customer])
    return person


@pytest.mark.anyio
async def test_an_erased_stream_takes_no_more_commands_and_no_new_stream_begins_for_it(erasing: Erasing) -> None:
    person = await erased(erasing, Person("canary", 1))
    late = t.ReceiveTicket(
        customer_id=person.customer, channel="zalo", subject="late", category="internet", priority="P2"
    )
    for stream, command in (
        (person.streams["ticket"], t.AddNote(body="late")),
        (person.customer, c.ChangeTier(tier="gold")),
        (person.streams["twin"], c.UndoCustomerMerge(into=person.customer, reason="late")),
        (new_id(), late),
    ):
        with pytest.raises(Refusal) as refused:
            await erasing.give(stream, command)
        assert refused.value.code == "erased"


@pytest.mark.anyio
async def test_a_member_of_an_erased_organisation_can_leave_it(erasing: Erasing) -> None:
    firm, member = new_id(), new_id()
    await erasing.give(firm, c.RegisterCustomer(name="canary", party="organisation"))
    await erasing.give(member, c.RegisterCustomer(name="Member"))
    await erasing.give(member, c.JoinOrganisation(organisation=firm))
    await erasing.approve(firm)
    await erasing.runner.run([firm])
    left = await erasing.give(member, c.LeaveOrganisation(organisation=firm))
    assert left.answer.events == 1


@pytest.mark.anyio
async def test_the_certificate_lists_tickets_that_were_given_to_another_customer(erasing: Erasing) -> None:
    former, present, ticket = new_id(), new_id(), new_id()
    await erasing.give(former, c.RegisterCustomer(name="Former"))
    await erasing.give(present, c.RegisterCustomer(name="Present"))
    received = t.ReceiveTicket(customer_id=former, channel="zalo", subject="s", category="internet", priority="P2")
    await erasing.give(ticket, received)
    await erasing.give(ticket, t.CorrectCustomer(customer_id=present, reason="wrong number"))
    for customer in (former, present):
        await erasing.approve(customer)
        await erasing.runner.run([customer])
    lists = [certificate_of(erasing.connection, TENANT, each) for each in (former, present)]
    assert [each and each.given_away for each in lists] == [[ticket], []]


@pytest.mark.anyio
async def test_the_same_telephone_number_comes_again_as_a_new_customer(erasing: Erasing) -> None:
    person = await erased(erasing, Person("canary", 1))
    again = new_id()
    await erasing.give(again, c.RegisterCustomer(name="An again"))
    await erasing.give(again, c.AddAddress(channel="phone", handle="+84900000001", trust="seen"))
    erasing.follower.catch_up()
    found = erasing.connection.execute("select customer from tenant_default.customer_addresses").fetchall()
    assert found == [(again,)]
    assert person.customer != again


@pytest.mark.anyio
async def test_another_persons_claim_on_a_shared_address_outlives_the_erasure(erasing: Erasing) -> None:
    one, other = new_id(), new_id()
    for customer in (one, other):
        await erasing.give(customer, c.RegisterCustomer(name="Shared"))
        await erasing.give(
            customer, c.AddAddress(channel="email", handle="family@example.vn", shared=True, trust="seen")
        )
    await erasing.approve(one)
    await erasing.runner.run([one])
    third = new_id()
    await erasing.give(third, c.RegisterCustomer(name="Third"))
    with pytest.raises(Refusal, match="is that of customer"):
        await erasing.give(third, c.AddAddress(channel="email", handle="family@example.vn", trust="seen"))
    readable = reader.streams(erasing.connection, TENANT, [other], 10**9)[other]
    assert readable[1].payload.handle == "family@example.vn"


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
async def test_a_reading_as_of_before_the_erasure_shows_erased_values(erasing: Erasing) -> None:
    person = Person("canary", 1)
    await erasing.record(person)
    (before,) = erasing.connection.execute("select clock_timestamp()").fetchone() or ()
    await erasing.approve(person.customer)
    await erasing.runner.run([person.customer])
    then = rows_as_they_were(erasing.connection, TENANT, CUSTOMERS, person.customer, known_at=before)
    assert [row.name for row in then if isinstance(row, StoredCustomer)] == ["[erased]"]


@pytest.mark.anyio
async def test_the_certificate_says_what_was_destroyed_and_what_cannot_be(database_url: str, tmp_path: Path) -> None:
    with key_store(database_url, tmp_path) as store:
        plain = Person("canary", 1)
        erasing = Erasing(database_url, store)
        await erasing.give(plain.customer, c.RegisterCustomer(name="canary in clear"))
        await erasing.close()
        encrypt(database_url, TENANT, store)
        erasing = Erasing(database_url, store)
        await erasing.give(plain.customer, c.ChangeCustomerDetails(name="canary sealed"))
        await erasing.approve(plain.customer)
        await erasing.runner.run([plain.customer])
        history = reader.streams(erasing.connection, TENANT, [erasure_stream(plain.customer)], 10**9)
        destroyed, certified = (event.payload for event in next(iter(history.values()))[-2:])
        assert destroyed.readable == (1,)
        assert len(destroyed.fingerprints) == 1
        assert certified.streams == {"customer": 1}
        rows = {name for name, text in texts_of(erasing.connection).items() if "canary" in text}
        assert rows == {"events"}
        await erasing.close()


@pytest.mark.anyio
async def test_a_reading_of_an_earlier_instant_shows_no_value_that_was_stored_before_encryption(
    database_url: str, tmp_path: Path
) -> None:
    with key_store(database_url, tmp_path) as store:
        person, other = Person("canary", 1), Person("neighbour", 2)
        plain = Erasing(database_url, store)
        await plain.record(person, other)
        await plain.close()
        encrypt(database_url, TENANT, store)
        erasing = Erasing(database_url, store)
        ((before,),) = erasing.connection.execute("select clock_timestamp()").fetchall()
        await erasing.approve(person.customer)
        await erasing.runner.run([person.customer])
        for axes in ({"known_at": before}, {"as_of": before}, {"known_at": before, "as_of": before}):
            with as_it_was(erasing.connection, TENANT, PROJECTIONS, **axes) as schema:
                tables = [table.name for projection in PROJECTIONS for table in projection.tables]
                rows = {
                    name: str(erasing.connection.execute(f'select * from "{schema}"."{name}"').fetchall())
                    for name in tables
                }
            assert [name for name, text in rows.items() if "canary" in text] == [], axes
            assert sum("neighbour" in text for text in rows.values()) > 10
            then = rows_as_they_were(erasing.connection, TENANT, CUSTOMERS, person.customer, **axes)
            assert [row.name for row in then if isinstance(row, StoredCustomer)] == ["[erased]"]
            for kinds in (None, [CustomerRegistered]):
                histories = histories_as_they_were(
                    erasing.connection, TENANT, [person.customer], **axes, event_types=kinds
                )
                assert [event.payload.name for event in histories[person.customer][:1]] == ["[erased]"]
        await erasing.close()


@pytest.mark.anyio
async def test_statistics_and_files_hold_no_word_of_the_persons_after_rewriting(erasing: Erasing) -> None:
    persons = [Person(f"canary{number}x", number) for number in range(3)]
    await erasing.record(*persons, Person("neighbour", 9))
    erasing.follower.catch_up()
    renew_statistics(erasing.connection, TENANT)
    assert len(statistics_with(erasing.connection, "canary")) > 5
    for person in persons:
        await erasing.approve(person.customer)
    await erasing.runner.run([person.customer for person in persons])
    renew_statistics(erasing.connection, TENANT)
    assert statistics_with(erasing.connection, "canary") == set()
    assert "pg_statistic" in files_with(erasing.connection, "canary")
    rewrite(erasing.connection, TENANT)
    assert files_with(erasing.connection, "canary") == set()


def figures_of(url: str) -> dict[str, Any]:
    """The rows of every figure of the years around the present, by name."""
    with serving(url, key=make_key(url)) as desk:
        desk.follow()
        days = {"first": "2020-01-01", "last": "2029-12-31"}
        answers = {name: desk.get(f"/v1/figures/{name}", params=days).json() for name in FIGURES}
    return {name: answer.get("rows", answer) for name, answer in answers.items()}


@pytest.mark.anyio
async def test_figures_count_the_person_after_the_erasure_as_before(erasing: Erasing) -> None:
    """The person has no open work, which the erasure would end."""
    person = Person("canary", 1)
    await erasing.record(person)
    await erasing.give(person.streams["ticket"], t.ResolveTicket(resolution="canary"))
    await erasing.give(person.streams["task"], CompleteTask())
    make_key(erasing.url)
    before = await asyncio.to_thread(figures_of, erasing.url)
    await erasing.approve(person.customer)
    await erasing.runner.run([person.customer])
    assert await asyncio.to_thread(figures_of, erasing.url) == before


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
    assert "Case 7" in left[held.customer]
    assert "no such customer" in left[nobody]
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
        keys.execute("delete from ticketledger_keys.keys where key_id = %s", [key_of(state)])
    left = await erasing.runner.run([lacking.customer, other.customer])
    assert left.keys() == {lacking.customer}
    assert f"does not hold 1 keys that events name, such as {key_of(state)}" in left[lacking.customer]
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
    assert str(person.streams["ticket"]) in left[person.customer]
    topics = [event.topic for event in reader.page(erasing.connection, TENANT, 0, 100_000)]
    assert "erasure.keys_destroyed" not in topics
    assert await erasing.runner.run([person.customer]) == {}
    assert certificate_of(erasing.connection, TENANT, person.customer) is not None
