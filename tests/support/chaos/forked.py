"""Processes that tests kill. They are forked from one that has loaded the product, so that they work at once."""

import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection as PipeEnd
from multiprocessing.context import ForkServerProcess
from pathlib import Path

PROCESSES = get_context("forkserver")
_LOADED = sorted(f"{__package__}.{path.stem}" for path in Path(__file__).parent.glob("*.py"))
PROCESSES.set_forkserver_preload(["api.http.what_if_process", *_LOADED])  # one such process serves all that fork


def forked(work: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """Runs ``work`` in a process."""
    process = PROCESSES.Process(target=_work, args=(work, arguments), daemon=True)
    process.start()
    return process


def saying(work: Callable[..., object], *arguments: object) -> tuple[ForkServerProcess, PipeEnd]:
    """The same; and the end of a pipe that its standard output comes to."""
    heard, said = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_work, args=(work, arguments, said), daemon=True)
    process.start()
    said.close()
    return process, heard


def kill(process: ForkServerProcess) -> None:
    process.kill()
    process.join()


def _work(work: Callable[..., object], arguments: tuple[object, ...], said: PipeEnd | None = None) -> None:
    if said is not None:
        os.dup2(said.fileno(), 1)
        said.close()
    work(*arguments)
