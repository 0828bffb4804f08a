"""A desk and a follower that run on the embedded server go on when it is killed under them."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.chaos.embedded_server import ALONE, EmbeddedServer
from tests.support.desks import BEFORE
from tests.support.programs import ROOT
from tests.support.recovery import RECOVERY


@pytest.fixture
def take_ticket(data_folder: Path) -> Iterator[Callable[[], int]]:
    """Lets a process of its own take a ticket, the only user of the server; gives the position it got."""
    command = [sys.executable, "-m", "tests.support.chaos.desk_at_work", str(data_folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=ALONE
    ) as process:
        to, back = process.stdin, process.stdout
        assert to is not None
        assert back is not None

        def take() -> int:
            to.write("\n")
            to.flush()
            return int(back.readline())

        yield take
        to.close()


@pytest.mark.parametrize(
    "kill", [EmbeddedServer.kill_postmaster, EmbeddedServer.kill_supervisor, EmbeddedServer.kill_both]
)
def test_a_running_desk_and_its_follower_go_on_after_a_kill_of_their_server(
    data_folder: Path, take_ticket: Callable[[], int], kill: Callable[[EmbeddedServer], None]
) -> None:
    server = EmbeddedServer(data_folder, "")
    assert take_ticket() == BEFORE + 1
    for position in (BEFORE + 2, BEFORE + 3):
        kill(server)
        begun = time.monotonic()
        assert take_ticket() == position
        assert time.monotonic() - begun < RECOVERY
