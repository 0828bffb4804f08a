"""The made-up desk: the same for the same seed, always by the rules, and as busy as asked."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise, takewhile
from random import Random
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.settings import utc_now
from api.simulation.desk import MadeUpDesk
from api.simulation.replay import Replayer, ReplayResult
from api.simulation.schedule import OPENS, ZONE, in_working_hours
from api.simulation.ticket_life import ScenarioStep
from domain.command_context import CommandContext
from domain.command_handling.aggregates import handler_of
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import Now, ServiceDesk
from domain.contract.commands import RenewContract, SignContract
from domain.contract.term_days import GRACE_DAYS
from domain.customer.commands import AddressCommand, CustomerCommand, JoinOrganisation, MergeCustomer, VerifyAddress
from domain.customer.facts.commands import AnswerNps, GiveConsent, RecordDate, RecordPurchase
from domain.event_log.store import LogConnection
from domain.local_time import local_day
from domain.messages import Command
from domain.ticket import commands as c
from domain.usage.commands import RecordUsage
from tests.support.examples import examples

FIRST = date(2026, 3, 2)
MONTH = datetime(2026, 4, 1, tzinfo=UTC)


def made_up(seed: int, tickets_per_day: int = 40) -> list[ScenarioStep]:
    return list(takewhile(lambda step: step.at <= MONTH, MadeUpDesk(seed, FIRST, tickets_per_day).steps()))


@cache
def steps(tickets_per_day: int = 40) -> Sequence[ScenarioStep]:
    """A month of one desk, made once for all tests."""
    return made_up(1, tickets_per_day)


@settings(max_examples=examples(6))
@given(seed=st.integers(0, 10_000))
def test_every_step_is_by_the_rules(seed: int) -> None:
    states: dict[UUID, object] = {}
    for step in made_up(seed, tickets_per_day=5):
        route = handler_of(step.command)
        parts = route.parts(step.stream, step.command)
        command = step.command.model_copy(update={"occurred_at": step.at})
        before = [states.get(stream, aggregate.initial) for stream, aggregate in parts]
        for stream, payload, at in route.decide(command, step.stream, before, step.actor, step.at):
            aggregate = dict(parts)[stream]
            states[stream] = aggregate.evolve(states.get(stream, aggregate.initial), payload, at)


def test_the_same_seed_makes_the_same_desk_and_another_another() -> None:
    assert made_up(1, tickets_per_day=10) == steps(tickets_per_day=10)
    assert made_up(2, tickets_per_day=10)[:100] != steps(tickets_per_day=10)[:100]


def test_steps_come_by_time() -> None:
    assert all(before.at <= after.at for before, after in pairwise(steps()))


def test_a_month_holds_about_as_many_tickets_as_asked_and_everything_that_can_happen() -> None:
    drawn = steps(tickets_per_day=100)
    counted = Counter(type(step.command) for step in drawn)
    assert counted[c.ReceiveTicket] == pytest.approx(30 * 100, rel=0.15)
    happened = {c.SendReply, c.PutOnHold, c.ResumeWork, c.ReceiveMessage, c.EscalateTicket, c.LogEffort, c.CancelTicket,
                c.MergeTicket, c.UndoMerge, c.RateSatisfaction, c.PrioritiseTicket, c.AddNote}  # fmt: skip
    assert happened <= set(counted)
    receipts = [step.command for step in drawn if isinstance(step.command, c.ReceiveTicket)]
    assert {receipt.priority for receipt in receipts} == {"P1", "P2", "P3", "P4"}
    assert len({receipt.channel for receipt in receipts}) == 8


def test_customers_come_by_day_and_rarely_at_night() -> None:
    hours = Counter(step.at.astimezone(ZONE).hour for step in steps() if isinstance(step.command, c.ReceiveTicket))
    assert hours[10] > 5 * hours[4]


def test_a_customer_is_registered_before_the_first_ticket() -> None:
    known = set()
    for step in steps():
        if isinstance(step.command, CustomerCommand | AddressCommand):
            known.add(step.stream)
        elif isinstance(step.command, c.ReceiveTicket):
            assert step.command.customer_id in known


def test_customers_have_everything_that_a_profile_shows() -> None:
    happened = {type(step.command) for step in steps(tickets_per_day=100)}
    assert {VerifyAddress, JoinOrganisation, MergeCustomer, RecordPurchase, AnswerNps, GiveConsent, RecordDate,
            SignContract, RecordUsage} <= happened  # fmt: skip


def test_some_contracts_end_soon_some_have_lapsed_and_some_are_renewed_or_won_back() -> None:
    signed = [(step.at, step.command) for step in steps(100) if isinstance(step.command, SignContract)]
    left = [(command.ends_on - local_day(at, ZONE)).days for at, command in signed]
    assert any(days < -GRACE_DAYS for days in left)
    assert any(0 <= days <= 30 for days in left)
    assert any(30 < days <= 90 for days in left)
    assert any(command.wins_back for _, command in signed)
    assert any(isinstance(step.command, RenewContract) for step in steps(100))


@given(st.integers(0, 365 * 86_400))
def test_nobody_works_on_a_sunday_or_at_night(seconds: int) -> None:
    at = MONTH + timedelta(seconds=seconds)
    worked = in_working_hours(at, Random(1))  # noqa: S311 -- chance that can be repeated, no secret
    assert at <= worked
    assert worked.astimezone(ZONE).weekday() != 6
    assert OPENS <= worked.astimezone(ZONE).hour < 20


def play(dsn: str, until: datetime) -> ReplayResult:
    async def run() -> ReplayResult:
        service = ServiceDesk(LogConnection(dsn, "default"), utc_now)
        player = Replayer(MadeUpDesk(1, FIRST, 40), service, utc_now)
        await player.past(until)
        await service.close()
        return player.played

    return asyncio.run(run())


def test_the_past_is_played_once_however_often_it_is_played(database_url: str) -> None:
    week = datetime(2026, 3, 9, tzinfo=UTC)
    first = play(database_url, week - timedelta(days=3))
    assert (first.known, first.refused) == (0, 0)
    whole = play(database_url, week)
    assert (whole.known, whole.refused) == (first.steps, 0)
    assert play(database_url, week).events == 0


def test_the_past_is_recorded_in_the_order_in_which_it_happened(database_url: str) -> None:
    played = play(database_url, datetime(2026, 3, 7, tzinfo=UTC))
    with psycopg.connect(database_url) as connection:
        order = connection.execute(
            "select (state::json ->> 'occurred_at')::timestamptz from tenant_default.events order by position"
        ).fetchall()
    assert len(order) == played.events
    assert all(before <= after for before, after in pairwise(order))


class Watched(ServiceDesk):
    """Tells when it has been given some commands."""

    def __init__(self, log: LogConnection, clock: Now, enough: int) -> None:
        super().__init__(log, clock)
        self._awaited = enough
        self.enough = asyncio.Event()

    async def handle(self, stream: UUID, command: Command, command_context: CommandContext) -> CommandResult:
        receipt = await super().handle(stream, command, command_context)
        self._awaited -= 1
        if self._awaited == 0:
            self.enough.set()
        return receipt


def test_the_present_goes_on_where_the_past_has_ended(database_url: str) -> None:
    until = steps()[200].at

    async def run() -> int:
        service = Watched(LogConnection(database_url, "default"), lambda: MONTH, 400)
        player = Replayer(MadeUpDesk(1, FIRST, 40), service, lambda: MONTH)
        await player.past(until)
        playing = asyncio.create_task(player.present())
        await service.enough.wait()
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        await service.close()
        return player.played.refused

    assert asyncio.run(run()) == 0
    with psycopg.connect(database_url) as connection:
        numbers = connection.execute(
            "select split_part(command_id, '/', 5)::int from tenant_default.commands"
            " where command_id like 'simulation/%'"
        ).fetchall()
    assert sorted(number for (number,) in numbers) == list(range(len(numbers)))


def test_a_hastened_desk_does_now_what_it_would_do_one_after_the_other(database_url: str) -> None:
    async def run() -> int:
        service = Watched(LogConnection(database_url, "default"), lambda: MONTH, 200)
        player = Replayer(MadeUpDesk(1, FIRST, 40), service, lambda: MONTH)
        playing = asyncio.create_task(player.hastened(speed=1e9))
        await service.enough.wait()
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        await service.close()
        return player.played.refused

    assert asyncio.run(run()) == 0
    with psycopg.connect(database_url) as connection:
        happened = connection.execute(
            "select distinct (state::jsonb ->> 'occurred_at')::timestamptz from tenant_default.events"
        ).fetchall()
    assert happened == [(MONTH,)]
