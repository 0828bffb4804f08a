"""The refusal that ends a connection, as bytes: no application answers a request that was not read to its end."""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from api.http.problems import MEDIA_TYPE, Problem
from api.http.security_headers import PROTECTING


def last_answer(problem: Problem) -> bytes:
    """The whole answer, as the last one on its connection."""
    body = problem.response().body
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
        *((name.lower().encode(), value.encode()) for name, value in (problem.headers or {}).items()),
        *PROTECTING,
    ]
    return b"".join((STATUS_LINE[problem.status], *(b"%s: %s\r\n" % header for header in headers), b"\r\n", body))
