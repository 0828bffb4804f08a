"""Processes of one kind that are killed and replaced."""

import os
import queue
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection as PipeEnd
from multiprocessing.context import ForkServerProcess

from tests.support.chaos.forked import kill, saying


class Processes:
    """Runs a function in several processes, each with its own name as the first argument."""

    def __init__(self, work: Callable[..., None], *arguments: object) -> None:
        self._work, self._arguments = work, arguments
        self._running: list[ForkServerProcess] = []
        self._readers: list[threading.Thread] = []
        self.lines: queue.Queue[str] = queue.Queue()  # what they have said, all of them

    def start(self) -> None:
        process, heard = saying(self._work, f"p{len(self._readers)}", *self._arguments)
        reader = threading.Thread(target=self._read, args=[heard])
        reader.start()
        self._running.append(process)
        self._readers.append(reader)

    def kill_one(self) -> None:
        kill(self._running.pop(0))

    def replace_one(self) -> None:
        self.kill_one()
        self.start()

    def end(self) -> None:
        while self._running:
            self.kill_one()
        for reader in self._readers:
            reader.join()

    def _read(self, heard: PipeEnd) -> None:
        with heard, os.fdopen(heard.fileno(), closefd=False) as lines:
            for line in lines:
                self.lines.put(line)
