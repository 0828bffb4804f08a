"""A disk that is full makes the desk unavailable; what was acknowledged stays, and room is all it takes to go on."""

import asyncio
import base64
import errno
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY
from uuid import UUID

import pytest

from api.database import database
from api.migrations import migrate
from domain.command_handling.service_desk import ServiceDesk
from domain.event_log.append import Answer
from domain.event_log.store import USUAL_SETTINGS, LogUnavailable
from domain.ticket.commands import AddNote
from tests.support.chaos.embedded_server import ALONE, EmbeddedServer
from tests.support.desks import RECEIVE, by, opened, received, recorded
from tests.support.log import TENANT
from tests.support.recovery import RECOVERY
from tests.support.registered import register

PATIENCE = 1.0  # of the desk, instead of its own five seconds
CALLERS = 8
NOTE = AddNote(body=base64.b64encode(os.urandom(12_000)).decode())
MOST_NOTES = 20_000  # until the test gives up filling the disk


@pytest.fixture
def small_disk(empty_folder: Path) -> Iterator[Path]:
    """A file system of 192 MB."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    disk = empty_folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=192m,mode=711", "none", str(disk)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.fixture(params=["everything", "write-ahead log"])
def server(request: pytest.FixtureRequest, small_disk: Path, data_folder: Path) -> Iterator[EmbeddedServer]:
    """A server with all that it writes on the small disk, or with the write-ahead log alone."""
    folder = data_folder
    if request.param == "write-ahead log":
        log = folder / "postgres" / "pg_wal"
        subprocess.run(["mv", log, small_disk], check=True)
        log.symlink_to(small_disk / "pg_wal")
    else:
        subprocess.run(["mv", folder, small_disk], check=True)
        folder = small_disk / folder.name
    with database(folder, ALONE) as url:
        migrate(url, TENANT)
        register(url, RECEIVE.customer_id, tenant=TENANT)
        yield EmbeddedServer(folder, url)


def fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1_000_000))
        except OSError as error:
            assert error.errno == errno.ENOSPC  # noqa: PT017 -- the loop has no other end
    return ballast


async def note_until_unavailable(desk: ServiceDesk, stream: UUID, answers: dict[str, Answer | None]) -> None:
    """Gives one long note after the other; ``told`` is what each caller got, None when that was LogUnavailable."""
    while len(answers) < MOST_NOTES:
        name = f"c-{len(answers)}"
        answers[name] = None
        try:
            answers[name] = (await desk.handle(stream, NOTE, by(name))).answer
        except LogUnavailable:
            return


async def answer_of(desk: ServiceDesk, stream: UUID, name: str) -> Answer:
    """What a caller gets in the end who asks until there is an answer."""
    while True:
        try:
            return (await desk.handle(stream, NOTE, by(name))).answer
        except LogUnavailable:
            pass


@pytest.mark.anyio
async def test_a_full_disk_makes_the_desk_unavailable_until_there_is_room(
    small_disk: Path, server: EmbeddedServer
) -> None:
    answers: dict[str, Answer | None] = {}
    async with opened(server.url) as desk:
        stream = await received(desk)
        desk.log.settings = replace(USUAL_SETTINGS, patience=PATIENCE)
        ballast = fill(small_disk)
        async with asyncio.TaskGroup() as callers:
            for _ in range(CALLERS):
                callers.create_task(note_until_unavailable(desk, stream, answers))
        assert None in answers.values()
        with pytest.raises(LogUnavailable):
            await desk.handle(stream, NOTE, by("while it is full"))
        ballast.unlink()
        begun = time.monotonic()
        await answer_of(desk, stream, "when there is room")
        assert time.monotonic() - begun < RECOVERY
        for name, answer in answers.items():
            assert await answer_of(desk, stream, name) == (answer or ANY)
    there = [event.envelope.command_id for event in recorded(server.url)[1:]]
    assert sorted(there) == sorted({*answers, "when there is room"} | set(there) & {"while it is full"})
    assert "No space left on device" in (server.folder / "server.log").read_text()
