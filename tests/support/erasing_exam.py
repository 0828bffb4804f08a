"""The exam of erasure: persons with a canary word in every text are erased under load, then looked for.

`./run exam erase [PERSONS]`, by default 1,000. It looks into a dump of the database, into exports, into answers over
HTTP, into the log output, and into statistics and files of the rewritten tables, folds everything again, and reads as
of before the erasure.
"""

import asyncio
import json
import logging
import os
import sys
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from subprocess import run as run_program
from tempfile import TemporaryDirectory
from typing import NamedTuple
from uuid import UUID

import psycopg

from api.database import database
from api.embedded_postgres.programs import find_programs
from api.erasing.rewriting import rewrite
from api.exporting.exporter import Export, ExportForm, write_export
from api.exporting.snapshot import Moment
from api.key_store.store import Destroyed, PostgresKeyStore
from api.migrations import migrate
from domain.customer import commands as c
from domain.ids import new_id
from domain.ticket import commands as t
from domain.zones import UTC_ZONE
from projections.engine.follower import Follower
from projections.engine.rebuild import compare
from projections.registry import PROJECTIONS
from tests.support.catching_up import catch_up
from tests.support.erased_files import files_with, statistics_with
from tests.support.erasing import TENANT, Erasing, Person
from tests.support.key_stores import encrypt, key_store
from tests.support.run_databases import reachable_folder
from tests.support.serving import make_key, serving

CANARY = "canary"
AT_ONCE = 50
"""Persons that are recorded beside each other."""
LISTS = (
    "customers", "tickets", "tasks", "procedures", "notifications", "work?agent=lan", "erasures", "audit",
    f"search?q={CANARY}", f"customers/suggest?q={CANARY}",
)  # fmt: skip
"""What is read over HTTP of all."""
OF_CUSTOMER = (
    "", "/timeline", "/history", "/purchases", "/offers", "/activities", "/consents", "/contracts", "/dates",
    "/feedback", "/files", "/nps-answers", "/notes", "/check-ins", "/profile", "/export",
)  # fmt: skip
OF_TICKET = ("", "/history", "/conversation", "/sla")


class Findings(NamedTuple):
    """``hits``: the lines with canary words by where they were looked for. ``differing``: tables that a rebuild gives
    otherwise.
    """

    hits: Mapping[str, int]
    differing: Sequence[str]

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not any(self.hits.values()) and not self.differing

    def __str__(self) -> str:
        """A line for each place where words were looked for, and one for the tables that differ."""
        lines = [f"  {where:<12} {count or 'no word'}" for where, count in self.hits.items()]
        return "\n".join([*lines, f"  tables that a rebuild gives otherwise: {', '.join(self.differing) or 'none'}"])


class KeepsKeys:
    """The negative control: a key store that says that it destroys keys, and keeps them."""

    def destroy(self, key_ids: Sequence[UUID]) -> list[Destroyed]:
        return [Destroyed(key_id, "kept") for key_id in key_ids]

    def missing(self, _key_ids: Collection[UUID]) -> list[UUID]:
        return []


async def erase_under_load(url: str, keys: PostgresKeyStore | KeepsKeys, number: int, pause: float) -> list[Person]:
    """Records so many persons and erases them while others write and the follower runs."""
    persons = [Person(f"{CANARY}{index}x", index) for index in range(number)]
    erasing = Erasing(url, keys, pause)  # type: ignore[arg-type]  # the control destroys nothing
    stop, done = threading.Event(), asyncio.Event()
    follower = Follower(url, TENANT, PROJECTIONS)
    following = threading.Thread(target=follower.run, args=(stop,))
    following.start()

    async def write() -> None:
        customer = new_id()
        await erasing.give(customer, c.RegisterCustomer(name="Bystander"))
        await erasing.give(customer, c.AddAddress(channel="email", handle="bystander@example.vn", trust="seen"))
        while not done.is_set():
            ticket = new_id()
            received = t.ReceiveTicket(
                customer_id=customer, channel="zalo", subject="s", category="internet", priority="P2"
            )
            await erasing.give(ticket, received)
            await erasing.give(ticket, t.AddNote(body="n"))
            await asyncio.sleep(0.01)

    try:
        for first in range(0, number, AT_ONCE):
            await erasing.record(*persons[first : first + AT_ONCE])
            await asyncio.gather(*(erasing.approve(each.customer) for each in persons[first : first + AT_ONCE]))
        writing = asyncio.create_task(write())
        assert await erasing.runner.run([each.customer for each in persons]) == {}
        done.set()
        await writing
    finally:
        stop.set()
        await asyncio.to_thread(following.join)
        await erasing.close()
    return persons


def find_canaries(url: str, persons: Sequence[Person], log: str, folder: Path) -> Findings:
    """Looks everywhere but into the key store, whose keys are destroyed, and the WAL. Rewrites the tables."""
    with psycopg.connect(url, autocommit=True) as connection:
        catch_up(url, TENANT)
        for noun, kind in (("everything", "csv"), ("events", "jsonl")):
            form = ExportForm(kind, bom=False, zone=UTC_ZONE)  # type: ignore[arg-type]  # one of its formats
            path = folder / noun if noun == "everything" else folder / "events.jsonl"
            write_export(connection, TENANT, Export(noun, form, Moment()), path)  # type: ignore[arg-type]  # a noun
    exported = [file.read_text(encoding="utf-8") for file in folder.rglob("*") if file.is_file()]
    with psycopg.connect(url, autocommit=True) as connection:
        rewrite(connection, TENANT)
        statistics, files = statistics_with(connection, CANARY), files_with(connection, CANARY)
    hits = {
        "dump": _lines(_dump(url)),
        "exports": sum(map(_lines, exported)),
        "answers": sum(map(_lines, _answers(url, persons))),
        "log output": _lines(log),
        "statistics": len(statistics),
        "files": len(files),
    }
    return Findings(hits, [each.table for each in compare(url, TENANT, PROJECTIONS) if not each.same])


def _dump(url: str) -> str:
    program = find_programs(os.environ).folder / "pg_dump"
    return run_program([program, "--inserts", "--dbname", url], check=True, capture_output=True, text=True).stdout


def _answers(url: str, persons: Sequence[Person]) -> Iterator[str]:
    with serving(url, key=make_key(url)) as desk:

        def read(address: str) -> str:
            answer = desk.get(f"/v1/{address}")
            assert answer.status_code == 200, (address, answer.text)
            return answer.text

        yield from map(read, LISTS)
        for person in persons[:20]:
            yield from (read(f"customers/{person.customer}{part}") for part in OF_CUSTOMER)
            yield from (read(f"tickets/{person.streams['ticket']}{part}") for part in OF_TICKET)
            yield from (read(f"{kind}s/{person.streams[kind]}") for kind in ("task", "procedure", "contract", "file"))
            yield read(f"notifications/{person.streams['sent']}")
        after = 0
        while events := json.loads(page := read(f"events?after={after}&limit=1000"))["events"]:
            yield page
            after = events[-1]["position"]


def _lines(text: str) -> int:
    return sum(CANARY in line for line in text.splitlines())


@contextmanager
def _log_output() -> Iterator[StringIO]:
    written = StringIO()
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    try:
        yield written
    finally:
        logging.getLogger().removeHandler(handler)


def examine(url: str, number: int, folder: Path, *, destroys: bool = True, pause: float = 2.0) -> Findings:
    """Erases so many persons of an empty tenant and looks for them; without ``destroys`` the keys are kept."""
    with key_store(url, folder) as store, _log_output() as log:
        encrypt(url, TENANT, store)
        persons = asyncio.run(erase_under_load(url, store if destroys else KeepsKeys(), number, pause))
        exports = folder / "exports"
        exports.mkdir()
        return find_canaries(url, persons, log.getvalue(), exports)


def main(words: Sequence[str]) -> int:
    """Runs the exam and its control; 0 when nothing is found of the persons, and something where keys are kept."""
    number = int(words[0]) if words else 1_000
    passed = True
    for destroys, persons in ((True, number), (False, min(number, 10))):
        data = reachable_folder("ticketledger-erasure-exam-")
        with database(data, {}) as url, TemporaryDirectory() as folder:
            migrate(url, TENANT)
            findings = examine(url, persons, Path(folder), destroys=destroys)
        sys.stdout.write(f"{persons} persons, keys {'destroyed' if destroys else 'kept (control)'}:\n{findings}\n")
        passed = passed and findings.clean == destroys
    sys.stdout.write("Passed.\n" if passed else "NOT PASSED: an erased word was found, or a kept one was not.\n")
    return 0 if passed else 1
