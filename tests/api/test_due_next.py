"""What becomes due next is listed over HTTP and on the command line, page by page, with the position of the rows."""

import asyncio
from datetime import date

import pytest

from domain.contract.commands import RenewContract, SignContract
from domain.ids import new_id
from tests.support.command_line import Run
from tests.support.reminding import Reminded, reminded
from tests.support.serving import Served


async def signed(desk: Reminded) -> str:
    await desk.rule("renewal", {"due": "contract-renewal"})
    contract = new_id()
    command = SignContract(
        number="1",
        customer_id=await desk.customer(),
        starts_on=date(2030, 1, 1),
        ends_on=date(2030, 12, 31),
        value=9,
        currency="VND",
    )
    await desk.ask(contract, command)
    desk.follow()
    return str(contract)


def filled(url: str) -> str:
    async def fill() -> str:
        async with reminded(url) as desk:
            return await signed(desk)

    return asyncio.run(fill())


IDENTITIES = [("rule:renewal", "term/1/30"), ("rule:renewal", "term/1/15")]


def test_what_is_due_next_is_read_in_pages_and_from_any_instant(desk: Served) -> None:
    contract = filled(desk.dsn)
    page = desk.get("/v1/due?limit=1").json()
    assert [(due["stream"], due["kind"], due["due_at"]) for due in page["due"]] == [
        (contract, "contract", "2030-11-29T02:00:00Z")
    ], "30 November is a Saturday and 1 December a Sunday"
    rest = desk.get(f"/v1/due?limit=1&cursor={page['next']}").json()
    assert [due["identity"] for due in rest["due"]] == ["term/1/15"]
    assert (rest["next"], rest["overdue"]) == (None, 0)
    later = desk.get("/v1/due?at=2030-12-01T00:00:00Z").json()
    assert ([due["identity"] for due in later["due"]], later["overdue"]) == (["term/1/15"], 1)
    assert desk.get("/v1/due?cursor=nonsense").status_code == 422


def test_a_person_lists_what_is_due_next(run: Run, database_url: str) -> None:
    contract = filled(database_url)
    assert contract in run("due").out
    listed = run("due", "--at", "2030-01-01", "--json").json
    assert [(due["source"], due["identity"]) for due in listed] == IDENTITIES
    none = run("due", "--at", "2031-01-01", "--language", "en")
    assert "Due before that, and not recorded yet: 2." in none.err
    assert "nothing is due" in none.out


@pytest.mark.anyio
async def test_a_change_of_the_tenant_s_zone_moves_what_is_not_due_yet(database_url: str) -> None:
    async with reminded(database_url) as desk:
        await signed(desk)
        before = desk.timers()
        await desk.define("settings", {"zone": "Europe/Berlin"})
        desk.follow()
        assert [at for *_, at in before] == ["2030-11-29 09:00", "2030-12-16 09:00"]
        assert [at for *_, at in desk.timers()] == ["2030-11-29 15:00", "2030-12-16 15:00"]
        assert desk.as_rebuilt()


@pytest.mark.anyio
async def test_a_renewal_takes_the_reminders_of_its_term_away(database_url: str) -> None:
    async with reminded(database_url) as desk:
        contract = await signed(desk)
        (event,) = [event for event in desk.log() if str(event.stream) == contract]
        await desk.ask(event.stream, RenewContract(months=12))
        desk.follow()
        assert [identity for _, identity, _ in desk.timers()] == ["term/2/30", "term/2/15"]
        assert desk.as_rebuilt()
