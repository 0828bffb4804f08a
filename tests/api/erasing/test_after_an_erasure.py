"""What readings, figures, statistics and files hold of a person after the erasure."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from api.erasing.rewriting import renew_statistics, rewrite
from domain.customer import commands as c
from domain.customer.events import CustomerRegistered
from domain.erasure.state import erasure_stream
from domain.event_log import reader
from domain.task.commands import CompleteTask
from domain.ticket import commands as t
from projections.customers.table import CUSTOMERS, StoredCustomer
from projections.figures.registry import FIGURES
from projections.point_in_time.readings import as_it_was, histories_as_they_were, rows_as_they_were
from projections.registry import PROJECTIONS
from tests.support.erased_files import files_with, statistics_with
from tests.support.erasing import TENANT, Erasing, Person, texts_of
from tests.support.key_stores import encrypt, key_store
from tests.support.serving import make_key, serving


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
