"""The due watch announces that a contract has lapsed: once a term, when the grace is over, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from api.workers.contract_lapses import CONTRACT_LAPSES
from api.workers.watching import ScanSettings, WatchSettings
from domain.contract.commands import TerminateContract
from domain.contract.events import ContractLapsed
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log.advisory_locks import alerts_lock
from domain.local_time import local_day
from domain.zones import zone_named
from projections.contracts.table import CONTRACTS
from projections.engine.rebuild import compare
from tests.support.due_watching import HANOI, LAPSES, MICROSECOND, Contracts, contracts_at, due_watch
from tests.support.events import IMPORT

pytestmark = pytest.mark.anyio


@pytest.fixture
async def contracts(database_url: str) -> AsyncIterator[Contracts]:
    async with contracts_at(database_url) as made:
        yield made


async def test_a_term_lapses_when_the_day_after_the_grace_begins_and_not_before(contracts: Contracts) -> None:
    contract = await contracts.sign()
    contracts.clock.now = LAPSES - MICROSECOND
    await contracts.look()
    assert contracts.lapses() == []
    contracts.clock.now = LAPSES
    await contracts.look()
    (lapsed,) = contracts.lapses()
    assert (lapsed.stream, lapsed.payload, lapsed.occurred_at) == (contract, ContractLapsed(term=1), LAPSES)
    assert (lapsed.envelope.actor.id, lapsed.envelope.actor.kind) == ("due-watch", "system")


async def test_the_day_begins_in_the_zone_of_the_tenant_s_settings(contracts: Contracts) -> None:
    settings = PublishDefinition(
        kind="settings", name="tenant", effective_from=datetime(2026, 1, 1, tzinfo=HANOI), reason="moved",
        body={"zone": "Europe/Berlin"},
    )  # fmt: skip
    await contracts.ask(definition_stream("settings"), settings)
    await contracts.sign()
    berlin = datetime(2026, 3, 3, tzinfo=zone_named("Europe/Berlin"))
    contracts.clock.now = berlin - MICROSECOND
    await contracts.look()
    assert contracts.lapses() == []
    contracts.clock.now = berlin
    await contracts.look()
    assert [event.occurred_at for event in contracts.lapses()] == [berlin]


async def test_two_watches_at_once_announce_each_lapse_once(contracts: Contracts) -> None:
    signed = [await contracts.sign() for _ in range(20)]
    contracts.follow()
    contracts.clock.now = LAPSES
    async with due_watch(contracts) as first, due_watch(contracts) as second:
        await asyncio.gather(first.step(), second.step())
        contracts.follow()
        await asyncio.gather(first.step(), second.step())
    assert sorted(event.stream for event in contracts.lapses()) == sorted(signed)


async def test_a_watch_that_was_down_announces_everything_with_the_instants_at_which_it_was_due(
    contracts: Contracts,
) -> None:
    ends = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 6, 30)]
    for day in ends * 3:
        await contracts.sign(day)
    contracts.clock.now = datetime(2027, 1, 1, tzinfo=HANOI)
    contracts.follow()
    settings = WatchSettings(scan=ScanSettings(page=2, quiet=timedelta(0)))
    async with due_watch(contracts, settings) as watch:
        while not await watch.step():
            pass
    assert len(contracts.lapses()) == 9
    days = {local_day(event.occurred_at, HANOI) for event in contracts.lapses()}
    assert days == {day + timedelta(31) for day in ends}


async def test_a_watch_that_is_started_again_announces_nothing_again(contracts: Contracts) -> None:
    await contracts.sign()
    contracts.clock.now = LAPSES
    await contracts.look()
    async with due_watch(contracts) as watch:  # the rows still say that the lapse is to be announced
        await watch.step()
    await contracts.look()
    assert len(contracts.lapses()) == 1


async def test_each_term_lapses_once_also_when_it_was_renewed_after_the_announcement(contracts: Contracts) -> None:
    contract = await contracts.sign()
    contracts.clock.now = LAPSES
    await contracts.look()
    contracts.clock.now = LAPSES - timedelta(days=1)  # told late: it was renewed on the last day of grace
    await contracts.renew(contract)
    contracts.clock.now = LAPSES
    await contracts.look()
    assert [event.payload.term for event in contracts.lapses()] == [1]
    contracts.clock.now = datetime(2026, 5, 1, tzinfo=HANOI)
    await contracts.look()
    assert [event.payload.term for event in contracts.lapses()] == [1, 2]


async def test_a_renewal_or_an_end_that_the_rows_do_not_know_yet_is_seen_in_the_log(contracts: Contracts) -> None:
    renewed, ended = await contracts.sign(), await contracts.sign()
    contracts.follow()
    contracts.clock.now = LAPSES - timedelta(days=1)
    await contracts.renew(renewed)
    await contracts.ask(ended, TerminateContract(on=date(2026, 1, 31), reason="closes down"))
    contracts.clock.now = LAPSES
    async with due_watch(contracts) as watch:
        await watch.step()
    assert contracts.lapses() == []


async def test_a_clock_that_is_set_back_announces_nothing_early_and_nothing_twice(contracts: Contracts) -> None:
    await contracts.sign()
    contracts.clock.now = LAPSES
    await contracts.look()
    contracts.clock.now = LAPSES - timedelta(days=40)
    later = await contracts.sign(date(2026, 2, 10))
    await contracts.look()
    contracts.clock.now = LAPSES
    await contracts.look()
    assert later not in {event.stream for event in contracts.lapses()}
    assert len(contracts.lapses()) == 1


async def test_nothing_is_announced_while_alerts_are_suspended(contracts: Contracts) -> None:
    await contracts.sign()
    contracts.clock.now = LAPSES
    with psycopg.connect(contracts.url, autocommit=True) as connection, alerts_lock("default").held(connection):
        await contracts.look()
        assert contracts.lapses() == []
    await contracts.look()
    assert len(contracts.lapses()) == 1


async def test_a_term_that_was_over_when_it_was_imported_is_not_announced_and_one_that_runs_is(
    contracts: Contracts,
) -> None:
    await contracts.sign(date(2025, 10, 1), IMPORT)
    future = datetime.now(tz=HANOI).date() + timedelta(days=100)
    running = await contracts.sign(future, IMPORT)
    contracts.clock.now = datetime(future.year + 1, 1, 1, tzinfo=HANOI)
    await contracts.look()
    assert [event.stream for event in contracts.lapses()] == [running]


async def test_the_watch_sleeps_until_the_next_lapse_and_no_longer_than_a_poll(contracts: Contracts) -> None:
    await contracts.sign()
    contracts.follow()
    async with due_watch(contracts) as watch:
        assert await watch.step() == WatchSettings().listener.poll
        contracts.clock.now = LAPSES - timedelta(seconds=0.25)
        assert await watch.step() == pytest.approx(0.25, abs=0.00001)


async def test_a_history_that_cannot_be_judged_keeps_nothing_else_back(
    contracts: Contracts, caplog: pytest.LogCaptureFixture
) -> None:
    faulty, *others = [await contracts.sign() for _ in range(3)]
    contracts.follow()
    contracts.clock.now = LAPSES

    def judge(connection: Any, tenant: str, streams: Any, *given: Any) -> Any:
        if faulty in streams:
            raise ValueError("no history of ours")
        return CONTRACT_LAPSES.judge(connection, tenant, streams, *given)

    async with due_watch(contracts, dues=[CONTRACT_LAPSES._replace(judge=judge)]) as watch:
        await watch.step()
        await watch.step()
    assert sorted(event.stream for event in contracts.lapses()) == sorted(others)
    assert caplog.text.count("cannot be judged") == 1


async def test_a_rebuild_raises_nothing_and_gives_the_rows_that_were_followed(contracts: Contracts) -> None:
    for _ in range(2):
        await contracts.renew(await contracts.sign())
    contracts.clock.now = datetime(2027, 1, 1, tzinfo=HANOI)
    await contracts.look()
    contracts.follow()
    before = len(contracts.log())
    assert all(comparison.same for comparison in compare(contracts.url, "default", [CONTRACTS]))
    assert len(contracts.log()) == before
