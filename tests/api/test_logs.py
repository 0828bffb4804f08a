"""What a process that runs on its own tells its operators: each line with its time, and nothing of what was sent."""

import json
import logging
import re
import signal
import subprocess
import sys
from collections.abc import Callable

import httpx
import psycopg
import pytest

from api.logs import MOST_WARNINGS, SAID_AGAIN_SECONDS, OnceAMinute, _JsonLines, _TextLines
from api.workers.worker_process import WorkerProcess
from domain.program_version import program_version
from tests.support.programs import COMMAND_LINE, on_database, run_python, served_at
from tests.support.serving import make_key

TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ "


def test_a_follower_says_when_it_lost_the_database(database_url: str, capfd: pytest.CaptureFixture[str]) -> None:
    lost = TIME + r"WARNING projections\.engine\.follower: the follower of default lost the database"
    printed = ""
    with WorkerProcess(database_url, ["default"]), psycopg.connect(database_url, autocommit=True) as connection:
        while "lost the database" not in printed:
            connection.execute(
                "select pg_sleep(0.1), pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
            printed += capfd.readouterr().err
        printed += capfd.readouterr().err
    assert re.search(lost, printed, re.MULTILINE), printed


def test_a_desk_that_serves_says_what_went_wrong_and_nothing_of_what_was_sent(database_url: str) -> None:
    key = make_key(database_url)
    words = [*COMMAND_LINE, "serve", "--port", "0"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, env=on_database(database_url), text=True) as program:
        assert program.stderr
        address = served_at(program.stderr)
        try:
            with psycopg.connect(database_url, autocommit=True) as connection:
                connection.execute("alter table tenant_default.api_keys rename column secret_hash to gone")
            headers = {"Authorization": f"Bearer {key}"}
            answer = httpx.post(f"{address}/v1/tickets", json={"subject": "số thẻ"}, headers=headers, timeout=30)
            assert answer.status_code == 500
        finally:
            program.send_signal(signal.SIGTERM)
        printed = program.stderr.read()
    assert re.search(TIME + r"ERROR uvicorn\.error: ", printed, re.MULTILINE), printed
    assert "UndefinedColumn" in printed
    assert not {word for word in (key, key[-64:], "số thẻ") if word in printed}


@pytest.mark.parametrize(("form", "number", "code"), [("text", signal.SIGTERM, 143), ("json", signal.SIGINT, 130)])
def test_a_desk_says_when_it_started_in_which_version_and_where_and_ends_cleanly_when_it_is_told_to(
    database_url: str, form: str, number: signal.Signals, code: int
) -> None:
    words = [*COMMAND_LINE, "serve", "--keyless", "--port", "0", "--log-format", form]
    with subprocess.Popen(words, stderr=subprocess.PIPE, env=on_database(database_url), text=True) as program:
        assert program.stderr
        lines = [program.stderr.readline() for _ in range(2)]
        try:
            assert httpx.get(f"{served_at(lines)}/healthz", timeout=30).status_code == 200
        finally:
            program.send_signal(number)
        assert program.stderr.read() == ""
    assert program.returncode == code
    with psycopg.connect(database_url) as connection:
        left = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        assert connection.execute(f"{left} and backend_type = 'client backend'").fetchone() == (0,)
    if form == "json":
        said = [json.loads(line)["message"] for line in lines]
        assert all(json.loads(line)["level"] == "INFO" for line in lines)
    else:
        said = [re.sub(TIME + "INFO ticketledger: ", "", line) for line in lines]
    assert said[0].startswith(f"Starting ticketledger {program_version()} with ")
    assert said[1].startswith("Serving http://127.0.0.1:")


def test_a_follower_says_when_it_started_and_in_which_version(database_url: str) -> None:
    words = [*COMMAND_LINE, "follow"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, env=on_database(database_url), text=True) as program:
        assert program.stderr
        line = program.stderr.readline()
        program.send_signal(signal.SIGTERM)
    assert re.match(TIME + f"INFO ticketledger: Following with ticketledger {re.escape(program_version())} ", line)


def test_a_warning_of_a_library_is_a_line_like_all_others() -> None:
    program = (
        "import warnings; from api.logs import configure_logging; configure_logging('json');"
        "warnings.warn('it was \\x1b[2J deprecated')"
    )
    printed = run_python(program)
    (line,) = map(json.loads, printed.stderr.splitlines())
    assert (line["level"], line["logger"], "deprecated" in line["message"]) == ("WARNING", "py.warnings", True)


def test_a_what_if_that_is_ended_says_nothing_of_its_connection() -> None:
    program = (
        "import logging, resource; from api.http import what_if_process as w;"
        "from api.settings import WhatIfBounds;"
        "resource.setrlimit = w.give_way_to_all = w._end_after = lambda *_: None;"
        "end = type('End', (), {'send': lambda _, outcome: print(outcome)})();"
        "w.judge(end, 'host=/nonexistent', 'default', None, WhatIfBounds(), (), w.Rests(is_busy=False));"
        "logging.getLogger('psycopg').warning('error ignored in rollback')"
    )
    printed = run_python(program)
    assert (printed.stdout, printed.stderr) == ("('unavailable', b'')\n", "")


def test_the_event_loop_says_nothing_of_itself() -> None:
    program = (
        "import asyncio; from api.logs import configure_logging; configure_logging('text', 'debug');"
        "asyncio.run(asyncio.sleep(0))"
    )
    assert run_python(program).stderr == ""


def line_of(message: str, level: int = logging.WARNING, thread: str = "sender of acme") -> logging.LogRecord:
    record = logging.LogRecord("api.x", level, "", 0, message, (), None)
    record.threadName = thread
    return record


def test_the_same_warning_of_a_worker_is_written_once_a_minute_with_how_many_were_left_out() -> None:
    now = [0.0]
    once = OnceAMinute(lambda: now[0])
    lost, other = "no answer", "another thing"
    assert [once.filter(line_of(lost)) for _ in range(4)] == [True, False, False, False]
    assert once.filter(line_of(lost, thread="sender of beta"))
    assert once.filter(line_of(other))
    assert all(once.filter(line_of("refused", logging.INFO)) for _ in range(3))
    now[0] = SAID_AGAIN_SECONDS
    again = line_of(lost)
    assert once.filter(again)
    assert _TextLines().format(again).endswith(" WARNING api.x: no answer [sender of acme] [3 more in between]")
    fields = json.loads(_JsonLines().format(again))
    assert (fields["worker"], fields["left_out"]) == ("sender of acme", 3)
    now[0] *= 2
    assert once.filter(last := line_of(lost))
    assert _TextLines().format(last).endswith(": no answer [sender of acme]")


def test_a_second_defect_is_written_although_the_server_says_the_same_of_it() -> None:
    once = OnceAMinute(lambda: 0.0)

    def is_written(broken: Callable[[], object]) -> bool:
        record = line_of("Exception in ASGI application", logging.ERROR)
        try:
            broken()
        except (KeyError, ZeroDivisionError):
            record.exc_info = sys.exc_info()
        return once.filter(record)

    def one() -> object:
        raise KeyError("a")

    def other() -> object:
        raise KeyError("a")

    def third() -> object:
        raise ZeroDivisionError

    assert [is_written(broken) for broken in (one, other, third, one, one)] == [True, True, True, False, False]


def test_different_warnings_without_end_take_no_memory() -> None:
    once = OnceAMinute(lambda: 0.0)
    assert all(once.filter(line_of(f"{number}")) for number in range(MOST_WARNINGS + 5))
    assert not once.filter(line_of(f"{MOST_WARNINGS}"))
    assert once.filter(line_of("0"))


def test_a_line_of_no_worker_names_none() -> None:
    line = line_of("number 1 of 2", thread="MainThread")
    assert _TextLines().format(line).endswith(": number 1 of 2")
    assert "worker" not in json.loads(_JsonLines().format(line))


def test_holidays_that_follow_the_moon_are_counted_without_a_word() -> None:
    program = (
        "from domain.sla.calendar.definition import CalendarDefinition as C;"
        "C(name='x', zone='UTC', week={'mon': ['08:00-12:00']}, public_holidays='IN').with_holidays_written_out()"
    )
    printed = run_python(program)
    assert printed.stderr == ""
