"""Where every command enters: load, fold, decide, record.

Whoever waits while batches are under way is loaded together and recorded together in the next one; each command stays
whole and is judged alone. A lone caller waits for nobody.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.command_context import CommandContext
from domain.command_handling.aggregates import handler_of
from domain.command_handling.decide import StreamState, decide_command
from domain.command_handling.state_cache import StateCache
from domain.errors import LedgerError
from domain.event_log.append import Answer, Appended, Batch
from domain.event_log.reader import MAPPER
from domain.event_log.soundness import LogDamaged
from domain.event_log.store import LogConnection, LogUnavailable
from domain.halving import Halving
from domain.messages import Command
from domain.text_folding import fold_name

LARGEST_BATCH = 256
SMALLEST_HALF = 4
"""Fewer commands are not worth a commit of their own while others could go with them."""
LONGEST_QUEUE = 4096
CACHED_STREAMS = 50_000
ATTEMPTS = 20


class CommandResult(NamedTuple):
    """The answer to a command, and whether it was given before (``repeated``)."""

    answer: Answer
    repeated: bool


class CommandIdReused(LedgerError):  # noqa: N818 -- names what happened
    """The command id was used before, for another command."""

    kind = "idempotency_key_reused"

    @property
    def detail(self) -> str:
        return "choose a new Idempotency-Key for a new command"


class Overloaded(LedgerError):  # noqa: N818 -- names the state of things
    """More commands wait than can be served soon; try again later."""

    kind = "overloaded"


@dataclass(slots=True, eq=False)
class _Pending:
    stream: UUID
    streams: Sequence[UUID]
    command: Command
    circumstances: CommandContext
    fingerprint: str
    future: asyncio.Future[CommandResult]
    attempts: int = 0
    alone: bool = False

    @property
    def begins(self) -> bool:
        """Whether its stream can be taken for new: at first, when that is what it asks for."""
        return self.command.begins and not self.attempts

    def succeed(self, receipt: CommandResult) -> None:
        if not self.future.done():
            self.future.set_result(receipt)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Now(Protocol):
    """The present instant, aware, in UTC."""

    def __call__(self) -> datetime: ...


@dataclass(slots=True)
class _DecidedBatch:
    """A batch while it is decided: what its streams have come to, and each command's answer once it is recorded.

    The positions of these answers count from the head that the log has then.
    """

    batch: Batch
    states: dict[UUID, StreamState]
    outcomes: list[tuple[_Pending, Answer | Exception]]

    def add(self, waiting: _Pending, now: datetime) -> Answer:
        """Judges one command on what its neighbours before it have led to, and adds its events: all of them or none."""
        events, after = decide_command(waiting.stream, waiting.command, waiting.circumstances, self.states, now)
        texts = [MAPPER.encode(event) for event in events]
        for event, text in zip(events, texts, strict=True):
            self.batch.add_event(event.stream, event.version, event.payload.topic, text)
        self.states.update(after)
        version = after[waiting.stream].version
        last = self.batch.add_command(
            waiting.circumstances.command_id, waiting.fingerprint, waiting.stream, version, len(events)
        )
        return Answer(waiting.stream, version, last, len(events))


class ServiceDesk:
    """One tenant's desk. Any number of callers may ``handle`` at once, in one event loop."""

    def __init__(self, log: LogConnection, clock: Now | None = None, *, in_order: bool = False) -> None:
        """``clock`` tells when an untimed command happened and what lies in the future; the database's without one.

        Where that pays two batches are under way at once, one decided while the other is recorded. Commands of one
        stream are recorded in the order in which they came; ``in_order`` all are, one batch after the other.
        """
        self._log = log
        self._clock = clock
        self._queue: deque[_Pending] = deque()
        self._under_way: set[_Pending] = set()
        self._in_order = in_order
        self._clerks: list[asyncio.Task[None]] = []
        self._halving = Halving()
        self._memory = StateCache(log, CACHED_STREAMS)

    async def handle(self, stream: UUID, command: Command, circumstances: CommandContext) -> CommandResult:
        """Records what the command leads to on ``stream``, and answers when it is safe on disk.

        Raises Refusal, StaleVersion, BackDated, CommandIdReused, Overloaded, LogDamaged or LogUnavailable. After the
        last one the outcome is unknown; the same command id again gives one effect and the first answer.
        """
        if len(self._queue) >= LONGEST_QUEUE:
            raise Overloaded(f"{LONGEST_QUEUE} commands wait already; try again in a second")
        future: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
        fingerprint = _fingerprint(stream, command, circumstances.actor.on_behalf_of)
        streams = handler_of(command).streams(stream, command)
        self._queue.append(_Pending(stream, streams, command, circumstances, fingerprint, future))
        self._call_clerk()
        return await future

    async def close(self) -> None:
        """Serves whoever still waits, then lets go of the connections."""
        while clerks := self._at_work():
            await asyncio.wait(clerks)
        await self._log.close()

    def _call_clerk(self) -> None:
        at_work = self._at_work()
        if len(at_work) < (2 if self._halves else 1):
            self._clerks = [*at_work, asyncio.create_task(self._work())]

    def _at_work(self) -> list[asyncio.Task[None]]:
        return [clerk for clerk in self._clerks if not clerk.done()]

    async def _work(self) -> None:
        while batch := self._take():
            self._under_way.update(batch)
            if self._queue:
                self._call_clerk()
            try:
                await self._serve(batch)
            finally:
                self._under_way.difference_update(batch)
            await asyncio.sleep(0)  # whoever was just answered may ask again in time for the next batch

    async def _serve(self, batch: list[_Pending]) -> None:
        """Answers everyone in the batch, or puts them back to the front of the queue."""
        going_on = batch
        try:
            while going_on:
                going_on = await self._record(going_on)
            await self._memory.write_down()
        except (LogUnavailable, LogDamaged) as error:
            self._memory.forget_all()
            for waiting in (*batch, *self._queue):  # whoever waits behind it is not made to wait as long again
                waiting.fail(type(error)(*error.args))  # their own: it collects the trace of whoever raises it
            self._queue.clear()
        except Exception as error:  # noqa: BLE001 -- a defect must reach its caller, not end the clerk silently
            self._memory.forget_all()
            if len(going_on) == 1:
                going_on[0].fail(error)
            else:  # something in it cannot be read or stored: each command alone shows which
                for waiting in going_on:
                    waiting.alone = True
                self._queue.extendleft(reversed(going_on))

    @property
    def _halves(self) -> bool:
        return self._halving.on and not self._in_order

    def _take(self) -> list[_Pending]:
        """The next commands to serve together: in order, never two with the same command id; all, or half of all.

        None that is about a stream with which the other clerk is busy: its turn comes when that is done.
        """
        if self._under_way and not self._halves:
            return []
        streams = {stream for waiting in self._under_way for stream in waiting.streams}
        ids = {waiting.circumstances.command_id for waiting in self._under_way}
        largest = self._half() if self._halves else LARGEST_BATCH
        if self._queue and self._queue[0].alone:
            largest = 1
        taken: list[_Pending] = []
        while self._queue and len(taken) < largest:
            next_ = self._queue[0]
            if next_.circumstances.command_id in ids or not streams.isdisjoint(next_.streams):
                break
            self._queue.popleft()
            if not next_.future.done():
                taken.append(next_)
                ids.add(next_.circumstances.command_id)
        return taken

    def _half(self) -> int:
        half = (len(self._queue) + len(self._under_way) + 1) // 2
        return min(max(SMALLEST_HALF, half), LARGEST_BATCH)

    async def _record(self, batch: list[_Pending]) -> list[_Pending]:
        """Records the batch, or nothing of it when something stands in the way; returns who can go on at once."""
        round_ = await self._decide(batch)
        appended = await self._log.append(round_.batch)
        if appended.recorded:
            self._settle(round_, appended)
            self._halving.served(len(batch))
            return []
        await self._answer_again(batch, set(appended.known or ()))
        return self._put_off(batch, set(appended.stale or ()))

    def _put_off(self, batch: list[_Pending], stale: set[UUID]) -> list[_Pending]:
        """Whoever needs a stream that others have moved on is next in the queue; returns the others, who go on at once.

        On each stream everyone keeps their turn. Whoever was put off too often is told to come back.
        """
        self._memory.forget(stale)
        at_once: list[_Pending] = []
        next_: list[_Pending] = []
        for waiting in batch:
            if waiting.future.done():
                continue
            if stale.isdisjoint(waiting.streams):
                at_once.append(waiting)
                continue
            stale.update(waiting.streams)
            waiting.attempts += 1
            if waiting.attempts < ATTEMPTS:
                next_.append(waiting)
            else:
                waiting.fail(Overloaded(f"the stream moved on {ATTEMPTS} times while this was decided"))
        self._queue.extendleft(reversed(next_))
        return at_once

    async def _decide(self, batch: list[_Pending]) -> _DecidedBatch:
        wanted: dict[UUID, bool] = {}
        for waiting in batch:
            for stream in waiting.streams:
                wanted[stream] = wanted.get(stream, True) and waiting.begins and stream == waiting.stream
        states, learned_on = await self._memory.recall(wanted)
        judged = {stream: folded.version for stream, folded in states.items()}
        seen = [waiting.circumstances.command_id for waiting in batch]
        round_ = _DecidedBatch(Batch(judged, seen, learned_on), states, [])
        now = self._clock() if self._clock else await self._log.now()
        for waiting in batch:
            outcome: Answer | Exception
            try:
                outcome = round_.add(waiting, now)
            except Exception as error:  # noqa: BLE001 -- whatever one command comes to, its neighbours go on
                outcome = error
            round_.outcomes.append((waiting, outcome))
        return round_

    def _settle(self, round_: _DecidedBatch, appended: Appended) -> None:
        self._memory.keep(round_.states, round_.batch.judged_on)
        for waiting, outcome in round_.outcomes:
            if isinstance(outcome, Exception):
                waiting.fail(outcome)
            else:
                answer = Answer(outcome.stream, outcome.version, appended.head + outcome.position, outcome.events)
                waiting.succeed(CommandResult(answer, repeated=False))

    async def _answer_again(self, batch: list[_Pending], known: set[str]) -> None:
        if not known:
            return
        answers = await self._log.answers(known)
        for waiting in batch:
            found = answers.get(waiting.circumstances.command_id)
            if found is None:
                continue
            fingerprint, answer = found
            if fingerprint == waiting.fingerprint:
                waiting.succeed(CommandResult(answer, repeated=True))
            else:
                command_id = waiting.circumstances.command_id
                waiting.fail(
                    CommandIdReused(f"command id {command_id!r} was used for another command; choose a new one")
                )


def _fingerprint(stream: UUID, command: Command, on_behalf_of: str | None) -> str:
    """Of what was asked, and for whom. What is at its default is left out: a later release may have more to ask."""
    asked = command.__pydantic_serializer__.to_json(command, exclude_defaults=True)
    text = f"{type(command).__name__} {stream.hex} ".encode() + asked
    if on_behalf_of is not None:
        text += b" for " + fold_name(on_behalf_of).encode()
    return hashlib.blake2b(text, digest_size=16).hexdigest()
