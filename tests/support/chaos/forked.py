"""Processes that fail or that tests kill. They are forked from one that has loaded the product: they work at once."""

import os
import traceback
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection as PipeEnd
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from api.http import what_if_process

PROCESSES = get_context("forkserver")
_LOADED = sorted(f"{__package__}.{path.stem}" for path in Path(__file__).parent.glob("*.py"))
PROCESSES.set_forkserver_preload([what_if_process.__name__, *_LOADED])
"""One such process serves all that fork. It is set after what what-ifs set: that would let all others go before."""
TIME_LIMIT = 60  # seconds until a process that has failed must have ended


def forked(work: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """Runs ``work`` in a process."""
    process = PROCESSES.Process(target=_work, args=(work, arguments), daemon=True)
    process.start()
    return process


def saying(work: Callable[..., object], *arguments: object) -> tuple[ForkServerProcess, PipeEnd]:
    """The same; and the end of a pipe that its standard output comes to."""
    heard, written_end = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_work, args=(work, arguments, written_end), daemon=True)
    process.start()
    written_end.close()
    return process, heard


def failure(work: Callable[..., object], *arguments: object) -> str:
    """The error that ends a process, as its traceback has it in the end."""
    heard, written_end = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_fail, args=(work, arguments, written_end), daemon=True)
    process.start()
    written_end.close()
    with heard:
        assert heard.poll(TIME_LIMIT), "it does not fail"
        error = str(heard.recv())
    process.join(TIME_LIMIT)
    ended = process.exitcode
    kill(process)
    assert ended == 1, f"it ended with {ended}"
    return error


def kill(process: ForkServerProcess) -> None:
    process.kill()
    process.join()


def _fail(work: Callable[..., object], arguments: tuple[object, ...], written_end: PipeEnd) -> None:
    try:
        work(*arguments)
    except Exception as error:
        written_end.send("".join(traceback.format_exception_only(error)).strip())
        raise


def _work(work: Callable[..., object], arguments: tuple[object, ...], written_end: PipeEnd | None = None) -> None:
    if written_end is not None:
        os.dup2(written_end.fileno(), 1)
        written_end.close()
    work(*arguments)
