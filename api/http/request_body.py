"""The body of a request: JSON of bounded size, read after the caller is authenticated."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from api.http.problems import Problem, malformed

LARGEST_BODY = 64 * 1024
MOST_NAMES = 1_500
"""How many names of members most bodies have. Each that is unknown takes a microsecond, and others wait meanwhile."""
MOST_COUNTED = 300
"""A body with more errors than these is told their number, and none of them."""

_STRINGS = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?', re.DOTALL)
"""Every string of a JSON document, and whether it is the name of a member."""

Read = TypeVar("Read")


def is_json(request: Request) -> bool:
    """Whether the request says that its body is JSON."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


async def read_body(request: Request, read: Callable[[bytes], Read], most_names: int = MOST_NAMES) -> Read:
    """The parsed body; an empty one is ``{}``. Raises Problem (too_large, not_json, malformed)."""
    try:
        body = await body_of(request)
        if body and not is_json(request):
            raise Problem("not_json", "send the body with Content-Type: application/json")
        _refuse_many_names(body, most_names)
        parsed = read(body or b"{}")
    except ValidationError as error:
        await asyncio.sleep(0)  # others have their turn before the errors are named
        raise malformed(_errors_of(error)) from None
    _refuse_repeated_names(body)
    return parsed


async def body_of(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """At most ``largest`` bytes; a body with a larger Content-Length is not read at all.

    Raises Problem (too_large) and ClientDisconnect.
    """
    if int(request.headers.get("content-length", 0)) > largest:
        raise _too_large(largest)
    body, more = b"", True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > largest:
            raise _too_large(largest)
    return body


async def until_gone(receive: Receive) -> None:
    """Returns when the client has disconnected. What it still sends is discarded."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _too_large(largest: int) -> Problem:
    return Problem("too_large", f"send at most {largest} bytes", headers={"Connection": "close"})


def _refuse_many_names(body: bytes, most: int) -> None:
    """Raises Problem (too_large). A search for the names would take longer than it takes to read them."""
    if body.count(b":") <= most:
        return
    without_escapes = body.translate(None, b" \t\r\n").replace(rb"\\", b"").replace(rb"\"", b"")
    if without_escapes.count(b'":') > most:
        raise Problem("too_large", f"send at most {most} names of members in a body")


def _errors_of(error: ValidationError) -> list[Any]:
    """Pydantic's errors without the values that were sent; of more than MOST_COUNTED only how many there are."""
    count = error.error_count()
    if count > MOST_COUNTED:
        return [{"loc": (), "msg": f"it has {count} errors; compare its fields with those in /openapi.json"}]
    return list(error.errors(include_url=False, include_input=False))


def _refuse_repeated_names(body: bytes) -> None:
    """Raises Problem (malformed) for an object with two members of one name: parsers differ in which one counts."""
    names = [string for string, colon in _STRINGS.findall(body) if colon]
    if len(set(names)) == len(names) and b"\\" not in b"".join(names):
        return

    def once(members: list[tuple[str, object]]) -> dict[str, object]:
        by_name = dict(members)
        if len(by_name) < len(members):
            counts = Counter(name for name, _ in members)
            repeated = sorted(name for name, count in counts.items() if count > 1)
            raise malformed([{"loc": (name,), "msg": "it is there twice"} for name in repeated])
        return by_name

    json.loads(body, object_pairs_hook=once, parse_int=str, parse_float=str)
