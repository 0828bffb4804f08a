"""Ordinary work and strangers leave no ERROR in PostgreSQL's log, and the program's own log says who was refused."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import QueueHandler
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import psycopg
import pytest
from fastapi import Request
from psycopg import sql

from api.embedded_postgres.supervisor import put_aside
from api.http.what_if_process import judge_apart
from api.http_limits import HttpLimits
from api.logs import _JsonLines, correlation_id
from api.settings import WhatIfBounds
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from projections.what_if.request import WhatIfRequest
from tests.support.database_troubles import until, waiting_for_lock
from tests.support.raw_http import connected, status, told
from tests.support.run_databases import RUN
from tests.support.serving import RECEIPT, Served, fresh, id_of, listening, make_key, running, serving
from tests.support.waiting_for_tables import until_it_gives_up

REFUSALS = "api.http.refusal_counter"
NOWHERE = "host=/nonexistent dbname=none"


def test_retries_and_conflicts_are_no_errors(desk: Served, server_errors: Callable[[], list[str]]) -> None:
    ticket, retry = desk.receive(), {"Idempotency-Key": "k"}
    for _ in range(3):
        assert desk.post(f"{ticket}/add-note", {"body": "n"}, headers=retry).status_code == 200
    assert desk.post(f"{ticket}/add-note", {"body": "other"}, headers=retry).status_code == 422
    with psycopg.connect(desk.dsn, autocommit=True) as connection:  # another server moved the stream on
        connection.execute(
            "with added as (insert into tenant_default.events"
            " select position + 1, stream, version + 1, topic, recorded_at, state from tenant_default.events"
            " order by position desc limit 1 returning position)"
            " update tenant_default.log_head set position = added.position from added"
        )
    assert desk.post(f"{ticket}/add-note", {"body": "n"}).json()["version"] == 4
    assert server_errors() == []


def test_a_stranger_causes_no_error(desk: Served, server_errors: Callable[[], list[str]]) -> None:
    for tenant in ("nowhere", "default", "a" * 40):
        stranger = desk.as_key(f"tl_{tenant}_{'0' * 16}_{'0' * 64}")
        assert stranger.get("/v1/events").status_code == 401
    assert server_errors() == []


def test_a_what_if_whose_caller_leaves_during_a_statement_is_no_error(
    database_url: str, server_errors: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement waits for a lock until the process has been told to end."""
    make_key(database_url)
    question = WhatIfRequest(scenarios=(), up_to=1, now=datetime(2026, 3, 2, tzinfo=UTC))

    async def leave() -> bytes | None:
        gone = asyncio.Event()

        async def receive() -> dict[str, str]:
            await gone.wait()
            return {"type": "http.disconnect"}

        request = Request({"type": "http"}, receive)
        judging = asyncio.create_task(judge_apart(request, database_url, "default", question, WhatIfBounds()))
        await waiting_for_lock(database_url)
        gone.set()
        answer = await judging
        await until(database_url, "count(*) = 1 from others where backend_type = 'client backend'")
        return answer

    def release_and_join(process: ForkServerProcess, timeout: float | None = None) -> None:
        if timeout is not None:  # it was told to end, and not killed
            holder.rollback()
        join(process, timeout)

    join = ForkServerProcess.join
    monkeypatch.setattr(ForkServerProcess, "join", release_and_join)
    with psycopg.connect(database_url) as holder:
        holder.execute("lock table tenant_default.events")
        assert asyncio.run(leave()) is None
    assert server_errors() == []


def test_a_rebuild_that_waits_for_a_reader_is_no_error(desk: Served, server_errors: Callable[[], list[str]]) -> None:
    switched = Thread(target=rebuild, args=[desk.dsn, "default", PROJECTIONS], kwargs={"views": VIEWS})
    with psycopg.connect(desk.dsn, autocommit=True) as watching:
        with psycopg.connect(desk.dsn) as reader:
            reader.execute("select from tenant_default.tickets")
            switched.start()
            until_it_gives_up(watching, switched)
        switched.join()
    assert server_errors() == []


def test_an_error_of_the_server_would_be_seen(desk: Served, server_errors: Callable[[], list[str]]) -> None:
    """The control of the tests above."""
    with psycopg.connect(desk.dsn, autocommit=True) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute(sql.SQL("select * from tenant_nowhere.api_keys"))
    assert len(server_errors()) == 1


def test_a_client_who_leaves_in_the_middle_of_a_body_is_one_debug_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "api")
    lines: SimpleQueue[logging.LogRecord] = SimpleQueue()
    listener, logger = QueueHandler(lines), logging.getLogger("api.http.problems")
    logger.addHandler(listener)
    try:
        with listening(NOWHERE, keyless="default") as address:
            with connected(address) as client:
                client.sendall(
                    b"POST /v1/tickets HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                    b"Content-Length: 1000\r\n\r\n{"
                )
            line = lines.get(timeout=60)
    finally:
        logger.removeHandler(listener)
    assert (line.levelname, line.getMessage()) == ("DEBUG", "a client left in the middle of POST")
    assert lines.empty()
    ours = [record for record in caplog.records if record.name.startswith(("api", "uvicorn"))]
    assert not [record for record in ours if record.levelno >= logging.WARNING]


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is logged of requests that were refused; other threads log for themselves."""
    return [record.getMessage() for record in caplog.records if record.name == REFUSALS]


def test_who_is_refused_is_told_with_address_and_counted(desk: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, REFUSALS)
    wrong, reader = f"tl_default_{'0' * 16}_{'0' * 64}", make_key(desk.dsn, "read")
    for key in ("tl_default_0", wrong):
        desk.as_key(key).get("/v1/events")
    desk.as_key(reader).post("/v1/tickets", RECEIPT)
    ticket = f"/v1/tickets/{fresh()}"
    desk.post(f"{ticket}/start-work")
    assert refusals(caplog) == [
        "401 unauthenticated to 127.0.0.1: GET /v1/events",
        f"401 unauthenticated to 127.0.0.1 with key default {'0' * 16}: GET /v1/events",
        f"403 forbidden to 127.0.0.1 with key default {id_of(reader)}: POST /v1/tickets",
        f"409 ticket_unknown to 127.0.0.1 with key default {id_of(desk.key)}: POST {ticket}/start-work",
    ]
    assert desk.get("/readyz").json()["refused"] == {"401": 2, "403": 1, "409": 1}
    assert not [secret for key in (wrong, reader, desk.key) if (secret := str(key)[-64:]) in caplog.text]


def test_whoever_needs_no_key_is_told_without_one(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, REFUSALS)
    make_key(database_url)
    with serving(database_url, keyless="default") as desk:
        desk.post(ticket := f"/v1/tickets/{fresh()}/start-work")
    assert refusals(caplog) == [f"409 ticket_unknown to 127.0.0.1: POST {ticket}"]


def test_an_address_that_holds_a_persons_word_is_logged_without_it(
    desk: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, REFUSALS)
    stranger = desk.as_key(key := make_key(desk.dsn, "tickets:write"))
    for word in ("canary@example.vn", "canary%40example.vn", "c%C3%A1nary%0Aname"):
        stranger.get(f"/v1/customers/{word}")
        stranger.get(f"/v1/customers/{word}/history")
    assert len(refusals(caplog)) == 6
    assert set(refusals(caplog)) == {
        f"403 forbidden to 127.0.0.1 with key default {id_of(key)}: GET /v1/customers/{{customer_id}}{rest}"
        for rest in ("", "/history")
    }


def test_a_value_that_begins_like_another_part_of_the_path_is_logged_as_its_own_name(
    desk: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, REFUSALS)
    stranger = desk.as_key(key := make_key(desk.dsn, "tickets:write"))
    for kind in ("lan", "v"):
        stranger.get(f"/v1/definitions/{kind}/lan@example.vn")
    assert set(refusals(caplog)) == {
        f"403 forbidden to 127.0.0.1 with key default {id_of(key)}: GET /v1/definitions/{{kind}}/{{name}}"
    }


def test_what_is_refused_before_it_is_read_is_told_and_counted_as_well(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, REFUSALS)
    with running(NOWHERE, keyless="default", http=HttpLimits(headers=1)) as (address, container):
        assert status(told(address, b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n")) == 431
        assert container.refusals.by_status() == {"431": 1}
    assert refusals(caplog) == ["431 headers_too_large to 127.0.0.1"]


def test_a_path_cannot_write_a_line_of_its_own(desk: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, REFUSALS)
    desk.as_key(None).get("/v1/tickets/%0A%1b[2J401" + "x" * 500)
    (line,) = refusals(caplog)
    assert line.isprintable()
    assert len(line) < 300


def test_a_line_for_programs_is_json_with_what_the_request_is_part_of() -> None:
    token = correlation_id.set("call-7")
    try:
        record = logging.LogRecord("api.x", logging.WARNING, "", 0, "số %s\n2", ("1",), None)
        line = _JsonLines().format(record)
    finally:
        correlation_id.reset(token)
    assert "\n" not in line
    fields = json.loads(line)
    assert (fields["level"], fields["logger"], fields["message"], fields["correlation_id"]) == (
        "WARNING", "api.x", "số 1\n2", "call-7",
    )  # fmt: skip


def test_a_refusal_is_told_with_what_the_request_is_part_of(desk: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, REFUSALS)
    lines: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(_JsonLines().format(record))

    logger, handler = logging.getLogger(REFUSALS), Keeping()
    logger.addHandler(handler)
    try:
        desk.post(f"/v1/tickets/{fresh()}/start-work", headers={"X-Correlation-ID": "call-8"})
        desk.post(f"/v1/tickets/{fresh()}/start-work")
    finally:
        logger.removeHandler(handler)
    assert [json.loads(line).get("correlation_id") for line in lines] == ["call-8", None]


def test_a_log_that_is_too_long_is_put_aside_and_gone_on_with(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old\n" * 30)
        put_aside(log, 1_000)
        assert log.stat().st_size == 120
        put_aside(log, 100)
        writer.write(b"new\n")
    assert log.read_bytes() == b"new\n"
    aside = tmp_path / "server.log.1"
    assert aside.read_bytes() == b"old\n" * 25
    assert aside.stat().st_mode & 0o777 == 0o600


def test_the_servers_log_is_for_its_user_alone(server: str, pytestconfig: pytest.Config) -> None:
    assert server
    log = pytestconfig.stash[RUN] / "data" / "server.log"
    assert log.stat().st_mode & 0o777 == 0o600
