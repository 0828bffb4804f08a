"""A form needs the token of its session, and comes from a page of the same site."""

import asyncio
from urllib.parse import urlencode

import pytest
from fastapi import Request

from api.api_keys import Principal
from api.http import session_cookie
from api.http.authentication import Authentication
from api.http.form_body import LARGEST_FORM, MOST_FIELDS, read_form
from api.http.problems import Problem
from api.http.session_cookie import NAME, SentFields, cookie_of, form_token, local_cookie
from domain.command_context import Actor

MINH = Actor(id="minh", kind="agent")
COOKIE = f"default_{'a1' * 32}"
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def form_request(headers: dict[str, str], body: bytes = b"", method: str = "POST") -> Request:
    """A request as the server reads it."""

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "path": "/", "query_string": b"", "headers": raw}, receive)


def caller_of(request: Request, form: SentFields, keyless: str | None = None) -> Principal:
    principal = Principal("default", "k", MINH, frozenset({"read"}), acts_for_others=False)
    callers = Authentication(lambda _key: None, lambda cookie: principal if cookie == COOKIE else None, keyless)
    return asyncio.run(callers.of_form(request, form, "read"))


SECURE = {"Host": "desk.example", "Cookie": f"__Host-{NAME}={COOKIE}"}
FROM_A_PAGE = SECURE | {"Origin": "https://desk.example", "Sec-Fetch-Site": "same-origin"}
TOKEN = {"token": [form_token(COOKIE)]}


@pytest.mark.parametrize(
    "headers",
    [FROM_A_PAGE, SECURE, SECURE | {"Origin": "null", "Sec-Fetch-Site": "same-origin"}],
    ids=["a page", "no browser", "a page that sends no referrer"],
)
def test_a_form_of_the_session_is_its_keys(headers: dict[str, str]) -> None:
    assert caller_of(form_request(headers), TOKEN).actor == MINH


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        (FROM_A_PAGE | {"Origin": "https://evil.example"}, TOKEN),
        (FROM_A_PAGE | {"Origin": "https://evil.desk.example"}, TOKEN),
        (FROM_A_PAGE | {"Origin": "https://["}, TOKEN),
        (FROM_A_PAGE | {"Sec-Fetch-Site": "same-site"}, TOKEN),
        (FROM_A_PAGE | {"Sec-Fetch-Site": "cross-site"} | NAVIGATION, TOKEN),
        (SECURE | {"Origin": "null"}, TOKEN),
        (FROM_A_PAGE, {}),
        (FROM_A_PAGE, {"token": [""]}),
        (FROM_A_PAGE, {"token": ["ữ"]}),
        (FROM_A_PAGE, {"token": [COOKIE]}),
        (FROM_A_PAGE, {"token": [form_token(COOKIE[:-1] + "0")]}),
        (FROM_A_PAGE, {"token": [form_token(COOKIE), "another"]}),
        (FROM_A_PAGE | {"Cookie": ""}, TOKEN),
        (FROM_A_PAGE | {"Cookie": f"{NAME}={COOKIE}"}, TOKEN),
    ],
    ids=[
        "foreign origin", "subdomain", "no origin", "same site", "cross site", "sandbox",
        "no token", "empty token", "no ASCII", "cookie as token", "foreign token", "two tokens",
        "no cookie", "a cookie that any host of the domain could set",
    ],
)  # fmt: skip
def test_a_form_from_elsewhere_is_refused(headers: dict[str, str], form: SentFields) -> None:
    with pytest.raises(Problem, match=r"another site|not of your present session"):
        caller_of(form_request(headers), form)


def test_without_each_check_a_form_from_elsewhere_would_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test before: neither check is there in vain."""
    with monkeypatch.context() as unsafe:
        unsafe.setattr(session_cookie, "is_from_another_site", lambda _request: False)
        assert caller_of(form_request(FROM_A_PAGE | {"Origin": "https://evil.example"}), TOKEN).actor == MINH
    with monkeypatch.context() as unsafe:
        unsafe.setattr("api.http.session_cookie.hmac.compare_digest", lambda _given, _made: True)
        assert caller_of(form_request(FROM_A_PAGE), {"token": [""]}).actor == MINH


def test_a_form_with_a_token_of_a_cookie_that_is_no_session_is_nobodys() -> None:
    cookie = f"default_{'0' * 64}"
    with pytest.raises(Problem, match="unknown, revoked or expired"):
        caller_of(form_request(FROM_A_PAGE | {"Cookie": f"__Host-{NAME}={cookie}"}), {"token": [form_token(cookie)]})


def test_without_keys_a_form_needs_the_token_of_its_browser_too() -> None:
    cookie = local_cookie(form_request({"Host": "localhost"}))
    here = {"Host": "localhost", "Origin": "http://localhost", "Cookie": f"{NAME}={cookie}"}
    assert caller_of(form_request(here), {"token": [form_token(cookie)]}, keyless="default").actor.id == "local"
    with pytest.raises(Problem, match="present session"):
        caller_of(form_request(here), {}, keyless="default")


def test_the_cookie_of_a_visitor_without_a_key_stays_the_same_and_is_random() -> None:
    first, second = (local_cookie(form_request({"Host": "localhost"})) for _ in range(2))
    assert first != second
    again = form_request({"Host": "localhost", "Cookie": f"other=1; {NAME}={first}; broken"})
    assert (cookie_of(again), local_cookie(again)) == (first, first)
    assert local_cookie(form_request({"Host": "localhost", "Cookie": f"{NAME}=local_guessed"})) != "local_guessed"


def body_read(body: bytes, media_type: str = "application/x-www-form-urlencoded") -> SentFields:
    return asyncio.run(read_form(form_request({"Content-Type": media_type}, body)))


def test_a_form_is_read_with_its_empty_and_repeated_fields() -> None:
    assert body_read(b"a=&b=Nguy%E1%BB%85n+V%C3%A2n&b=2") == {"a": [""], "b": ["Nguyễn Vân", "2"]}
    assert body_read(b"") == {}


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"{}", "application/json"),
        (b"a=1", "text/plain"),
        (b"a=%ff", "application/x-www-form-urlencoded"),
        (b"\xff", "application/x-www-form-urlencoded"),
        (urlencode({str(n): "" for n in range(MOST_FIELDS + 1)}).encode(), "application/x-www-form-urlencoded"),
        (b"a" * (LARGEST_FORM + 1), "application/x-www-form-urlencoded"),
    ],
    ids=["json", "text", "no UTF-8, encoded", "no UTF-8", "too many fields", "too large"],
)
def test_what_is_no_form_is_refused(body: bytes, media_type: str) -> None:
    with pytest.raises(Problem) as refused:
        body_read(body, media_type)
    assert refused.value.status in {413, 422}
