"""The peers that are programs of their own, and how one is started and asked."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from psycopg.pq import Conninfo

from benchmarks.peers.installing import PROGRAMS, UnavailableError, node_modules, python_environment

ROOT = Path(__file__).parents[2]
Ask = Callable[[int, int], float]
"""How many commands a second so many callers get answered, with so many tickets each."""


@dataclass(frozen=True, slots=True)
class Peer:
    """``package`` is what gives it its version; ``program`` is Python with its pins beside it, or JavaScript."""

    name: str
    package: str
    program: str

    @property
    def version(self) -> str:
        """As it is pinned."""
        pinned = re.search(rf'^\W*{self.package}(?:==|": ")([\d.]+)', self.pins.read_text("utf-8"), re.MULTILINE)
        return pinned.group(1) if pinned else "?"

    @property
    def pins(self) -> Path:
        """The file that names its packages."""
        program = PROGRAMS / self.program
        return program.with_suffix(".txt") if program.suffix == ".py" else PROGRAMS / "package.json"

    def install(self) -> tuple[list[str], dict[str, str]]:
        """The command that starts its program, and what the command needs in its environment."""
        program = PROGRAMS / self.program
        if program.suffix == ".py":
            module = ".".join(program.relative_to(ROOT).with_suffix("").parts)
            return [str(python_environment(self.pins)), "-P", "-m", module], {"PYTHONPATH": str(ROOT)}
        return ["node", str(program)], {"NODE_PATH": str(node_modules())}


PEERS = (
    Peer("django + django-pghistory", "django-pghistory", "django_pghistory.py"),
    Peer("django + django-simple-history", "django-simple-history", "django_simple_history.py"),
    Peer("eventsource-py", "eventsource-py", "eventsource_py.py"),
    Peer("python-event-sourcery", "python-event-sourcery", "python_event_sourcery.py"),
    Peer("emmett", "@event-driven-io/emmett-postgresql", "emmett.js"),
    Peer("message-db", "@eventide/message-db", "message_db.js"),
)


@contextmanager
def started(peer: Peer, dsn: str) -> Iterator[Ask]:
    """The peer at work on an empty database as long as the block lasts.

    Raises UnavailableError when it cannot be installed; asking it does when its program has ended.
    """
    command, needed = peer.install()
    parts = Conninfo.parse(dsn.encode())
    database = {part.envvar.decode(): part.val.decode() for part in parts if part.envvar and part.val}
    environ = {**os.environ, **needed, **database}
    with subprocess.Popen(command, bufsize=0, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:

        def ask(callers: int, tickets: int) -> float:
            assert process.stdin
            assert process.stdout
            with suppress(BrokenPipeError):
                process.stdin.write(f"{callers} {tickets}\n".encode())
            answer = process.stdout.readline()
            if not answer:
                raise UnavailableError(f"its program ended with status {process.wait()}, as said above")
            return float(answer)

        yield ask
