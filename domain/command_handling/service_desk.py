"""The entry of every command: queue, load states, decide, append, answer.

Commands that arrive while a batch is in flight wait for the next one. A lone command does not wait.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Protocol
from uuid import UUID

from domain.command_context import CommandContext
from domain.command_handling.command_request import CommandRequest
from domain.command_handling.decided_batch import decide_batch
from domain.command_handling.definition_stream import DEFINITION
from domain.command_handling.pending_command import CommandIdReused, CommandResult, PendingCommand
from domain.command_handling.state_cache import LoadedStates, StateCache
from domain.errors import LedgerError
from domain.event_log.encryption import Encryptor
from domain.event_log.soundness import LogDamaged
from domain.event_log.store import LogConnection, LogUnavailable
from domain.messages import Command

LARGEST_BATCH = 256
SMALLEST_SHARE = 4
"""Commands. A smaller batch is not worth an append of its own while another batch is in flight."""
LONGEST_QUEUE = 4096
CACHED_STREAMS = 50_000
ATTEMPTS = 20
_LOG = logging.getLogger(__name__)


class Overloaded(LedgerError):  # noqa: N818 -- names the state of things
    """More commands wait than can be served soon; try again later."""

    kind = "overloaded"


class Now(Protocol):
    """The present instant, aware, in UTC."""

    def __call__(self) -> datetime: ...


class ServiceDesk:
    """Takes the commands of one tenant. Any number of callers may ``handle`` at once, in one event loop."""

    def __init__(self, log: LogConnection, clock: Now | None = None, *, batches_in_flight: int = 1) -> None:
        """``clock`` gives commands their instant and says what lies in the future; None is the database's clock.

        With one batch in flight all commands are recorded in the order of their arrival. With two, one batch is decided
        while the other is recorded; then only the commands of one stream are sure to keep their order.
        """
        self._log = log
        self._clock = clock
        self._states = StateCache(log, CACHED_STREAMS)
        self._queue: deque[PendingCommand] = deque()
        self._in_flight: set[PendingCommand] = set()
        self._workers: list[asyncio.Task[None]] = []
        self._batches_in_flight = batches_in_flight

    async def handle(self, stream: UUID, command: Command, context: CommandContext) -> CommandResult:
        """Records the events of a command for ``stream``; returns when they are safe on disk.

        Raises Refusal, StaleVersion, BackDated, CommandIdReused, Overloaded, LogDamaged, KeysUnavailable or
        LogUnavailable. After LogUnavailable the outcome is unknown: the same command id again has one effect and gets
        the first answer.
        """
        if len(self._queue) >= LONGEST_QUEUE:
            raise Overloaded(f"{LONGEST_QUEUE} commands wait already; try again in a second")
        future: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
        self._queue.append(PendingCommand(CommandRequest.of(stream, command, context), future))
        self._ensure_worker()
        return await future

    async def close(self) -> None:
        """Answers the commands that wait, then closes the connections."""
        while running := self._running_workers():
            await asyncio.wait(running)
        await self._log.close()

    def _ensure_worker(self) -> None:
        running = self._running_workers()
        if len(running) < self._batches_in_flight:
            self._workers = [*running, asyncio.create_task(self._work())]

    def _running_workers(self) -> list[asyncio.Task[None]]:
        return [worker for worker in self._workers if not worker.done()]

    async def _work(self) -> None:
        answered = 0
        while pending := self._take_batch(answered):
            self._in_flight.update(pending)
            if self._queue:
                self._ensure_worker()
            try:
                await self._serve(pending)
            finally:
                self._in_flight.difference_update(pending)
            answered = len(pending)
            await asyncio.sleep(0)  # callers who were just answered may ask again in time for the next batch

    def _take_batch(self, answered: int) -> list[PendingCommand]:
        """The next commands in order, an even share of those that wait, are in flight and were ``answered`` just now.

        The callers of the last ones are likely to ask again while this batch is recorded. Without their share a large
        and a small batch would follow each other for ever, and the process would wait for the server in each turn.

        A stream that may get events is in one batch in flight at most, and so is a command id, once in a batch. A
        stream that is only read may be in both.
        """
        in_flight = [other.request for other in self._in_flight]
        streams = {stream for request in in_flight for stream in (*request.streams, *request.stored_ids)}
        written = {stream for request in in_flight for stream in (*request.written, *request.stored_ids)}
        ids = {request.context.command_id for request in in_flight}
        pending: list[PendingCommand] = []
        largest = self._share(answered)
        while self._queue and len(pending) < largest:
            request = self._queue[0].request
            if request.context.command_id in ids:
                break
            if in_flight and not (streams.isdisjoint(request.written) and written.isdisjoint(request.streams)):
                break
            next_ = self._queue.popleft()
            if not next_.future.done():
                pending.append(next_)
                ids.add(request.context.command_id)
        return pending

    def _share(self, answered: int) -> int:
        if self._queue and self._queue[0].alone:
            return 1
        batches = self._batches_in_flight + (1 if answered else 0)
        share = ceil((len(self._queue) + len(self._in_flight) + answered) / batches)
        return min(max(SMALLEST_SHARE, share), LARGEST_BATCH)

    async def _serve(self, pending: Sequence[PendingCommand]) -> None:
        """Answers every command of the batch, or puts it back to the front of the queue."""
        left = pending
        try:
            encryptor = await self._log.encryptor()
            if encryptor is not None and encryptor.blinding is not None:
                for command in pending:
                    command.blind(encryptor.blinding)
            while left:
                left = await self._run_batch(left, encryptor)
            await self._states.store_snapshots()
        except (LogUnavailable, LogDamaged) as error:
            self._states.forget_all()
            for command in (*pending, *self._queue):  # those behind it need not wait for the same error again
                command.fail(type(error)(*error.args))  # each gets its own: an exception collects the traces of raises
            self._queue.clear()
        except Exception as error:  # noqa: BLE001 -- a defect must reach its caller and not end the worker silently
            self._states.forget_all()
            if not left:
                _LOG.exception("snapshots of states cannot be stored")
            elif len(left) == 1:
                left[0].fail(error)
            else:  # the database takes one of them for unreadable: each goes alone, so that it is known which
                for command in left:
                    command.alone = True
                self._queue.extendleft(reversed(left))

    async def _run_batch(self, pending: Sequence[PendingCommand], encryptor: Encryptor | None) -> list[PendingCommand]:
        """Records the batch, or nothing of it when its states are stale; returns the commands to run again at once."""
        loaded = await self._load_states(pending)
        now = self._clock() if self._clock else await self._log.now()
        decided = decide_batch([command.request for command in pending], loaded.states, now, encryptor)
        while decided.missing:  # states have named more streams; each turn loads some of them
            for index, streams in decided.missing.items():
                pending[index].request = pending[index].request.reading_too(streams)
            loaded = await self._load_states(pending)
            decided = decide_batch([command.request for command in pending], loaded.states, now, encryptor)
        appended = await self._log.append(decided.batch)
        if appended.recorded:
            self._states.put(decided.states, loaded.epoch)
            for command, outcome in zip(pending, decided.outcomes_after(appended.head), strict=True):
                command.finish(outcome)
            return []
        await self._answer_known(pending, set(appended.known or ()))
        return self._retry(pending, set(appended.stale or ()))

    async def _load_states(self, pending: Sequence[PendingCommand]) -> LoadedStates:
        streams = {stream for command in pending for stream in command.request.streams}
        read = {stream for command in pending for stream in command.streams_to_load}
        definitions = {
            stream for command in pending for stream, aggregate in command.request.parts if aggregate is DEFINITION
        }
        return await self._states.load(streams, streams - read, definitions)

    async def _answer_known(self, pending: Sequence[PendingCommand], known: set[str]) -> None:
        """Answers the commands whose ids are recorded already."""
        answers = await self._log.answers(known) if known else {}
        for command in pending:
            recorded = answers.get(command.request.context.command_id)
            if recorded is None:
                continue
            if recorded.fingerprint == command.request.fingerprint:
                command.finish(recorded.answer, repeated=True)
            else:
                command_id = command.request.context.command_id
                reused = f"command id {command_id!r} was used for another command; choose a new one"
                command.fail(CommandIdReused(reused))

    def _retry(self, pending: Sequence[PendingCommand], stale: set[UUID]) -> list[PendingCommand]:
        """Puts the commands that read stale streams back to the front of the queue; returns the other open ones.

        The commands of one stream keep their order.
        """
        self._states.forget(stale)
        at_once: list[PendingCommand] = []
        queued: list[PendingCommand] = []
        for command in pending:
            if command.future.done():
                continue
            if stale.isdisjoint(command.request.streams):
                at_once.append(command)
                continue
            stale.update(command.request.streams)
            command.attempts += 1
            if command.attempts < ATTEMPTS:
                queued.append(command)
            else:
                command.fail(Overloaded(f"the stream moved on {ATTEMPTS} times while this was decided"))
        self._queue.extendleft(reversed(queued))
        return at_once
