"""The workers of tenants in a child process that is restarted when it ends."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Self, cast

from api.free_memory import begin_giving_back
from api.key_store.setup import configured, environment_in_use
from api.logs import Format, Level, configure_logging
from api.sealing.key_file import VARIABLE as KEY_VARIABLE
from api.workers.tenant_workers import follow
from domain.backoff import Backoff, Pauses
from domain.event_types import register_event_types
from domain.personal_data.data_keys import using
from projections.engine.gc_pause import full_collections_rare

RESTART_PAUSES = Pauses(0.1, 5.0)
ROOT = Path(__file__).parents[2]
LOG_VARIABLE = "TICKETLEDGER_FOLLOWER_LOG"
_LOG = logging.getLogger(__name__)


class WorkerProcess:
    """The workers of some tenants or of all in a child process: folding and serving do not wait for each other.

    It is restarted when it ends, and ends when this process does, also after ``kill -9``.
    """

    def __init__(
        self,
        dsn: str,
        only: Sequence[str] = (),
        *,
        log: tuple[Format, Level] = ("text", "warning"),
        sealing_key: Path | None = None,
    ) -> None:
        self._command = [sys.executable, "-P", "-m", "api.workers.worker_process", *only]
        # The address travels in the environment: arguments can be read by every user of the computer.
        self._environment = {
            **os.environ,
            **environment_in_use(),
            "DATABASE_URL": dsn,
            "PYTHONPATH": str(ROOT),
            LOG_VARIABLE: " ".join(log),
            KEY_VARIABLE: "" if sealing_key is None else str(sealing_key),
        }
        self._stop = threading.Event()
        self._turn = threading.Lock()
        self._child = self._started()
        self._watch = threading.Thread(target=self._keep_running, name="watch over the workers", daemon=True)
        self._watch.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._turn:
            self._stop.set()
            self._tell_to_end()
        self._watch.join()

    @property
    def pid(self) -> int:
        """The present child process."""
        return self._child.pid

    def _started(self) -> subprocess.Popen[bytes]:
        # Ctrl-C in a terminal is for this process and its group, which then closes the input.
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, env=self._environment, process_group=0)

    def _tell_to_end(self) -> None:
        if self._child.stdin is not None:
            self._child.stdin.close()

    def _keep_running(self) -> None:
        backoff = Backoff(RESTART_PAUSES)
        while True:
            code = self._child.wait()
            if self._stop.is_set():
                return
            _LOG.warning("the workers have ended (%d); starting them again", code)
            self._stop.wait(backoff.failed())
            with self._turn:
                if self._stop.is_set():
                    return
                self._tell_to_end()
                self._child = self._started()


def main() -> None:
    """The child process: follows until its input is closed, which the system does when the parent has ended."""
    stop = threading.Event()

    def wait_for_the_parent() -> None:
        sys.stdin.buffer.read()
        stop.set()

    threading.Thread(target=wait_for_the_parent, daemon=True).start()
    form, level = cast("tuple[Format, Level]", os.environ[LOG_VARIABLE].split())
    configure_logging(form, level)
    register_event_types()
    keys = configured(os.environ)
    sealing_key = os.environ.get(KEY_VARIABLE)
    full_collections_rare()
    begin_giving_back(stop)
    with using(keys.store()) if keys else nullcontext():
        follow(os.environ["DATABASE_URL"], sys.argv[1:], stop, sealing_key=Path(sealing_key) if sealing_key else None)


if __name__ == "__main__":
    main()
