"""Problems: every kind of no, told in one way, and never with a secret in it."""

from importlib import import_module
from pkgutil import walk_packages

import psycopg
import pytest
from psycopg import sql

import api
import domain
import projections
from api.http import problems
from api.http import readiness_probe as readiness
from api.http.problems import PROBLEMS, Problem, problem_of
from api.migrations import migrate
from domain.command_handling import service_desk
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandIdReused
from domain.command_handling.service_desk import Overloaded
from domain.errors import LedgerError
from domain.event_log.store import LogUnavailable, StoreSettings
from domain.refusal import Refusal
from projections.engine.checkpoints import ProjectionOutdated
from projections.scope.report_scope import TooManyGroups
from tests.support.impatience import let_nobody_wait
from tests.support.serving import BEFORE, RECEIPT, Served, make_key, serving

NOWHERE = "host=/nonexistent dbname=none password=hunter2"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Refusal("code", "rule", "state"), "refused"),
        (StaleVersion(1, 2), "stale"),
        (CommandIdReused(), "idempotency_key_reused"),
        (Overloaded("full"), "overloaded"),
        (LogUnavailable(), "unavailable"),
        (psycopg.OperationalError("password=hunter2"), "unavailable"),
        (ProjectionOutdated("hunter2"), "unavailable"),
        (psycopg.DataError("value hunter2"), "malformed"),
        (TooManyGroups("more than 2 groups"), "malformed"),
        (psycopg.ProgrammingError("select hunter2"), "internal"),
        (ZeroDivisionError("hunter2"), "internal"),
        (Problem("forbidden", "no"), "forbidden"),
    ],
)
def test_every_error_is_one_kind_of_problem(error: Exception, kind: str) -> None:
    problem = problem_of(error)
    assert problem.body["type"] == f"urn:ticketledger:{kind}"
    assert (problem.status, problem.body["title"]) == PROBLEMS[kind]
    assert "hunter2" not in str(problem.body)


def subclasses(of: type[LedgerError]) -> list[type[LedgerError]]:
    return [known for kind in of.__subclasses__() for known in (kind, *subclasses(kind))]


def test_every_expected_failure_has_a_kind_that_http_knows() -> None:
    for package in (api, domain, projections):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    known = subclasses(LedgerError)
    assert len(known) > 10
    assert {error.__name__: error.kind for error in known if error.kind not in PROBLEMS} == {}


def test_a_terminal_is_told_more_of_a_lost_database_than_a_remote_caller() -> None:
    error = LogUnavailable("connection to /run/postgres refused")
    assert "connection to /run/postgres refused" in str(error)
    assert "/run/postgres" not in str(problem_of(error).body)


def test_who_should_come_back_is_told_when() -> None:
    for error in (Overloaded("full"), LogUnavailable(), psycopg.OperationalError(), ProjectionOutdated()):
        assert problem_of(error).response().headers["retry-after"] == "1"


def test_unknown_addresses_and_methods_are_problems(desk: Served) -> None:
    for answer, status in ((desk.get("/v1/nothing"), 404), (desk.post("/v1/events"), 405)):
        assert answer.status_code == answer.json()["status"] == status
        assert answer.headers["content-type"] == problems.MEDIA_TYPE
    assert desk.post("/v1/events").headers["allow"] == "GET, HEAD"
    assert desk.post("/v1/sla/policy").headers["allow"] == "GET, HEAD, PUT"
    assert desk.send("DELETE", "/v1/tickets", b"").headers["allow"] == "GET, HEAD, POST"


def test_a_defect_of_ours_is_told_without_its_cause(desk: Served) -> None:
    with psycopg.connect(desk.dsn, autocommit=True) as broken:
        broken.execute(sql.SQL("alter table {}.log_head rename to lost").format(sql.Identifier("tenant_default")))
    answer = desk.get("/v1/events")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:ticketledger:internal")
    assert "log_head" not in answer.text
    assert answer.headers["connection"] == "close"  # as the server does after a defect


def test_without_a_database_callers_are_told_to_come_back() -> None:
    with serving(NOWHERE, keyless="default", patience=0.1, store=StoreSettings(patience=0.1)) as desk:
        for answer in (desk.post("/v1/tickets", RECEIPT), desk.get("/v1/events"), desk.get("/readyz")):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert "hunter2" not in answer.text
        assert desk.get("/healthz").status_code == 200


def test_a_key_that_cannot_be_looked_up_is_not_refused(desk: Served) -> None:
    with serving(NOWHERE, key=desk.key, patience=0.1) as elsewhere:
        assert elsewhere.get("/v1/events").status_code == 503


def test_more_commands_than_can_wait_are_told_to_come_back(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_desk, "LONGEST_QUEUE", 0)
    answer = desk.post("/v1/tickets", RECEIPT)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


def test_a_reading_that_gets_no_connection_says_so_soon(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    let_nobody_wait(monkeypatch)
    with serving(database_url, key=make_key(database_url), readers=1, patience=60.0) as desk:
        assert desk.get("/v1/events").status_code == 200
        with desk.container.pool.connection():
            answer = desk.get("/v1/events")
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
            assert desk.get("/readyz").json()["ready"], "readiness has a connection of its own"
            assert desk.post("/v1/tickets", RECEIPT).status_code == 201, "commands have connections of their own"
        assert desk.get("/v1/events").status_code == 200


def test_readiness_tells_how_far_behind_and_what_is_stopped(database_url: str) -> None:
    with serving(database_url, key=make_key(database_url), readiness_seconds=0.0) as desk:
        desk.receive()
        assert desk.get("/readyz").json().items() >= {"ready": True, "behind": BEFORE + 1, "stopped": 0}.items()
        desk.follow()
        assert desk.get("/readyz").json().items() >= {"ready": True, "behind": 0, "stopped": 0}.items()
        with psycopg.connect(desk.dsn, autocommit=True) as broken:
            broken.execute(
                sql.SQL("update {}.projection_positions set stopped_at = 2 where name = 'tickets'").format(
                    sql.Identifier("tenant_default")
                )
            )
        assert desk.get("/readyz").json().items() >= {"ready": True, "behind": 0, "stopped": 1}.items()


def test_readiness_tells_how_far_the_clock_was_put_back(database_url: str) -> None:
    with serving(database_url, key=make_key(database_url), readiness_seconds=0.0) as desk:
        assert desk.get("/readyz").json()["ahead_seconds"] == 0
        desk.receive()
        with psycopg.connect(desk.dsn, autocommit=True) as later:
            later.execute("update tenant_default.log_head set recorded_at = now() + interval '1 year'")
        answer = desk.get("/readyz").json()
        assert (answer["ready"], answer["ahead_seconds"] > 364 * 86_400) == (True, True)


def test_readiness_is_looked_at_once_for_all_who_ask_within_a_while(database_url: str) -> None:
    with serving(database_url, key=make_key(database_url), readiness_seconds=3600.0) as desk:
        assert desk.get("/readyz").json()["behind"] == BEFORE
        desk.receive()
        assert desk.get("/readyz").json()["behind"] == BEFORE


def test_each_look_at_readiness_asks_a_few_tenants_and_all_in_turn(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "LOOKED_AT_ONCE", 1)
    migrate(database_url, "second")
    with serving(database_url, key=make_key(database_url, tenant="second"), readiness_seconds=0.0) as desk:
        desk.receive()
        behind = [desk.get("/readyz").json()["behind"] for _ in range(3)]
    recorded = BEFORE + 1
    assert sorted(behind[:2]) in ([0, recorded], [recorded, recorded])
    assert behind[2] == recorded, "what was seen of the other tenant is kept"
