"""Processes of one kind that are killed and replaced."""

import queue
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).parents[3]


class Processes:
    """Runs a module of the tests in several processes, each with its own name as the first argument."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._module, self._arguments = module, arguments
        self._running: list[subprocess.Popen[str]] = []
        self._readers: list[threading.Thread] = []
        self.lines: queue.Queue[str] = queue.Queue()  # what they have said, all of them

    def start(self) -> None:
        command = [sys.executable, "-m", self._module, f"p{len(self._readers)}", *self._arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        reader = threading.Thread(target=self._read, args=[process])
        reader.start()
        self._running.append(process)
        self._readers.append(reader)

    def kill_one(self) -> None:
        process = self._running.pop(0)
        process.kill()
        process.wait()

    def replace_one(self) -> None:
        self.kill_one()
        self.start()

    def end(self) -> None:
        while self._running:
            self.kill_one()
        for reader in self._readers:
            reader.join()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.lines.put(line)
