"""A long file of records is decided by several processes; the log is the same as when one decides."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from api.importing import importer
from api.importing.records import importer as records_importer
from api.importing.records.deciding_processes import PROCESSES, deciding_processes
from api.importing.records.importer import import_records
from api.importing.staging import ImportProgress
from domain.envelope import RecordedEvent
from domain.event_log import reader
from tests.support.importing.records import imported, log_of, mapping_named
from tests.support.log import empty

ROOT = Path(__file__).parents[3]
HEAD = "id,name,tier,email,phone,organisation\n"


def customers(count: int) -> str:
    """Every fifth has the address of the one 18 rows before it, and two of three belong to one of two organisations."""
    rows = []
    for number in range(count):
        mail = f"k{number - 18 if number % 5 == 0 and number > 18 else number}@example.vn"
        rows.append(f"K{number},Khách {number},gold,{mail},0912{number:06},{('CTY1', 'CTY2', '')[number % 3]}\n")
    return HEAD + "".join(rows)


def payloads_of(events: list[RecordedEvent]) -> list[object]:
    return [(event.position, event.stream, event.version, event.topic, event.payload) for event in events]


def test_however_many_processes_decide_the_log_and_the_rejected_rows_are_the_same(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, rejects, rejects_of_many = (tmp_path / name for name in ("customers.csv", "one.csv", "many.csv"))
    monkeypatch.setattr(importer, "ROWS_AT_ONCE", 10)
    alone = imported(database_url, file, "customers", rejects, customers(120))
    assert alone.rejected > 0
    log_of_one = log_of(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        empty(connection)
    with monkeypatch.context() as patched:
        patched.setattr(records_importer, "MANY_ROWS", 100)
        assert imported(database_url, file, "customers", rejects_of_many) == alone
    assert payloads_of(log_of(database_url)) == payloads_of(log_of_one)
    assert rejects_of_many.read_text() == rejects.read_text()
    again = imported(database_url, file, "customers", rejects_of_many)
    assert (again.known, again.rejected, again.events) == (alone.recorded, alone.rejected, 0)


def test_rows_that_cannot_be_read_are_rejected_by_several_processes_as_by_one(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "customer,order,date,product,quantity,sku,amount,total,currency,warranty until,service months\n"
    unreadable = head + "".join(f"C2,DH-{order},2025-02-01,Filter,1,F,x,x,VND,,\n" for order in range(20))
    monkeypatch.setattr(importer, "ROWS_AT_ONCE", 7)
    alone = imported(database_url, tmp_path / "purchases.csv", "purchases", tmp_path / "one.csv", unreadable)
    assert (alone.rejected, alone.events) == (20, 0)
    monkeypatch.setattr(records_importer, "MANY_ROWS", 1)
    assert imported(database_url, tmp_path / "purchases.csv", "purchases", tmp_path / "many.csv", unreadable) == alone
    assert (tmp_path / "many.csv").read_text() == (tmp_path / "one.csv").read_text()


def test_processes_load_while_the_rest_of_a_long_file_is_read(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases: list[str] = []

    @contextmanager
    def noted(dsn: str) -> Iterator[ProcessPoolExecutor]:
        phases.append("loading")
        with deciding_processes(dsn) as pool:
            yield pool

    def note(progress: ImportProgress) -> None:
        phases.append(progress.phase)
        if progress.phase == "recording":
            raise EnoughSeenError

    monkeypatch.setattr(records_importer, "deciding_processes", noted)
    monkeypatch.setattr(records_importer, "MANY_ROWS", 500)
    file = tmp_path / "customers.csv"
    file.write_text(customers(2_500), encoding="utf-8")
    with pytest.raises(EnoughSeenError):
        import_records(database_url, "default", file, mapping_named("customers"), tmp_path / "rejects.csv", note)
    assert phases == ["loading", "reading", "reading", "reading", "recording"]


def test_when_the_import_is_killed_no_process_is_left_and_the_next_run_completes_it(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(customers(600), encoding="utf-8")
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute("listen tenant_default")
        with start(database_url, file, rows_at_once=50) as child:
            for _ in listener.notifies(timeout=120, stop_after=1):
                pass
            left = children_of(child.pid)
            child.send_signal(signal.SIGKILL)
        recorded = reader.head(listener, "default")
    assert len(left) >= 2
    ended_by = time.monotonic() + 60
    while any(map(is_running, left)):
        assert time.monotonic() < ended_by
        time.sleep(0.05)
    outcome = imported(database_url, file, "customers", tmp_path / "rejects.csv")
    assert 0 < recorded < recorded + outcome.events
    assert outcome.known > 0
    assert outcome.known + outcome.recorded + outcome.rejected == outcome.rows == 600


def test_an_interrupt_from_the_terminal_reaches_the_import_and_none_of_its_processes(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(customers(6_000), encoding="utf-8")
    with start(database_url, file) as child:
        deciding = deciding_of(child)
        os.killpg(child.pid, signal.SIGINT)
        _, printed = child.communicate()
    assert child.returncode != 0
    assert printed.count(b"KeyboardInterrupt") == 1
    assert not any(map(is_running, deciding))


def test_when_its_processes_are_killed_the_import_says_so_and_ends(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(customers(6_000), encoding="utf-8")
    with start(database_url, file) as child:
        for process in deciding_of(child):
            os.kill(process, signal.SIGKILL)
        _, printed = child.communicate()
    assert printed.splitlines()[-1].startswith(
        b"projections.engine.child_process.ProcessEnded: A process of this command"
    )


def deciding_of(child: "subprocess.Popen[bytes]") -> list[int]:
    """The processes that decide for an import, when all have started."""
    while True:
        own = {pid: each for pid, each in processes().items() if each.parent == child.pid}
        deciding = [pid for pid, each in own.items() if "spawn_main" in each.command]
        if len(deciding) == PROCESSES:
            return deciding
        assert child.poll() is None
        time.sleep(0.05)


def start(dsn: str, file: Path, rows_at_once: int = importer.ROWS_AT_ONCE) -> "subprocess.Popen[bytes]":
    """An import in a process of its own, which stays as it is once it has recorded the first rows."""
    program = file.parent / "killed.py"
    program.write_text(
        "import signal, sys\n"
        "from pathlib import Path\n"
        "from api.importing import importer\n"
        "from api.importing.records import importer as records_importer\n"
        "from domain.event_types import register_event_types\n"
        "from tests.support.importing.records import mapping_named\n"
        "if __name__ == '__main__':\n"
        "    register_event_types()\n"
        "    importer.ROWS_AT_ONCE = int(sys.argv[3])\n"
        "    records_importer.MANY_ROWS = 100\n"
        "    file = Path(sys.argv[2])\n"
        "    stay = lambda progress: progress.phase == 'recording' and signal.pause()\n"
        "    mapping = mapping_named('customers')\n"
        "    records_importer.import_records(sys.argv[1], 'default', file, mapping, Path(f'{file}.rejects'), stay)\n"
    )
    return subprocess.Popen(
        [sys.executable, str(program), dsn, str(file), str(rows_at_once)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stderr=subprocess.PIPE,
        start_new_session=True,  # as a job of a terminal
    )


def children_of(process: int) -> list[int]:
    """The processes that a process has started."""
    return [pid for pid, known in processes().items() if known.parent == process]


def is_running(process: int) -> bool:
    """Whether a process goes on; a zombie does not."""
    known = processes().get(process)
    return known is not None and not known.state.startswith("Z")


class EnoughSeenError(Exception):
    """Ends an import of which a test has seen enough."""


class Process(NamedTuple):
    parent: int
    state: str
    command: str


def processes() -> dict[int, Process]:
    listing = ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="]
    listed = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
    rows = (line.split(maxsplit=3) for line in listed.splitlines())
    return {int(pid): Process(int(parent), state, "".join(command)) for pid, parent, state, *command in rows}
