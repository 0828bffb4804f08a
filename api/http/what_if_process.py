"""A what-if in a process of its own, which can be ended at any moment and then frees its memory."""

import faulthandler
import logging
import os
import resource
import signal
import traceback
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection as PipeEnd
from multiprocessing.context import ForkServerProcess
from typing import Any, Final, Never

import anyio
import psycopg
from anyio.to_thread import run_sync
from fastapi import Request
from psycopg.pq import TransactionStatus
from pydantic_core import to_json

from api.http.lowest_priority import forks_behind_all_others, give_way_to_all, seconds_without_core
from api.http.problems import Problem
from api.http.request_body import until_gone
from api.http.resting_process import Rests
from api.settings import WhatIfBounds
from domain.event_log.database_connections import WHAT_IF, connect
from domain.event_types import register_event_types
from domain.personal_data.data_keys import KeyStore, stores_in_use, use
from projections.what_if.report import what_if
from projections.what_if.request import WhatIfRequest

MEBIBYTE = 1024 * 1024
ENDING_SECONDS = 5.0
"""How long a process may go on with its statement before it is killed."""
LOOK_SECONDS = 0.001
OVERTIME_SECONDS = 10.0
"""How long a process may go on after its time when nothing else ends it."""
_PROCESSES: Final = forks_behind_all_others(__name__)


async def judge_apart(
    request: Request,
    dsn: str,
    tenant: str,
    question: WhatIfRequest,
    bounds: WhatIfBounds,
    is_busy: Callable[[], bool] = lambda: False,
) -> bytes | None:
    """The answer as JSON; None when the caller has disconnected. ``is_busy``: whether the server has other work.

    Raises Problem: too_large past a bound, overloaded when other work left it no core for most of its time,
    unavailable when the database is lost meanwhile.
    """
    receiver, sender = _PROCESSES.Pipe(duplex=False)
    rests = Rests(is_busy=is_busy())
    arguments = sender, dsn, tenant, question, bounds, stores_in_use(), rests
    process = _PROCESSES.Process(target=judge, args=arguments, daemon=True)
    outcome: tuple[str, bytes] | None = None
    waited = 0.0
    try:
        await run_sync(process.start)
        sender.close()
        with anyio.move_on_after(bounds.seconds) as limit:
            outcome = await _received(request, receiver, partial(rests.watch, is_busy))
        waited = seconds_without_core(process.pid or 0) + rests.seconds
    finally:
        with anyio.CancelScope(shield=True):
            await run_sync(partial(_end, process))
        receiver.close()
    if limit.cancelled_caught and waited > bounds.seconds / 2:
        raise Problem("overloaded", f"other work took the processors for most of {bounds.seconds:g} s; try again later")
    if limit.cancelled_caught:
        raise Problem("too_large", f"it took longer than {bounds.seconds:g} s: {_FIX}")
    if outcome is None:
        return None
    kind, answer = outcome
    if kind == "unavailable":
        raise Problem(kind, "the database was lost while it was judged; try again")
    if kind == "internal":
        raise RuntimeError(f"a what-if ended with {answer.decode()}")
    if kind != "answer":
        raise Problem(kind, f"it needs more than {bounds.memory // MEBIBYTE} MiB: {_FIX}")
    return answer


_FIX = "ask for a shorter time, fewer rungs or simpler calendars, or use the command line"


async def _received(
    request: Request, receiver: PipeEnd, meanwhile: Callable[[], Coroutine[Any, Any, Never]]
) -> tuple[str, bytes] | None:
    """The message of the process; None as soon as the caller disconnects."""
    outcome: tuple[str, bytes] | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_cancel_when_gone, request, tasks.cancel_scope)
        tasks.start_soon(meanwhile)
        await anyio.wait_readable(receiver.fileno())
        outcome = await run_sync(read_outcome, receiver)
        tasks.cancel_scope.cancel()
    return outcome


async def _cancel_when_gone(request: Request, scope: anyio.CancelScope) -> None:
    await until_gone(request.receive)
    scope.cancel()


def read_outcome(receiver: PipeEnd) -> tuple[str, bytes]:
    """The whole message. An event loop that waits for the pipe may leave it non-blocking: uvloop does."""
    os.set_blocking(receiver.fileno(), True)
    try:
        return receiver.recv()  # type: ignore[no-any-return]  # a pair, from judge
    except EOFError:
        return "too_large", b""  # the kernel ended the process at one of its limits


def _end(process: ForkServerProcess) -> None:
    if process.pid is not None:
        process.terminate()
        process.join(ENDING_SECONDS)
        process.kill()
        process.join()


class _Turns:
    """Looks each millisecond whether this process shall rest, or end while ``connection`` executes nothing.

    PostgreSQL logs a client that it loses during a statement as FATAL, and a cancelled statement as ERROR.
    """

    def __init__(self, rests: Rests) -> None:
        self.connection: psycopg.Connection | None = None
        self._rests = rests
        self._ends = False
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, LOOK_SECONDS)

    def _end(self, *_: object) -> None:
        self._ends = True
        self._look()

    def _look(self, *_: object) -> None:
        executes = self.connection and self.connection.info.transaction_status == TransactionStatus.ACTIVE
        if self._ends and not executes:
            raise SystemExit
        self._rests.rest()
        signal.setitimer(signal.ITIMER_REAL, LOOK_SECONDS)


def _end_after(seconds: float) -> None:
    """Ends this process after so many seconds, and lets nothing of it reach the log of the server.

    A library that has no memory left writes to the error output, and waits for ever with RUST_BACKTRACE.
    """
    os.environ.pop("RUST_BACKTRACE", None)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)


def _origin_of(error: Exception) -> str:
    """The type of an error and the line that raised it, without values: they may be what customers wrote."""
    line = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {line.filename}:{line.lineno}"


def judge(
    sender: PipeEnd,
    dsn: str,
    tenant: str,
    question: WhatIfRequest,
    bounds: WhatIfBounds,
    key_stores: Sequence[KeyStore],
    rests: Rests,
) -> None:
    """The program of the process: it sends an outcome. Its limits end it if the server dies before it."""
    resource.setrlimit(resource.RLIMIT_DATA, (bounds.memory, bounds.memory))
    _end_after(bounds.seconds + OVERTIME_SECONDS)
    give_way_to_all()  # as it does already unless another module has set what is loaded before the fork
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # what it says of a connection whose process is ended
    turns = _Turns(rests)
    register_event_types()
    use(key_stores)
    processor_seconds = int(bounds.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds))
    try:
        purpose = replace(WHAT_IF, statement=bounds.seconds)
        with connect(dsn, purpose) as turns.connection, turns.connection.transaction():
            sender.send(("answer", to_json(what_if(turns.connection, tenant, question))))
    except MemoryError:
        sender.send(("too_large", b""))
    except psycopg.OperationalError:
        sender.send(("unavailable", b""))
    except Exception as error:  # noqa: BLE001 -- the server answers and notes it
        sender.send(("internal", _origin_of(error).encode()))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
