"""A browser's requests to the screen: its cookie, its headers, its forms."""

from typing import Any
from urllib.parse import urlencode

import psycopg
from httpx import Response

from api.api_keys import parse_token
from api.http.session_cookie import NAME, form_token
from api.screen_sessions import begin_session
from tests.support.serving import Served

HOST = "localhost"
FROM_HERE = {"Host": HOST, "Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}
"""The headers of a request that a page of the server sends."""


def signed_in(desk: Served, key: str | None = None, dsn: str | None = None) -> "BrowserRequests":
    """A browser with a session of a key: the desk's own, unless another is given. ``dsn`` may write the tables."""
    token = parse_token(key or desk.key or "")
    assert token is not None
    with psycopg.connect(dsn or desk.dsn, autocommit=True) as connection:
        session = begin_session(connection, token)
    assert session is not None
    return BrowserRequests(desk, session.cookie)


class BrowserRequests:
    """A browser that shows a page of the server. ``cookie`` is the value of its session cookie."""

    def __init__(self, desk: Served, cookie: str | None = None) -> None:
        self._desk = desk.as_key(None)
        self.cookie = cookie
        self.language: str | None = None

    def get(self, path: str, headers: dict[str, str] | None = None) -> Response:
        return self._desk.get(path, headers=self._own | {"Host": HOST} | (headers or {}))

    def submit(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> Response:
        """Sends a form with the session's token, unless ``fields`` have another."""
        token = {} if self.cookie is None else {"token": form_token(self.cookie)}
        given = {name.encode(): value.encode() for name, value in (self._own | FROM_HERE | (headers or {})).items()}
        form = {b"content-type": b"application/x-www-form-urlencoded"}
        return self._desk.send("POST", path, urlencode(token | fields, doseq=True).encode(), form | given)

    @property
    def _own(self) -> dict[str, str]:
        language = {} if self.language is None else {"Accept-Language": self.language}
        return language if self.cookie is None else language | {"Cookie": f"{NAME}={self.cookie}"}
