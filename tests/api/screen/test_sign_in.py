"""Signing in and out: a key for a session, how often it may be tried, and where it leads."""

import logging
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import psycopg
import pytest

from api.api_key_lifecycle import revoke
from api.http import sign_in_attempts
from api.http.session_cookie import NAME
from api.http.sign_in_attempts import ATTEMPTS_OF_AN_ORIGIN, ATTEMPTS_OVER_ALL, MOST_ORIGINS, SignInAttempts
from domain.command_context import Actor
from tests.support.page_tests.signed_in import FROM_HERE, BrowserRequests, signed_in
from tests.support.serving import Served, make_key, serving

UNKNOWN = f"tl_default_{'0' * 16}_{'0' * 64}"


def cookie_in(header: str) -> str:
    cookie = re.match(rf"{NAME}=(\w+);", header)
    assert cookie, header
    return cookie[1]


def test_a_key_becomes_a_session_and_leads_to_the_page_that_was_asked_for(desk: Served) -> None:
    refused = BrowserRequests(desk).get("/desk?as_of=2026-03-05")
    assert (refused.status_code, refused.headers["location"]) == (303, "/sign-in?next=%2Fdesk%3Fas_of%3D2026-03-05")
    assert 'name="key"' in BrowserRequests(desk).get(refused.headers["location"]).text
    answer = BrowserRequests(desk).submit("/sign-in", key=f" {desk.key}\n", next="/desk?as_of=2026-03-05")
    assert answer.status_code == 303
    header = answer.headers["set-cookie"]
    assert header.lower().endswith("httponly; max-age=43200; path=/; samesite=strict")
    came = BrowserRequests(desk, cookie_in(header))
    back = came.get(answer.headers["location"])
    assert (back.status_code, back.headers["location"]) == (303, "/desk?as_of=2026-03-05")
    assert "lan" in came.get("/desk").text


@pytest.mark.parametrize(("scopes", "first"), [(["read"], "/desk"), (["audit", "audit:read"], "/audit")])
def test_a_session_begins_at_the_first_page_that_its_key_may_see(desk: Served, scopes: list[str], first: str) -> None:
    session = signed_in(desk, make_key(desk.dsn, *scopes))
    home = session.get("/?as_of=2026-03-05")
    assert (home.status_code, home.headers["location"]) == (303, f"{first}?as_of=2026-03-05")


def test_who_comes_to_the_server_without_a_session_signs_in_and_goes_on_to_the_first_page(desk: Served) -> None:
    answer = BrowserRequests(desk).get("/?as_of=2026-03-05")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2F%3Fas_of%3D2026-03-05")


def test_who_had_a_session_is_told_that_it_has_ended(desk: Served) -> None:
    answer = BrowserRequests(desk, f"default_{'0' * 64}").get("/desk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fdesk&check=ended")
    shown = BrowserRequests(desk).get(answer.headers["location"], {"Accept-Language": "en"})
    assert (shown.status_code, "Your session has ended." in shown.text) == (200, True)


@pytest.mark.parametrize(
    ("path", "headers"), [("/desk?panel=late", {}), ("/moved?page=desk", {"Accept": "text/event-stream"})]
)
def test_the_script_of_an_open_page_is_not_sent_to_the_sign_in(
    desk: Served, path: str, headers: dict[str, str]
) -> None:
    assert BrowserRequests(desk, f"default_{'0' * 64}").get(path, headers).status_code == 401


def test_beyond_this_computer_the_cookie_needs_tls_and_no_other_host_sets_it(desk: Served) -> None:
    elsewhere = {"Host": "desk.example", "Origin": "https://desk.example"}
    header = BrowserRequests(desk).submit("/sign-in", elsewhere, key=desk.key).headers["set-cookie"]
    assert header.startswith(f"__Host-{NAME}=default_")
    assert header.endswith("; Secure")
    assert "domain" not in header.lower()


def test_a_browser_that_does_not_keep_the_cookie_is_told_so(desk: Served) -> None:
    answer = BrowserRequests(desk).submit("/sign-in", key=desk.key)
    shown = BrowserRequests(desk).get(answer.headers["location"], {"Accept-Language": "en"})
    assert shown.status_code == 400
    assert "Allow cookies" in shown.text
    assert "http://" in shown.text


@pytest.mark.parametrize(
    "following",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:1", "desk"],
)
def test_signing_in_leads_to_no_other_server(desk: Served, following: str) -> None:
    answer = BrowserRequests(desk).submit("/sign-in", key=desk.key, next=following)
    assert answer.headers["location"] == "/sign-in?next=%2F&check=cookie"
    assert signed_in(desk).get(f"/sign-in?next={quote(following)}").headers["location"] == "/"
    assert (
        '<input type="hidden" name="next" value="/">'
        in BrowserRequests(desk).get(f"/sign-in?next={quote(following)}").text
    )


@pytest.mark.parametrize(
    ("language", "reason"), [("en", "no key of this server"), ("vi", "không phải khóa của máy chủ")]
)
@pytest.mark.parametrize("key", ["", "tl_default", UNKNOWN, UNKNOWN.replace("default", "nowhere")])
def test_what_is_no_key_does_not_sign_in(desk: Served, key: str, language: str, reason: str) -> None:
    answer = BrowserRequests(desk).submit("/sign-in", {"Accept-Language": language}, key=key)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert reason in answer.text
    assert f"'{key}'" not in answer.text.replace(chr(34), chr(39))


def test_a_key_that_is_over_says_so(desk: Served) -> None:
    expired = make_key(desk.dsn, expires_at=datetime.now(UTC) - timedelta(hours=1))
    revoked = make_key(desk.dsn)
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        revoke(connection, "default", revoked.split("_")[2], Actor(id="minh", kind="agent"))
    for key, reason in ((expired, "has expired"), (revoked, "has been revoked")):
        answer = BrowserRequests(desk).submit("/sign-in", {"Accept-Language": "en"}, key=key)
        assert (answer.status_code, reason in answer.text) == (401, True)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_another_site_signs_nobody_in(desk: Served, headers: dict[str, str]) -> None:
    """Nobody is signed in with the key of an attacker, who would read what is recorded then."""
    answer = BrowserRequests(desk).submit("/sign-in", headers, key=desk.key)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_a_new_session_takes_the_place_of_the_browsers_former_one(desk: Served) -> None:
    former = signed_in(desk)
    assert former.get("/desk").status_code == 200
    cookie = cookie_in(former.submit("/sign-in", key=desk.key).headers["set-cookie"])
    assert cookie != former.cookie
    assert (former.get("/desk").status_code, BrowserRequests(desk, cookie).get("/desk").status_code) == (303, 200)


def test_signing_out_ends_the_session_at_once(desk: Served) -> None:
    browser, stolen = signed_in(desk), signed_in(desk)
    stolen.cookie = browser.cookie
    assert browser.get("/desk").status_code == 200
    answer = browser.submit("/sign-out")
    assert answer.headers["set-cookie"].startswith(f'{NAME}=""; ')
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert stolen.get("/desk").status_code == 303
    assert "signed out" in BrowserRequests(desk).get(answer.headers["location"], {"Accept-Language": "en"}).text
    assert BrowserRequests(desk).submit("/sign-out").status_code == 303


def test_another_site_signs_nobody_out(desk: Served) -> None:
    browser = signed_in(desk)
    assert browser.submit("/sign-out", {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.submit("/sign-out", token="another").status_code == 403  # noqa: S106 -- of a form
    assert browser.get("/desk").status_code == 200


def test_without_keys_nobody_signs_in(database_url: str) -> None:
    make_key(database_url)
    with serving(database_url, keyless="default") as desk:
        assert BrowserRequests(desk).get("/sign-in?next=/desk").headers["location"] == "/desk"


def test_a_visitor_from_a_link_elsewhere_goes_on_with_the_session(desk: Served) -> None:
    """The first request from elsewhere comes without the cookie; the link on the page is followed with it."""
    from_elsewhere = {"Sec-Fetch-Site": "cross-site", "Accept-Language": "en"}
    assert '<a href="/desk">Continue</a>' in BrowserRequests(desk).get("/sign-in?next=/desk", from_elsewhere).text
    assert "Continue" not in BrowserRequests(desk).get("/sign-in?next=/desk", {"Accept-Language": "en"}).text


def test_attempts_of_an_address_are_bounded_and_the_page_says_how_long(desk: Served) -> None:
    attempts, clock = bounded()
    desk.take(sign_ins=attempts)
    browser = BrowserRequests(desk)
    for _ in range(ATTEMPTS_OF_AN_ORIGIN):
        assert browser.submit("/sign-in", key=desk.key).status_code == 303, "who signs in takes no attempt"
        assert browser.submit("/sign-in", key=UNKNOWN).status_code == 401
    for language, reason in (("en", "in 30 seconds"), ("vi", "sau 30 giây")):
        answer = browser.submit("/sign-in", {"Accept-Language": language}, key=UNKNOWN)
        assert (answer.status_code, answer.headers["retry-after"], reason in answer.text) == (429, "30", True)
        assert "set-cookie" not in answer.headers
    assert browser.submit("/sign-in", key=desk.key).status_code == 303, "a valid key always signs in"
    clock[0] = 30.0
    assert browser.submit("/sign-in", key=UNKNOWN).status_code == 401


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_chooses_no_language(desk: Served, headers: dict[str, str]) -> None:
    answer = BrowserRequests(desk).submit("/language", headers, language="en")
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_the_cookie_of_the_language_needs_tls_where_the_sessions_does(desk: Served) -> None:
    elsewhere = {"Host": "desk.example", "Origin": "https://desk.example"}
    for headers, is_secure in (({}, False), (elsewhere, True)):
        answer = BrowserRequests(desk).submit("/language", headers, language="en", back="/desk")
        assert answer.headers["location"] == "/desk"
        assert answer.headers["set-cookie"].endswith("; Secure") is is_secure


def bounded(now: float = 0.0) -> tuple[SignInAttempts, list[float]]:
    clock = [now]
    return SignInAttempts(lambda: clock[0]), clock


def test_one_more_attempt_comes_after_a_while() -> None:
    attempts, clock = bounded()
    assert [attempts.take("203.0.113.7") for _ in range(ATTEMPTS_OF_AN_ORIGIN)] == [0] * ATTEMPTS_OF_AN_ORIGIN
    clock[0] = 29.5
    assert (attempts.take("203.0.113.7"), attempts.take("203.0.113.8")) == (1, 0)
    clock[0] = 30.0
    assert (attempts.take("203.0.113.7"), attempts.take("203.0.113.7")) == (0, 30)


def test_the_addresses_of_one_network_of_ipv6_share_their_attempts() -> None:
    attempts, _ = bounded()
    for n in range(ATTEMPTS_OF_AN_ORIGIN):
        assert attempts.take(f"2001:db8::{n}") == 0
    assert attempts.take("2001:db8::ffff") == 30
    assert attempts.take("2001:db8:0:1::1") == 0
    for address in ("::ffff:203.0.113.7", "203.0.113.7") * (ATTEMPTS_OF_AN_ORIGIN // 2):
        assert attempts.take(address) == 0
    assert attempts.take("203.0.113.7") == 30


def test_attempts_over_all_addresses_are_bounded() -> None:
    attempts, clock = bounded()
    assert {attempts.take(f"203.0.113.{n}") for n in range(ATTEMPTS_OVER_ALL)} == {0}
    assert attempts.take("198.51.100.1") == 1
    clock[0] = 1.0
    assert attempts.take("198.51.100.1") == 0


def test_the_memory_of_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_attempts, "ATTEMPTS_OVER_ALL", 10 * MOST_ORIGINS)
    attempts, clock = bounded()
    for n in range(MOST_ORIGINS + ATTEMPTS_OF_AN_ORIGIN):
        assert not attempts.take(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    for n in range(2):
        assert attempts.take(f"203.0.113.{n}") == 30, "those beyond share one bound"
    clock[0] = 3600.0
    for n in range(2 * ATTEMPTS_OF_AN_ORIGIN):
        assert attempts.take(f"203.0.113.{n}") == 0, "those with all of their attempts are forgotten"


def test_the_journal_holds_who_signed_in_and_what_failed_without_a_secret(
    desk: Served, caplog: pytest.LogCaptureFixture
) -> None:
    assert desk.key is not None
    caplog.set_level(logging.DEBUG)
    browser = BrowserRequests(desk)
    forged = desk.key[:-1] + ("0" if desk.key[-1] != "0" else "1")
    cookie = cookie_in(browser.submit("/sign-in", key=desk.key).headers["set-cookie"])
    browser.submit("/sign-in", key=forged)
    BrowserRequests(desk, cookie).submit("/sign-out")
    desk.container.journal.flush()
    with psycopg.connect(desk.dsn) as connection:
        rows = connection.execute("select entry::json from tenant_default.access_journal order by position").fetchall()
    entries = [row for (row,) in rows]
    assert [(row["action"], row["what"], row["outcome"], row["key"]) for row in entries] == [
        ("key_management", "POST /sign-in", "done", desk.key.split("_")[2]),
        ("sign_in_failed", "POST /sign-in", "unknown", desk.key.split("_")[2]),
        ("key_management", "POST /sign-out", "done", desk.key.split("_")[2]),
    ]
    kept = str(rows) + caplog.text
    for secret in (desk.key.split("_")[3], forged.split("_")[3], cookie.split("_")[1]):
        assert secret not in kept


def test_the_page_asks_nothing_of_other_servers_and_is_not_kept(desk: Served) -> None:
    answer = BrowserRequests(desk).get("/sign-in", FROM_HERE)
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
