"""Where every command enters: load, fold, decide, record.

Whoever waits while a batch is under way is loaded together and recorded together in the next one; each command stays
whole and is judged alone. A lone caller waits for nobody.
"""

import asyncio
import hashlib
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from domain.circumstances import Circumstances
from domain.event_log.append import Answer, Appended, Batch
from domain.event_log.connection import LogConnection, LogUnavailable
from domain.event_log.envelope import Envelope, NewEvent, RecordedEvent
from domain.event_log.reading import MAPPER
from domain.identity import new_id
from domain.message import Command
from domain.refusal import Refusal
from domain.routes import Decided, Route, route_of, route_of_stream

LARGEST_BATCH = 256
LONGEST_QUEUE = 4096
CACHED_STREAMS = 50_000
ATTEMPTS = 20
FUTURE_SECONDS = 300


class Receipt(NamedTuple):
    """The answer to a command, and whether it was given before (``repeated``)."""

    answer: Answer
    repeated: bool


class StaleVersion(Exception):  # noqa: N818 -- names what was found
    """The stream is not at the version that the caller has seen (If-Match)."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"the stream is at version {actual}, not {expected}; read it again and decide anew")
        self.expected = expected
        self.actual = actual


class CommandIdReused(Exception):  # noqa: N818 -- names what was found
    """The command id was used before, for another command."""


class Overloaded(Exception):  # noqa: N818 -- names the state of things
    """More commands wait than can be served soon; try again later."""


@dataclass(slots=True)
class _Waiting:
    stream: UUID
    command: Command
    route: Route
    circumstances: Circumstances
    fingerprint: str
    future: asyncio.Future[Receipt]
    attempts: int = 0


@dataclass(slots=True)
class _Folded:
    """A stream's state as of a version; ``kind`` says whose stream it is."""

    kind: str
    state: Any
    version: int


_NOTHING = _Folded("", None, 0)


@dataclass(slots=True)
class _Verdict:
    """What one command of a batch comes to if the batch is recorded."""

    waiting: _Waiting
    version: int = 0
    last: int = 0
    events: int = 0
    error: Exception | None = None


class Clock(Protocol):
    """The present instant, aware, in UTC."""

    def __call__(self) -> datetime: ...


@dataclass(slots=True)
class _Round:
    """A batch while it is decided: the states it starts from, the states it leads to, what each command comes to."""

    batch: Batch
    states: dict[UUID, _Folded]
    verdicts: list[_Verdict] = field(default_factory=list)


class ServiceDesk:
    """One tenant's desk. Any number of callers may ``handle`` at once, in one event loop."""

    def __init__(self, log: LogConnection, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._queue: deque[_Waiting] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._cache: OrderedDict[UUID, _Folded] = OrderedDict()

    async def handle(self, stream: UUID, command: Command, circumstances: Circumstances) -> Receipt:
        """Records what the command leads to on ``stream``, and answers when it is safe on disk.

        Raises Refusal, StaleVersion, CommandIdReused, Overloaded or LogUnavailable. After LogUnavailable the outcome is
        unknown; the same command id again gives one effect and the first answer.
        """
        if len(self._queue) >= LONGEST_QUEUE:
            message = f"{LONGEST_QUEUE} commands wait already; try again in a second"
            raise Overloaded(message)
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        fingerprint = _fingerprint(stream, command)
        self._queue.append(_Waiting(stream, command, route_of(command), circumstances, fingerprint, future))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await future

    async def close(self) -> None:
        """Serves whoever still waits, then lets go of the connection."""
        if self._worker is not None:
            await self._worker
        await self._log.close()

    async def _work(self) -> None:
        while self._queue:
            batch = self._take()
            try:
                await self._serve(batch)
            except LogUnavailable as error:
                self._cache.clear()
                _fail([*batch, *self._queue], error)  # whoever waits behind it is not made to wait as long again
                self._queue.clear()
            except Exception as error:  # noqa: BLE001 -- a defect must reach the callers, not end the worker silently
                self._cache.clear()
                _fail(batch, error)

    def _take(self) -> list[_Waiting]:
        """The next commands to serve together: in order, never two with the same command id."""
        taken: dict[str, _Waiting] = {}
        while self._queue and len(taken) < LARGEST_BATCH and self._queue[0].circumstances.command_id not in taken:
            waiting = self._queue.popleft()
            taken[waiting.circumstances.command_id] = waiting
        return list(taken.values())

    async def _serve(self, batch: list[_Waiting]) -> None:
        while batch := [waiting for waiting in batch if not waiting.future.done()]:
            try:
                round_ = await self._decide(batch)
                appended = await self._log.append(round_.batch)
            except LogUnavailable:
                raise
            except Exception:
                # Something in the batch cannot be read or stored: each command alone shows which.
                if len(batch) == 1:
                    raise
                for waiting in batch:
                    await self._serve_alone(waiting)
                return
            if appended.recorded:
                self._settle(round_, appended)
                return
            await self._answer_again(batch, set(appended.known))
            self._forget(batch, set(appended.stale))

    def _forget(self, batch: list[_Waiting], stale: set[UUID]) -> None:
        """Streams that others have moved on are loaded again; whoever waited for one too often is told to come back."""
        for stream in stale:
            self._cache.pop(stream, None)
        for waiting in batch:
            if stale.intersection(waiting.route.streams(waiting.stream, waiting.command)):
                waiting.attempts += 1
                if waiting.attempts >= ATTEMPTS and not waiting.future.done():
                    message = f"the stream moved on {ATTEMPTS} times while this was decided"
                    waiting.future.set_exception(Overloaded(message))

    async def _serve_alone(self, waiting: _Waiting) -> None:
        try:
            await self._serve([waiting])
        except LogUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 -- it belongs to this command, whatever it is
            self._cache.clear()
            _fail([waiting], error)

    async def _decide(self, batch: list[_Waiting]) -> _Round:
        states = await self._states(batch)
        round_ = _Round(
            Batch(
                judged={stream: folded.version for stream, folded in states.items()},
                seen=[waiting.circumstances.command_id for waiting in batch],
            ),
            dict(states),
        )
        now = self._clock()
        for waiting in batch:
            verdict = _Verdict(waiting)
            round_.verdicts.append(verdict)
            try:
                _judge(round_, verdict, now)
            except Exception as error:  # noqa: BLE001 -- whatever one command comes to, its neighbours go on
                verdict.error = error
        return round_

    async def _states(self, batch: list[_Waiting]) -> dict[UUID, _Folded]:
        """The streams that the batch is judged on: kept, loaded, or taken for new when a command begins one.

        Whatever is wrong about them the append finds out, and the second attempt loads them.
        """
        states: dict[UUID, _Folded] = {}
        missing: set[UUID] = set()
        for waiting in batch:
            for stream in waiting.route.streams(waiting.stream, waiting.command):
                if stream in states or stream in missing:
                    continue
                if stream in self._cache:
                    states[stream] = self._cache[stream]
                elif waiting.command.begins and not waiting.attempts:
                    states[stream] = _NOTHING
                else:
                    missing.add(stream)
        if missing:
            for stream, history in (await self._log.load(missing)).items():
                states[stream] = _fold(history)
        return states

    def _settle(self, round_: _Round, appended: Appended) -> None:
        for stream, folded in round_.states.items():
            self._cache[stream] = folded
            self._cache.move_to_end(stream)
        while len(self._cache) > CACHED_STREAMS:
            self._cache.popitem(last=False)
        for verdict in round_.verdicts:
            future = verdict.waiting.future
            if future.done():
                continue
            if verdict.error is not None:
                future.set_exception(verdict.error)
            else:
                position = appended.head + verdict.last
                answer = Answer(verdict.waiting.stream, verdict.version, position, verdict.events)
                future.set_result(Receipt(answer, repeated=False))

    async def _answer_again(self, batch: list[_Waiting], known: set[str]) -> None:
        if not known:
            return
        answers = await self._log.answers(known)
        for waiting in batch:
            found = answers.get(waiting.circumstances.command_id)
            if found is None or waiting.future.done():
                continue
            fingerprint, answer = found
            if fingerprint == waiting.fingerprint:
                waiting.future.set_result(Receipt(answer, repeated=True))
            else:
                message = (
                    f"command id {waiting.circumstances.command_id!r} was used for another command; choose a new one"
                )
                waiting.future.set_exception(CommandIdReused(message))


def _fold(history: list[RecordedEvent]) -> _Folded:
    if not history:
        return _NOTHING
    route = route_of_stream(history[0].topic.partition(".")[0])
    state = route.initial
    for event in history:
        state = route.evolve(state, event.payload, event.occurred_at)
    return _Folded(route.kind, state, len(history))


def _judge(round_: _Round, verdict: _Verdict, now: datetime) -> None:
    """Decides one command on the states that its neighbours before it have left, and adds what it leads to."""
    waiting = verdict.waiting
    route, command, circumstances = waiting.route, waiting.command, waiting.circumstances
    before = round_.states[waiting.stream]
    if circumstances.expected_version not in {None, before.version}:
        raise StaleVersion(circumstances.expected_version or 0, before.version)
    at = command.occurred_at or now
    if (at - now).total_seconds() > FUTURE_SECONDS:
        raise Refusal("occurred_in_the_future", "occurred_at lies in the future; check the clock or the zone", "any")
    streams = route.streams(waiting.stream, command)
    after = {stream: _as_kind(route, stream, round_.states[stream]) for stream in streams}
    decided: list[Decided] = route.decide(
        command, waiting.stream, [after[stream].state for stream in streams], circumstances.actor, at
    )
    new: list[tuple[NewEvent, str]] = []
    for stream, payload, occurred_at in decided:
        folded = after[stream]
        event = NewEvent(stream, folded.version + 1, _envelope(payload, command, circumstances, occurred_at), payload)
        new.append((event, MAPPER.encode(event)))
        after[stream] = _Folded(route.kind, route.evolve(folded.state, payload, occurred_at), event.version)
    for event, state in new:
        round_.batch.add_event(event.stream, event.version, event.payload.topic, state)
    round_.states.update(after)
    verdict.version, verdict.events = after[waiting.stream].version, len(new)
    verdict.last = round_.batch.add_command(
        circumstances.command_id, waiting.fingerprint, waiting.stream, verdict.version, len(new)
    )


def _as_kind(route: Route, stream: UUID, folded: _Folded) -> _Folded:
    """The stream as the route's aggregate; one without events may become any."""
    if folded.version == 0:
        return _Folded(route.kind, route.initial, 0)
    if folded.kind != route.kind and folded.kind not in route.looks_at:
        rule = f"{stream} is the id of a {folded.kind}; give that of a {route.kind}"
        raise Refusal(f"{route.kind}_unknown", rule, "none")
    return folded


def _envelope(payload: Any, command: Command, circumstances: Circumstances, at: datetime) -> Envelope:
    return Envelope(
        event_id=str(new_id()),
        schema_version=payload.schema_version,
        occurred_at=at,
        actor=circumstances.actor,
        command_id=circumstances.command_id,
        origin=circumstances.origin,
        reason=command.reason,
        correlation_id=circumstances.correlation_id,
        causation_id=circumstances.causation_id,
    )


def _fingerprint(stream: UUID, command: Command) -> str:
    text = f"{type(command).__name__} {stream.hex} ".encode() + command.__pydantic_serializer__.to_json(command)
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _fail(batch: list[_Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.future.done():
            waiting.future.set_exception(error)
