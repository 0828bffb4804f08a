"""The command line among rude neighbours: readers who leave, full disks, other alphabets, signals at any moment."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from api.workers.worker_process import WorkerProcess
from tests.support.command_line import Run
from tests.support.importing.histories import row
from tests.support.importing.imported import mapped_history
from tests.support.programs import COMMAND_LINE, on_database
from tests.support.run_databases import RunDatabases

FULL = Path("/dev/full")


@pytest.fixture(scope="session")
def many_template(run_databases: RunDatabases, template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The database of a desk with more tickets than a pipe holds."""
    rows = [row("New", 0, f"Đơn {number}") for number in range(1_500)]
    fill = partial(mapped_history, folder=tmp_path_factory.mktemp("many"), rows=rows)
    return run_databases.made("many", fill, template)


@pytest.mark.parametrize("words", [["export", "tickets"], ["export", "tickets", "--format", "jsonl"], ["--help"]])
@pytest.mark.usefixtures("many_template")
def test_a_reader_who_leaves_is_no_error_to_tell_of(database_url: str, words: list[str]) -> None:
    with subprocess.Popen(
        [*COMMAND_LINE, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=on_database(database_url)
    ) as program:
        assert program.stdout
        assert program.stderr
        program.stdout.read(1)
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode in {0, 1}


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("words", [["export", "tickets"], ["report", "list"], ["doctor"]])
@pytest.mark.usefixtures("many_template")
def test_a_full_disk_is_said_in_a_sentence(database_url: str, words: list[str]) -> None:
    with FULL.open("w") as full:
        program = subprocess.run(
            [*COMMAND_LINE, *words], stdout=full, stderr=subprocess.PIPE, env=on_database(database_url), check=False
        )
    printed = program.stderr.decode().splitlines()
    assert (program.returncode, len(printed)) == (2, 1)
    assert "No space left on device" in printed[0]


@pytest.mark.usefixtures("many_template")
def test_answers_are_utf_8_whatever_the_alphabet_of_the_system(database_url: str) -> None:
    narrow = on_database(database_url, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    program = subprocess.run([*COMMAND_LINE, "export", "tickets"], capture_output=True, env=narrow, check=True)
    assert "Đơn 1499" in program.stdout.decode()


@pytest.mark.usefixtures("many_template")
def test_a_command_whose_output_is_closed_works_all_the_same(database_url: str) -> None:
    line = f"'{sys.executable}' -P -m api doctor >&-"
    program = subprocess.run(["sh", "-c", line], capture_output=True, env=on_database(database_url), check=False)
    assert (program.returncode, program.stderr) == (0, b"")


def test_a_second_sigterm_does_not_interrupt_the_cleaning_up() -> None:
    program = (
        "import os, signal; from api.__main__ import terminate; signal.signal(signal.SIGTERM, terminate)\n"
        "try: os.kill(os.getpid(), signal.SIGTERM)\n"
        "finally: os.kill(os.getpid(), signal.SIGTERM); print('cleaned up')"
    )
    ended = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (143, b"cleaned up\n", b"")


def test_ctrl_c_is_for_the_program_and_not_for_the_follower_beside_it(database_url: str) -> None:
    with WorkerProcess(database_url, ["default"]) as follower:
        assert os.getpgid(follower.pid) != os.getpgid(0)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["export", "tickets", "--to", "no/such/folder/file"], "không phải thư mục: hãy tạo thư mục trước"),
        (["migrate", "--writer", ""], "There is no role ''"),
        (["report", "backlog", "--to", "9999-12-31"], "hãy chọn từ 1900-01-01 đến 2999-12-31"),
        (["report", "backlog", "--as-of", "0001-01-01"], "hãy chọn từ 1900-01-01 đến 2999-12-31"),
        (["report", "sla", "--known-at", "9999-12-31T23:59:59", "--zone", "America/Lima"], "hãy chọn từ 1900-"),
        (
            ["keys", "create", "--actor", "linh", "--scope", "read", "--expires", "2020-01-01"],
            "đã qua: hãy chọn thời điểm muộn hơn",
        ),
        (["whatif", "--ladder", "12h", "--to", "9999-12-31"], "hãy chọn từ 1900-01-01 đến 2999-12-31"),
        (["whatif", "--ladder", "12h", "--from", "0001-01-01", "--zone", "Asia/Tokyo"], "hãy chọn từ 1900-01-01"),
        (["whatif", "--ladder", "12h", "--from", "2026-03-02", "--to", "2026-03-01"], "hãy đổi chỗ hai ngày"),
        (["whatif", "--ladder", "soon"], "'soon' không phải thời lượng"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run: Run, words: list[str], says: str) -> None:
    answer = run(*words)
    assert answer.code == 2
    assert says in answer.err
    assert "Traceback" not in answer.err


def test_a_time_limit_that_is_no_number_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:geheim@127.0.0.1:1/x?connect_timeout=soon")
    answer = run("doctor")
    assert answer.code == 2
    assert "connect_timeout" in answer.err
    assert "geheim" not in answer.err
