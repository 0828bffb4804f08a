"""Where every command enters: load, fold, decide, record.

Whoever waits while a batch is under way is loaded together and recorded together in the next one; each command stays
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

from domain.circumstances import Circumstances
from domain.event_log.append import Answer, Appended, Batch
from domain.event_log.connection import LogConnection, LogUnavailable
from domain.event_log.reading import MAPPER
from domain.judging import Folded, judge
from domain.message import Command
from domain.routes import route_of
from domain.stream_memory import StreamMemory

LARGEST_BATCH = 256
LONGEST_QUEUE = 4096
CACHED_STREAMS = 50_000
ATTEMPTS = 20


class Receipt(NamedTuple):
    """The answer to a command, and whether it was given before (``repeated``)."""

    answer: Answer
    repeated: bool


class CommandIdReused(Exception):  # noqa: N818 -- names what was found
    """The command id was used before, for another command."""


class Overloaded(Exception):  # noqa: N818 -- names the state of things
    """More commands wait than can be served soon; try again later."""


@dataclass(slots=True)
class _Waiting:
    stream: UUID
    streams: Sequence[UUID]
    command: Command
    circumstances: Circumstances
    fingerprint: str
    future: asyncio.Future[Receipt]
    attempts: int = 0
    alone: bool = False

    @property
    def begins(self) -> bool:
        """Whether its stream can be taken for new: at first, when that is what it asks for."""
        return self.command.begins and not self.attempts

    def succeed(self, receipt: Receipt) -> None:
        if not self.future.done():
            self.future.set_result(receipt)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Clock(Protocol):
    """The present instant, aware, in UTC."""

    def __call__(self) -> datetime: ...


@dataclass(slots=True)
class _Round:
    """A batch while it is decided: what its streams have come to, and each command's answer once it is recorded.

    The positions of these answers count from the head that the log has then.
    """

    batch: Batch
    states: dict[UUID, Folded]
    outcomes: list[tuple[_Waiting, Answer | Exception]]

    def add(self, waiting: _Waiting, now: datetime) -> Answer:
        """Judges one command on what its neighbours before it have led to, and adds its events: all of them or none."""
        events, after = judge(waiting.stream, waiting.command, waiting.circumstances, self.states, now)
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

    def __init__(self, log: LogConnection, clock: Clock | None = None) -> None:
        """``clock`` tells when an untimed command happened and what lies in the future; the database's without one."""
        self._log = log
        self._clock = clock
        self._queue: deque[_Waiting] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._memory = StreamMemory(log, CACHED_STREAMS)

    async def handle(self, stream: UUID, command: Command, circumstances: Circumstances) -> Receipt:
        """Records what the command leads to on ``stream``, and answers when it is safe on disk.

        Raises Refusal, StaleVersion, CommandIdReused, Overloaded or LogUnavailable. After LogUnavailable the outcome is
        unknown; the same command id again gives one effect and the first answer.
        """
        if len(self._queue) >= LONGEST_QUEUE:
            raise Overloaded(f"{LONGEST_QUEUE} commands wait already; try again in a second")
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        fingerprint = _fingerprint(stream, command)
        streams = route_of(command).streams(stream, command)
        self._queue.append(_Waiting(stream, streams, command, circumstances, fingerprint, future))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await future

    async def close(self) -> None:
        """Serves whoever still waits, then lets go of the connection."""
        if self._worker is not None:
            await self._worker
        await self._log.close()

    async def _work(self) -> None:
        batch: list[_Waiting] = []
        while batch := batch or self._take():
            try:
                batch = await self._serve(batch)
                await asyncio.sleep(0)  # whoever was just answered may ask again in time for the next batch
                await self._memory.write_down()
            except LogUnavailable as error:
                self._memory.forget_all()
                for waiting in (*batch, *self._queue):  # whoever waits behind it is not made to wait as long again
                    waiting.fail(LogUnavailable(*error.args))  # their own: it collects the trace of whoever raises it
                self._queue.clear()
                batch = []
            except Exception as error:  # noqa: BLE001 -- a defect must reach its caller, not end the worker silently
                self._memory.forget_all()
                if len(batch) == 1:
                    batch[0].fail(error)
                else:  # something in it cannot be read or stored: each command alone shows which
                    for waiting in batch:
                        waiting.alone = True
                    self._queue.extendleft(reversed(batch))
                batch = []

    def _take(self) -> list[_Waiting]:
        """The next commands to serve together: in order, never two with the same command id."""
        taken: dict[str, _Waiting] = {}
        largest = 1 if self._queue and self._queue[0].alone else LARGEST_BATCH
        while self._queue and len(taken) < largest and self._queue[0].circumstances.command_id not in taken:
            waiting = self._queue.popleft()
            if not waiting.future.done():
                taken[waiting.circumstances.command_id] = waiting
        return list(taken.values())

    async def _serve(self, batch: list[_Waiting]) -> list[_Waiting]:
        """Records the batch, or nothing of it when something stands in the way; returns who can go on at once."""
        round_ = await self._decide(batch)
        appended = await self._log.append(round_.batch)
        if appended.recorded:
            self._settle(round_, appended)
            return []
        await self._answer_again(batch, set(appended.known))
        return self._put_off(batch, set(appended.stale))

    def _put_off(self, batch: list[_Waiting], stale: set[UUID]) -> list[_Waiting]:
        """Whoever needs a stream that others have moved on is next in the queue; returns the others, who go on at once.

        On each stream everyone keeps their turn. Whoever was put off too often is told to come back.
        """
        self._memory.forget(stale)
        at_once: list[_Waiting] = []
        next_: list[_Waiting] = []
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

    async def _decide(self, batch: list[_Waiting]) -> _Round:
        begun = {waiting.stream for waiting in batch if waiting.begins}
        others = {
            stream for waiting in batch for stream in waiting.streams if stream != waiting.stream or not waiting.begins
        }
        states = await self._memory.recall(others, begun)
        judged = {stream: folded.version for stream, folded in states.items()}
        seen = [waiting.circumstances.command_id for waiting in batch]
        round_ = _Round(Batch(judged, seen, self._memory.learned_on), states, [])
        now = self._clock() if self._clock else await self._log.now()
        for waiting in batch:
            outcome: Answer | Exception
            try:
                outcome = round_.add(waiting, now)
            except Exception as error:  # noqa: BLE001 -- whatever one command comes to, its neighbours go on
                outcome = error
            round_.outcomes.append((waiting, outcome))
        return round_

    def _settle(self, round_: _Round, appended: Appended) -> None:
        self._memory.keep(round_.states)
        for waiting, outcome in round_.outcomes:
            if isinstance(outcome, Exception):
                waiting.fail(outcome)
            else:
                answer = Answer(outcome.stream, outcome.version, appended.head + outcome.position, outcome.events)
                waiting.succeed(Receipt(answer, repeated=False))

    async def _answer_again(self, batch: list[_Waiting], known: set[str]) -> None:
        if not known:
            return
        answers = await self._log.answers(known)
        for waiting in batch:
            found = answers.get(waiting.circumstances.command_id)
            if found is None:
                continue
            fingerprint, answer = found
            if fingerprint == waiting.fingerprint:
                waiting.succeed(Receipt(answer, repeated=True))
            else:
                command_id = waiting.circumstances.command_id
                waiting.fail(
                    CommandIdReused(f"command id {command_id!r} was used for another command; choose a new one")
                )


def _fingerprint(stream: UUID, command: Command) -> str:
    """Of what was asked. What was left at its default is left out: a later release may have more to ask."""
    asked = command.__pydantic_serializer__.to_json(command, exclude_defaults=True)
    text = f"{type(command).__name__} {stream.hex} ".encode() + asked
    return hashlib.blake2b(text, digest_size=16).hexdigest()
