"""The sessions of the screen: they begin with a key, end with it, and open nothing else."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from api.api_key_lifecycle import revoke, rotate
from api.api_keys import Principal, Token, parse_token
from api.database_roles import under
from api.http import authentication
from api.http.session_cookie import NAME
from api.migrations import migrate
from api.screen_sessions import MOST_SESSIONS_OF_A_KEY, begin_session, end_session, find_session
from domain.command_context import Actor
from domain.event_log.roles import DESK
from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import RECEIPT, Served, make_key, serving

MINH = Actor(id="minh", kind="agent")
COOKIE = f"default_{'a1' * 32}"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was looked up is trusted: every request looks again."""
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", -1.0)


def test_the_cookie_reads_what_the_key_reads_and_no_more(desk: Served) -> None:
    assert signed_in(desk).get("/v1/events").status_code == 200
    reader = signed_in(desk, make_key(desk.dsn, "read"))
    assert reader.get("/v1/tickets").status_code == 200
    assert reader.get("/v1/events").status_code == 403


@pytest.mark.parametrize("cookie", ["", "x", COOKIE, f"nowhere_{'0' * 64}", f"local_{'0' * 64}", "default_" + "0" * 63])
def test_a_cookie_that_was_never_given_out_opens_nothing(desk: Served, cookie: str) -> None:
    assert BrowserRequests(desk, cookie).get("/v1/events").status_code == 401


def test_the_cookie_is_nowhere_in_the_database(desk: Served) -> None:
    cookie = signed_in(desk).cookie
    assert cookie is not None
    with psycopg.connect(desk.dsn) as connection:
        ((row, seconds),) = connection.execute(
            "select s::text, extract(epoch from expires_at - made_at) from tenant_default.screen_sessions s"
        ).fetchall()
    assert cookie.split("_")[1] not in row
    assert round(seconds) == 12 * 3600


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("ahead", "status"), [("50 minutes", 200), ("70 minutes", 401), ("1 year", 401)])
def test_a_session_from_a_time_when_the_clock_was_ahead_does_not_last_longer(
    desk: Served, ahead: str, status: int
) -> None:
    browser = signed_in(desk)
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.execute(
            "update tenant_default.screen_sessions"
            " set made_at = made_at + %(ahead)s::interval, expires_at = expires_at + %(ahead)s::interval",
            {"ahead": ahead},
        )
    assert browser.get("/v1/events").status_code == status


@pytest.mark.usefixtures("impatient")
def test_a_session_ends_after_its_time(desk: Served) -> None:
    browser = signed_in(desk)
    assert browser.get("/v1/events").status_code == 200
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.execute("update tenant_default.screen_sessions set expires_at = now()")
    assert browser.get("/v1/events").status_code == 401


@pytest.mark.usefixtures("impatient")
def test_a_session_ends_with_its_key(desk: Served) -> None:
    revoked, rotated = make_key(desk.dsn), make_key(desk.dsn)
    browsers = [signed_in(desk, key) for key in (revoked, rotated)]
    assert [browser.get("/v1/events").status_code for browser in browsers] == [200, 200]
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        revoke(connection, "default", revoked.split("_")[2], MINH)
        rotate(connection, "default", rotated.split("_")[2], timedelta(), MINH, expires_at=None)
    assert [browser.get("/v1/events").status_code for browser in browsers] == [401, 401]


def test_a_session_is_no_longer_than_its_key(desk: Served) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    signed_in(desk, make_key(desk.dsn, expires_at=until))
    with psycopg.connect(desk.dsn) as connection:
        assert connection.execute("select expires_at from tenant_default.screen_sessions").fetchall() == [(until,)]


def test_a_key_that_is_not_valid_begins_no_session(desk: Served) -> None:
    past = datetime.now(UTC) - timedelta(hours=1)
    expired, revoked = (token_of(make_key(desk.dsn, expires_at=at)) for at in (past, None))
    unknown = revoked._replace(key_id="0" * 16)
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        revoke(connection, "default", revoked.key_id, MINH)
        assert [begin_session(connection, key) for key in (expired, revoked, unknown)] == [None] * 3


def token_of(key: str) -> Token:
    token = parse_token(key)
    assert token
    return token


def test_the_role_of_the_desk_begins_no_session_without_the_keys_secret(roles: str) -> None:
    """It reads the hash of the secret, which is not enough."""
    token = token_of(make_key(roles))
    with psycopg.connect(under(roles, DESK), autocommit=True) as connection:
        (stored,) = connection.execute("select secret_hash from tenant_default.api_keys").fetchone() or ()
        for secret in ("", "0" * 64, stored.hex()):
            assert begin_session(connection, token._replace(secret=secret)) is None
        with pytest.raises(psycopg.errors.UndefinedFunction):
            connection.execute("select tenant_default.begin_screen_session('\\x00'::bytea, %s::text)", [token.key_id])
        assert begin_session(connection, token) is not None


def test_migrating_takes_the_former_function_away_that_needed_no_secret(desk: Served) -> None:
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.execute(
            "create function tenant_default.begin_screen_session(bytea, text) returns timestamptz"
            " language sql as $$ select now() $$"
        )
        connection.execute("delete from tenant_default.migrations where name like 'functions of screen sessions %'")
    migrate(desk.dsn, "default")
    with psycopg.connect(desk.dsn) as connection:
        functions = connection.execute("select pronargs from pg_proc where proname = 'begin_screen_session'").fetchall()
    assert set(functions) == {(3,)}


def test_signing_in_deletes_the_sessions_that_have_expired_and_the_oldest_of_too_many(desk: Served) -> None:
    key = make_key(desk.dsn, "read")
    signed_in(desk)
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.execute("update tenant_default.screen_sessions set expires_at = now()")
        first, *_, last = [begin_session(connection, token_of(key)) for _ in range(MOST_SESSIONS_OF_A_KEY + 1)]
        assert first is not None
        assert last is not None
        count = connection.execute("select count(*) from tenant_default.screen_sessions").fetchone()
        assert (count, find_session(connection, first.cookie)) == ((MOST_SESSIONS_OF_A_KEY,), None)
        assert isinstance(find_session(connection, last.cookie), Principal)


@pytest.mark.usefixtures("impatient")
def test_a_session_that_was_signed_out_opens_nothing(desk: Served) -> None:
    browser, other = signed_in(desk), signed_in(desk)
    assert browser.cookie is not None
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        end_session(connection, browser.cookie)
        end_session(connection, "nothing like it")
    assert [seen.get("/v1/events").status_code for seen in (browser, other)] == [401, 200]


def test_the_cookie_alone_sends_no_command(desk: Served) -> None:
    """Not even from a page of this server: forms carry a token, and programs a key."""
    browser = signed_in(desk)
    cookie = {"Cookie": f"{NAME}={browser.cookie}", "Host": "localhost"}
    assert desk.as_key(None).post("/v1/tickets", RECEIPT, headers=cookie).status_code == 401
    assert desk.post("/v1/tickets", RECEIPT, headers=cookie).status_code == 201, "the header counts, not the cookie"


NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"} | NAVIGATION, 200),
        ({"Sec-Fetch-Site": "same-site"} | NAVIGATION, 200),
        ({"Sec-Fetch-Site": "same-site"}, 401),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 401),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 401),
        ({"Origin": "https://evil.example"}, 401),
        ({"Origin": "null"}, 401),
    ],
)
def test_another_site_leads_here_by_a_link_and_reads_nothing_by_the_cookie(
    desk: Served, headers: dict[str, str], status: int
) -> None:
    assert signed_in(desk).get("/v1/events", headers).status_code == status


def test_without_keys_another_site_leads_here_by_a_link(database_url: str) -> None:
    make_key(database_url)
    with serving(database_url, keyless="default") as desk:
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        assert BrowserRequests(desk).get("/v1/events", elsewhere | NAVIGATION).status_code == 200
        assert BrowserRequests(desk).get("/v1/events", elsewhere).status_code == 403
