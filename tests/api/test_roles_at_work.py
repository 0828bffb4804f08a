"""The whole program works under the database roles."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.database_roles import under
from api.migrations import migrate
from domain.event_log.roles import AUDITOR, DESK, FOLLOWER, OWNER, READER, SEALER
from domain.ids import new_id
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from tests.support.catching_up import catch_up
from tests.support.command_line import Run
from tests.support.database_rights import SCHEMA, connect
from tests.support.serving import BEFORE, RECEIPT, make_key, serving


def test_the_whole_program_works_under_its_roles(roles: str) -> None:
    key = make_key(roles)
    desk, reader = under(roles, DESK), under(roles, READER)
    with serving(desk, key=key, reading_dsn=reader) as served:
        key_header = {"Idempotency-Key": "k"}
        ticket = served.receive()
        assert served.post(f"{ticket}/start-work", headers=key_header).status_code == 200
        assert served.post(f"{ticket}/start-work", headers=key_header).json()["repeated"]
        catch_up(under(roles, FOLLOWER))
        assert served.get(ticket).json()["state"] == "in_progress"
        assert served.get(ticket, params={"as_of": "2026-01-01T00:00:00Z"}).status_code == 404
        assert served.get("/v1/events").json()["head"] == BEFORE + 3
        assert served.get("/readyz").status_code == 200
        rebuild(under(roles, OWNER), "default", PROJECTIONS, views=VIEWS)
        assert served.get(ticket).json()["state"] == "in_progress"
    with connect(roles) as connection:
        row = connection.execute(f"select last_used_at is not null from {SCHEMA}.api_keys").fetchone()
    assert row == (True,)


def test_who_serves_is_logged_in_as_its_role(roles: str) -> None:
    with connect(under(roles, DESK)) as connection:
        assert connection.execute("select session_user, current_user").fetchone() == (DESK, DESK)


@contextmanager
def member(conninfo: str, *roles: str) -> Iterator[str]:
    """The conninfo of a login that is a member of some roles, as on a server that is not the program's own."""
    name = "operator_" + new_id().hex[-12:]
    with connect(conninfo) as connection:
        connection.execute(
            sql.SQL("create role {} login in role {}").format(
                sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, roles))
            )
        )
        yield make_conninfo(conninfo, user=name)
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


@pytest.fixture
def login(roles: str) -> Iterator[str]:
    """The conninfo of a login that serves."""
    with member(roles, DESK, FOLLOWER, READER) as conninfo:
        yield conninfo


def test_a_login_becomes_the_role_that_its_work_needs(login: str) -> None:
    with connect(under(login, READER)) as connection:
        name = conninfo_to_dict(login)["user"]
        assert connection.execute("select session_user, current_user").fetchone() == (name, READER)
    assert under(login, OWNER) == login
    migrate(login)


def test_a_login_that_owns_nothing_serves(login: str, roles: str) -> None:
    key = make_key(roles)
    with serving(under(login, DESK), key=key, reading_dsn=under(login, READER)) as served:
        assert served.post("/v1/tickets", RECEIPT).status_code == 201
        assert served.get("/v1/reports/backlog").status_code == 200


def test_a_login_of_the_sealer_seals_and_one_of_the_auditor_exports_and_verifies(
    roles: str, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TICKETLEDGER_SEALING_KEY", str(tmp_path / "key"))
    (tmp_path / "public").write_text(run("seal", "--init").out, encoding="utf-8")
    with member(roles, SEALER) as sealer:
        monkeypatch.setenv("DATABASE_URL", sealer)
        for words in ("seal --once", "seal --once --tenant default"):
            sealed = run(*words.split())
            assert sealed.code == 0, sealed.err
        assert "no tenant" in run("seal", "--once", "--tenant", "other").err
        assert run("history", "--kind", "access").code == 2, "it reads no projection"
    with member(roles, AUDITOR) as auditor:
        monkeypatch.setenv("DATABASE_URL", auditor)
        for words in (
            "export audit b.zip",
            "verify b.zip --key public",
            "doctor --proofs",
            "history --kind access",
            "history --access",
        ):
            answer = run(*words.split())
            assert answer.code == 0, (words, answer.err)
        assert run("seal", "--once").code != 0
        assert run("keys", "create", "--actor", "a", "--scope", "read").code == 2
