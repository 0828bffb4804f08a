"""A desk that starts anew picks long streams up at their snapshots, and decides as if it had folded them whole."""

from collections.abc import Collection
from typing import Any, get_args
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.command_handling.decide import EMPTY, fold
from domain.command_handling.service_desk import ServiceDesk
from domain.command_handling.state_cache import StateCache
from domain.command_handling.state_snapshots import EVERY, folded_from, is_due, snapshot_of
from domain.event_log.snapshots import Snapshot
from domain.event_log.store import LoadedStreams, LogConnection
from domain.refusal import Refusal
from domain.sla.events import TargetInstanceEvent
from domain.ticket.commands import AssignTicket, ResolveTicket, StartWork
from domain.ticket.events import TicketEvent
from tests.support.arbitrary import PAST_INSTANTS, messages
from tests.support.desks import NOTE, by, noon, opened, received, recorded
from tests.support.events import Fact, history
from tests.support.log import TENANT, append, batch, rows

pytestmark = pytest.mark.anyio
STREAM = UUID(int=7)


class Watching(LogConnection):
    """Remembers how much was loaded."""

    events = 0
    snapshots = 0

    async def load(self, streams: Collection[UUID], fold: str) -> LoadedStreams:
        loaded = await super().load(streams, fold)
        self.events += sum(len(stream.events) for stream in loaded.streams.values())
        self.snapshots += sum(stream.snapshot is not None for stream in loaded.streams.values())
        return loaded


FACTS = st.lists(
    st.tuples(messages([*get_args(TicketEvent), *get_args(TargetInstanceEvent)], PAST_INSTANTS), PAST_INSTANTS),
    min_size=1,
    max_size=12,
)


@given(FACTS, st.integers(0, 12))
def test_a_history_goes_on_from_its_snapshot_as_if_it_had_been_folded_whole(facts: Any, cut: int) -> None:
    whole = history(*(Fact(at, payload) for payload, at in facts), ticket=STREAM)
    first, rest = whole[:cut], whole[cut:]
    kept = folded_from(snapshot_of(STREAM, fold(EMPTY, first))) if first else EMPTY
    assert fold(kept, rest) == fold(EMPTY, whole)


@given(st.integers(0, 1000), st.integers(0, 300))
def test_a_snapshot_is_due_once_for_each_hundred_events(before: int, more: int) -> None:
    assert is_due(before, before + more) == any(
        version % EVERY == 0 for version in range(before + 1, before + more + 1)
    )


async def _long_ticket(desk: ServiceDesk, events: int) -> UUID:
    ticket = await received(desk)
    await desk.handle(ticket, AssignTicket(team="t", agent="an"), by())
    for _ in range(events - 2):
        await desk.handle(ticket, NOTE, by())
    return ticket


async def test_a_new_desk_loads_a_long_ticket_from_its_snapshot_on(desk_url: str) -> None:
    async with opened(desk_url) as desk:
        ticket = await _long_ticket(desk, EVERY + 5)
    log = Watching(desk_url, TENANT)
    anew = ServiceDesk(log, noon)
    receipt = await anew.handle(ticket, StartWork(), by())
    await anew.close()
    assert (log.snapshots, log.events) == (1, 5)
    assert receipt.answer.version == EVERY + 6
    assert recorded(desk_url)[-1].topic == "ticket.work_started", "the assignment before the snapshot still counts"


async def test_a_long_ticket_without_a_snapshot_is_given_one_when_it_is_loaded(desk_url: str) -> None:
    async with opened(desk_url) as desk:
        ticket = await _long_ticket(desk, EVERY + 5)
    with psycopg.connect(desk_url, autocommit=True) as connection:
        connection.execute(f"delete from tenant_{TENANT}.snapshots")
    for loaded in ((0, EVERY + 5), (1, 1)):
        log = Watching(desk_url, TENANT)
        anew = ServiceDesk(log, noon)
        await anew.handle(ticket, NOTE, by())
        await anew.close()
        assert (log.snapshots, log.events) == loaded


async def test_commands_are_answered_and_the_log_tells_when_snapshots_cannot_be_stored(
    desk_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_desk: object) -> None:
        raise ValueError("this state has no text")

    monkeypatch.setattr(StateCache, "store_snapshots", fail)
    async with opened(desk_url) as desk:
        ticket = await received(desk)
    assert len(recorded(desk_url)) == 1
    assert ticket == recorded(desk_url)[0].stream
    assert "snapshots of states cannot be stored" in caplog.text
    assert "this state has no text" in caplog.text


async def test_a_snapshot_of_another_fold_is_not_believed(desk_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(desk_url) as desk:
        ticket = await _long_ticket(desk, EVERY + 5)
    monkeypatch.setattr("domain.command_handling.state_cache.FOLD", "another")
    log = Watching(desk_url, TENANT)
    anew = ServiceDesk(log, noon)
    await anew.handle(ticket, NOTE, by())
    await anew.close()
    assert (log.snapshots, log.events) == (0, EVERY + 5)


async def test_a_believed_snapshot_decides(desk_url: str) -> None:
    """The control of the test above: what a snapshot says is what a desk goes by."""
    async with opened(desk_url) as desk:
        ticket = await _long_ticket(desk, EVERY)
        await desk.handle(ticket, ResolveTicket(resolution="done"), by())
    with psycopg.connect(desk_url, autocommit=True) as connection:
        connection.execute(
            f"update tenant_{TENANT}.snapshots set version = version + 1, state = replace(state, 'assigned', 'closed')"
        )
    async with opened(desk_url) as desk:
        with pytest.raises(Refusal, match="closed"):
            await desk.handle(ticket, ResolveTicket(resolution="other"), by())


async def test_a_snapshot_gives_way_to_a_newer_one_of_its_fold_or_to_any_of_another_and_to_no_older_one(
    desk_url: str,
) -> None:
    with psycopg.connect(desk_url, autocommit=True) as connection:
        append(connection, batch((STREAM, 0, 300)))
    log = LogConnection(desk_url, TENANT)
    kept: list[tuple[str, int]] = []
    for version, fold_of in ((200, "ours"), (100, "ours"), (300, "ours"), (100, "another")):
        epoch = (await log.load([STREAM], fold_of)).epoch
        await log.keep([Snapshot(STREAM, version, fold_of, "ticket {}")], epoch)
        with psycopg.connect(desk_url) as connection:
            kept += rows(connection, "select fold, version from {schema}.snapshots")
    await log.close()
    assert kept == [("ours", 200), ("ours", 200), ("ours", 300), ("another", 100)]
