"""What a caller sends along: JSON of bounded size, to be read once it is known who sends it."""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from api.http.problems import Problem, malformed

LARGEST_BODY = 64 * 1024
MOST_ERRORS = 100
"""How many errors of one body are told."""

_STRINGS = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?', re.DOTALL)
"""Every string of a JSON document, and whether it is the name of a member."""

Read = TypeVar("Read")


def is_json(request: Request) -> bool:
    """Whether the request says that its body is JSON."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


async def read_body(request: Request, read: Callable[[bytes], Read]) -> Read:
    """What the body says; an empty one says ``{}``. Raises Problem (too_large, not_json, malformed)."""
    try:
        body = await _body(request) or b"{}"
        found = read(body)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False, include_input=False)
        raise malformed(errors[:MOST_ERRORS]) from None
    _refuse_repeated_names(body)
    return found


async def _body(request: Request) -> bytes:
    """At most LARGEST_BODY bytes, however they come in; one that says that it is larger is not read at all."""
    if int(request.headers.get("content-length", 0)) > LARGEST_BODY:
        raise _too_large()
    body, more = b"", True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST_BODY:
            raise _too_large()
    if body and not is_json(request):
        raise Problem("not_json", "send the body with Content-Type: application/json")
    return body


def _too_large() -> Problem:
    return Problem("too_large", f"send at most {LARGEST_BODY} bytes", headers={"Connection": "close"})


def _refuse_repeated_names(body: bytes) -> None:
    """Programs differ in which of two members with one name counts. Raises Problem (malformed)."""
    names = [string for string, colon in _STRINGS.findall(body) if colon]
    if len(set(names)) == len(names) and b"\\" not in b"".join(names):
        return

    def once(members: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(members)
        if len(found) < len(members):
            counts = Counter(name for name, _ in members)
            repeated = sorted(name for name, count in counts.items() if count > 1)[:MOST_ERRORS]
            raise malformed([{"loc": (name,), "msg": "it is there twice"} for name in repeated])
        return found

    json.loads(body, object_pairs_hook=once, parse_int=str, parse_float=str)
