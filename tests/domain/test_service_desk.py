"""Every command gets one of its answers, once, whole, and by what is so at that moment."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.command_handling import decide, service_desk
from domain.command_handling.command_request import fingerprint_of
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandIdReused, CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.customer.commands import AddAddress, ChangeTier, RegisterCustomer
from domain.event_log.append import Answer, Appended, Batch
from domain.event_log.store import LogConnection
from domain.messages import Command
from domain.refusal import Refusal
from domain.ticket import commands as c
from tests.support.desks import BEFORE, NOTE, RECEIVE, by, noon, opened, received, recorded, topics
from tests.support.events import AGENT, NOON
from tests.support.log import TENANT, rows

pytestmark = pytest.mark.anyio

RESOLVE = c.ResolveTicket(resolution="r")
START = c.StartWork()


class CountingLog(LogConnection):
    """Counts how often the log is written to."""

    appends = 0

    async def append(self, batch: Batch) -> Appended:
        self.appends += 1
        return await super().append(batch)


@pytest.fixture
async def desk(desk_url: str) -> AsyncIterator[ServiceDesk]:
    async with opened(desk_url) as made:
        yield made


async def test_a_command_that_acts_is_answered_with_its_place(desk: ServiceDesk, desk_url: str) -> None:
    stream = UUID(int=1)
    assert await desk.handle(stream, RECEIVE, by("c-1")) == CommandResult(
        Answer(stream, 1, BEFORE + 1, 1), repeated=False
    )
    assert await desk.handle(stream, START, by("c-2")) == CommandResult(
        Answer(stream, 3, BEFORE + 3, 2), repeated=False
    )
    assert topics(desk_url, stream) == ["received", "assigned", "work_started"]


async def test_what_surrounds_a_command_stands_in_the_envelope(desk: ServiceDesk, desk_url: str) -> None:
    stream = await received(desk)
    at = NOON - timedelta(hours=2)
    about = by("c-7", correlation_id="call", causation_id="e-1")
    await desk.handle(stream, c.PrioritiseTicket(priority="P1", reason="outage", occurred_at=at), about)
    first, second = recorded(desk_url)
    assert (first.occurred_at, first.envelope.reason) == (NOON, None)
    envelope = second.envelope
    assert (envelope.occurred_at, envelope.reason, envelope.actor, envelope.command_id) == (at, "outage", AGENT, "c-7")
    assert (envelope.correlation_id, envelope.causation_id) == ("call", "e-1")
    assert "reason" not in second.payload.model_dump()


async def test_a_refused_command_records_nothing_and_its_id_is_free(desk: ServiceDesk, desk_url: str) -> None:
    stream = await received(desk)
    with pytest.raises(Refusal) as refused:
        await desk.handle(stream, c.CloseTicket(), by("c-1"))
    assert refused.value.code == "ticket_not_resolved"
    assert len(recorded(desk_url)) == 1
    assert (await desk.handle(stream, NOTE, by("c-1"))).answer.events == 1


async def test_a_retried_command_gets_the_first_answer_however_the_log_has_moved_on(desk: ServiceDesk) -> None:
    stream = await received(desk)
    first = await desk.handle(stream, RESOLVE, by("acts"))
    quiet = await desk.handle(stream, RESOLVE, by("quiet"))
    assert quiet.answer == (stream, 2, BEFORE + 2, 0)
    await desk.handle(stream, c.ReopenTicket(reason="r"), by())
    assert await desk.handle(stream, RESOLVE, by("acts")) == CommandResult(first.answer, repeated=True)
    assert await desk.handle(stream, RESOLVE, by("quiet")) == CommandResult(quiet.answer, repeated=True)


async def test_a_retry_is_answered_even_when_it_would_now_be_refused_or_stale(desk: ServiceDesk) -> None:
    stream = await received(desk)
    first = await desk.handle(stream, NOTE, by("c-1", expected_version=1))
    assert await desk.handle(stream, NOTE, by("c-1", expected_version=1)) == CommandResult(first.answer, repeated=True)
    closing = await desk.handle(stream, c.CancelTicket(), by("c-2"))
    assert await desk.handle(stream, c.CancelTicket(), by("c-2")) == CommandResult(closing.answer, repeated=True)
    begun = await desk.handle(UUID(int=5), RECEIVE, by("c-3"))
    assert await desk.handle(UUID(int=5), RECEIVE, by("c-3")) == CommandResult(begun.answer, repeated=True)


async def test_a_command_id_stands_for_one_command_on_one_stream(desk: ServiceDesk, desk_url: str) -> None:
    stream = await received(desk)
    other = await received(desk)
    await desk.handle(stream, NOTE, by("c-1"))
    attempts: list[tuple[UUID, Command]] = [(stream, c.AddNote(body="m")), (other, NOTE), (stream, START)]
    for elsewhere, command in attempts:
        with pytest.raises(CommandIdReused, match="'c-1' was used for another command"):
            await desk.handle(elsewhere, command, by("c-1"))
    assert len(recorded(desk_url)) == 3


@pytest.mark.parametrize("command_id", ["", "x" * 501, "a\nb", "a\0", "\x1e", "\ud800"])
def test_a_command_id_is_printable_and_short(command_id: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        by().__class__(AGENT, command_id)


async def test_a_caller_who_has_seen_an_older_version_is_told_the_newer(desk: ServiceDesk, desk_url: str) -> None:
    stream = await received(desk)
    await desk.handle(stream, NOTE, by(expected_version=1))
    for expected in (0, 1, 3):
        with pytest.raises(StaleVersion) as stale:
            await desk.handle(stream, NOTE, by(expected_version=expected))
        assert (stale.value.expected, stale.value.actual) == (expected, 2)
    assert len(recorded(desk_url)) == 2


async def test_what_lies_in_the_future_is_refused(desk: ServiceDesk) -> None:
    stream = await received(desk)
    limit = NOON + timedelta(seconds=decide.FUTURE_SECONDS)
    await desk.handle(stream, c.AddNote(body="n", occurred_at=limit), by())
    with pytest.raises(Refusal, match="lies in the future"):
        await desk.handle(stream, c.AddNote(body="n", occurred_at=limit + timedelta(microseconds=1)), by())


async def test_a_merge_is_recorded_on_both_tickets_at_once(desk: ServiceDesk, desk_url: str) -> None:
    first, second = await received(desk), await received(desk)
    merged = await desk.handle(first, c.MergeTicket(into=second, reason="same"), by())
    assert merged.answer == (first, 2, BEFORE + 4, 2)
    undone = await desk.handle(first, c.UndoMerge(into=second, reason="not the same"), by())
    assert undone.answer == (first, 3, BEFORE + 6, 2)
    assert topics(desk_url, first) == ["received", "merged", "merge_undone"]
    assert topics(desk_url, second) == ["received", "absorbed", "absorption_undone"]


async def test_a_refused_merge_leaves_both_tickets_alone(desk: ServiceDesk, desk_url: str) -> None:
    first, second = await received(desk), await received(desk)
    await desk.handle(second, RESOLVE, by())
    with pytest.raises(Refusal, match="into an open one"):
        await desk.handle(first, c.MergeTicket(into=second, reason="same"), by())
    with pytest.raises(Refusal, match="another ticket"):
        await desk.handle(first, c.MergeTicket(into=first, reason="same"), by())
    with pytest.raises(Refusal, match="must have been received"):
        await desk.handle(first, c.MergeTicket(into=UUID(int=77), reason="same"), by())
    assert len(recorded(desk_url)) == 3


async def test_an_id_belongs_to_the_aggregate_that_began_it_and_to_none_before(desk: ServiceDesk) -> None:
    stream = UUID(int=1)
    for command in (ChangeTier(tier="gold"), NOTE):
        with pytest.raises(Refusal) as unknown:
            await desk.handle(stream, command, by())
        assert unknown.value.code in {"customer_unknown", "ticket_unknown"}
    await desk.handle(stream, RECEIVE, by())
    with pytest.raises(Refusal, match="is the id of a ticket; give that of a customer"):
        await desk.handle(stream, RegisterCustomer(name="Mai"), by())
    ticket = await received(desk)
    customer = UUID(int=3)
    await desk.handle(customer, RegisterCustomer(name="Mai"), by())
    with pytest.raises(Refusal, match="is the id of a customer"):
        await desk.handle(ticket, c.MergeTicket(into=customer, reason="r"), by())


async def test_neighbours_that_ask_for_both_aggregates_of_a_new_id_are_judged_one_by_one(desk: ServiceDesk) -> None:
    stream = UUID(int=1)
    answers = await together(desk, (stream, NOTE), (stream, RegisterCustomer(name="Mai")), (stream, RECEIVE))
    assert [type(answer) for answer in answers] == [Refusal, CommandResult, Refusal]
    address = AddAddress(channel="zalo", handle="mai")
    assert (await desk.handle(stream, address, by())).answer.version == 2


async def together(
    desk: ServiceDesk, *wishes: tuple[UUID, Command], **fields: Any
) -> list[CommandResult | BaseException]:
    """Asked at once, so that all but the first wait and are served in one batch."""
    return await asyncio.gather(
        *(desk.handle(stream, command, by(**fields)) for stream, command in wishes), return_exceptions=True
    )


async def test_commands_that_wait_together_are_judged_in_the_order_they_came(desk: ServiceDesk, desk_url: str) -> None:
    stream = await received(desk)
    close = c.CloseTicket()
    answers = await together(desk, (stream, close), (stream, RESOLVE), (stream, RESOLVE), (stream, close))
    assert [type(answer) for answer in answers] == [Refusal, CommandResult, CommandResult, CommandResult]
    assert [answer.answer[1:] for answer in answers if isinstance(answer, CommandResult)] == [
        (2, BEFORE + 2, 1),
        (2, BEFORE + 2, 0),
        (3, BEFORE + 3, 1),
    ]
    assert topics(desk_url, stream) == ["received", "resolved", "closed"]


async def test_whoever_waits_is_recorded_together_and_a_lone_caller_waits_for_nobody(desk_url: str) -> None:
    log = CountingLog(desk_url, TENANT)
    desk = ServiceDesk(log, noon)
    streams = [await received(desk) for _ in range(3)]
    assert log.appends == 3
    await asyncio.gather(*(desk.handle(streams[n % 3], NOTE, by()) for n in range(60)))
    assert log.appends <= 5
    assert len(recorded(desk_url)) == 63
    await desk.close()


async def test_whatever_one_command_comes_to_its_neighbours_go_on(desk: ServiceDesk, desk_url: str) -> None:
    good = [await received(desk) for _ in range(3)]
    bad = by()
    object.__setattr__(bad, "command_id", "\0")  # as if the check at the entrance were not there
    unstorable, stale, nobody = by(correlation_id="\ud800"), by(expected_version=9), by(actor=None)
    for poison, command in ((unstorable, NOTE), (stale, NOTE), (bad, NOTE), (nobody, START)):
        before = len(recorded(desk_url))
        answers = await asyncio.gather(
            desk.handle(good[0], NOTE, by()),
            desk.handle(good[1], command, poison),
            desk.handle(good[2], NOTE, by()),
            return_exceptions=True,
        )
        assert [isinstance(answer, CommandResult) for answer in answers] == [True, False, True]
        assert len(recorded(desk_url)) == before + 2


async def test_a_stream_that_cannot_be_read_stops_nobody_else(desk: ServiceDesk, desk_url: str) -> None:
    spoilt, good = await received(desk), await received(desk)
    with psycopg.connect(desk_url, autocommit=True) as connection:
        spoil = "update {schema}.events set topic = %s where stream = %s returning 1"
        for topic in ("ticket.lost", "unheard.of"):
            rows(connection, spoil, [topic, spoilt])
            async with opened(desk_url) as fresh:
                answers = await together(fresh, (good, NOTE), (spoilt, NOTE), (good, NOTE))
            assert [isinstance(answer, CommandResult) for answer in answers] == [True, False, True]
            assert topic in str(answers[1])


async def test_one_command_id_given_twice_at_once_has_one_effect(desk: ServiceDesk, desk_url: str) -> None:
    stream = await received(desk)
    answers = await asyncio.gather(*(desk.handle(stream, NOTE, by("c-1")) for _ in range(5)))
    assert {receipt.answer for receipt in answers} == {(stream, 2, BEFORE + 2, 1)}
    assert [receipt.repeated for receipt in answers] == [False, True, True, True, True]
    assert len(recorded(desk_url)) == 2


async def test_streams_that_are_no_longer_kept_are_loaded_again(desk_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_desk, "CACHED_STREAMS", 2)
    async with opened(desk_url) as desk:
        streams = [await received(desk) for _ in range(6)]
        for _ in range(2):
            for stream in streams:
                await desk.handle(stream, NOTE, by())
        assert [desk.log.loaded.count(stream) for stream in streams] == [2] * 6
    assert len(recorded(desk_url)) == 18


async def test_what_has_no_events_takes_nobody_s_place(desk_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_desk, "CACHED_STREAMS", 2)
    async with opened(desk_url) as desk:
        stream = await received(desk)
        for number in range(3):
            with pytest.raises(Refusal):
                await desk.handle(UUID(int=number), NOTE, by())
        await desk.handle(stream, NOTE, by())
        assert stream not in desk.log.loaded


def test_a_fingerprint_stays_what_it_is() -> None:
    """Retries come after an upgrade too: whoever changes one of these turns them into other commands."""
    assert fingerprint_of(UUID(int=4), RECEIVE, None) == "46bc0896cd3f26e46fcca1177ceb21f6"
    assert fingerprint_of(UUID(int=4), NOTE, None) == "d9315e1040e873f0792cd702445bc17e"


def test_for_whom_a_command_is_makes_it_another() -> None:
    composed, decomposed = "Hạnh", "Ha\u0323nh"
    of_hanh = fingerprint_of(UUID(int=4), NOTE, composed)
    assert of_hanh == fingerprint_of(UUID(int=4), NOTE, decomposed)
    assert len({of_hanh, fingerprint_of(UUID(int=4), NOTE, "An"), fingerprint_of(UUID(int=4), NOTE, None)}) == 3


def test_what_a_later_release_has_more_to_ask_changes_no_fingerprint() -> None:
    class AddNote(Command):  # the next release's
        body: str
        pinned: bool = False

    assert fingerprint_of(UUID(int=4), AddNote(body="n"), None) == fingerprint_of(UUID(int=4), NOTE, None)
    assert fingerprint_of(UUID(int=4), AddNote(body="n", pinned=True), None) != fingerprint_of(UUID(int=4), NOTE, None)
