"""What a caller sends along: JSON of bounded size, to be read once it is known who sends it."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from pydantic import ValidationError

from api.errors import Problem, malformed

LARGEST_BODY = 64 * 1024
Read = TypeVar("Read")


def is_json(request: Request) -> bool:
    """Whether the request says that its body is JSON."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


async def read_body(request: Request, read: Callable[[bytes], Read]) -> Read:
    """What the body says; an empty one says ``{}``. Raises Problem (too_large, not_json, malformed)."""
    try:
        return read(await _body(request) or b"{}")
    except ValidationError as error:
        raise malformed(error.errors(include_url=False, include_context=False, include_input=False)) from None


async def _body(request: Request) -> bytes:
    """At most LARGEST_BODY bytes, however they come in."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Problem("too_large", f"send at most {LARGEST_BODY} bytes", headers={"Connection": "close"})
    if body and not is_json(request):
        raise Problem("not_json", "send the body with Content-Type: application/json")
    return body
