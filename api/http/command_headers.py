"""What the headers of a command say: who gives it, its id, its origin, and the versions that its stream may have."""

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

from fastapi import Request

from api.api_keys import Principal
from api.http.authentication import acting
from api.http.problems import malformed
from domain.command_context import CommandContext, Origin
from domain.ids import new_id

_HEADER = re.compile(r"[\x20-\x7e]{1,200}")
_TAG = r'(W/)?"([!#-~]*)"'
TAGS = rf"^(\*|{_TAG}([ \t]*,[ \t]*{_TAG})*)$"
"""The pattern of If-Match and If-None-Match."""
_VERSION = re.compile(r"(\d{1,9})(?:\.\d{1,9})?")
NEVER = -1
"""A version that no stream is at."""


def context_of(
    request: Request,
    caller: Principal,
    versions: Sequence[int] | None = None,
    *,
    key: str | None = None,
    channel: str = "api",
) -> CommandContext:
    """Who gives the command of a request, with its id and its origin; ``versions``: those of If-Match.

    ``key`` identifies the command instead of the header Idempotency-Key.
    """
    headers = request.headers
    key = key or _printable(request, "idempotency-key")
    return CommandContext(
        actor=acting(caller, request),
        command_id=f"{caller.space}:{key or new_id()}",
        origin=_origin(headers.get("user-agent", ""), channel),
        correlation_id=_printable(request, "x-correlation-id"),
        causation_id=_printable(request, "x-causation-id"),
        expected_version=None if versions is None else next(iter(versions), NEVER),
        back_dating=caller.back_dating,
    )


def _printable(request: Request, header: str) -> str | None:
    value = request.headers.get(header)
    if value is None:
        return None
    if sum(name == header.encode() for name, _ in request.scope["headers"]) > 1:
        raise malformed([{"loc": (header,), "msg": "say it once"}])
    if not _HEADER.fullmatch(value):
        raise malformed([{"loc": (header,), "msg": "1 to 200 printable ASCII characters"}])
    return value


def versions_in(if_match: str | None) -> list[int] | None:
    """The versions in If-Match; a weak tag or a foreign one names none (RFC 9110, 13.1.1).

    None accepts any version. Raises Problem (malformed).
    """
    if if_match is None:
        return None
    if not re.search(TAGS, if_match.strip()):
        raise malformed([{"loc": ("if-match",), "msg": 'versions as their ETags gave them, such as "3", or *'}])
    if if_match.strip() == "*":
        return None
    named = (_VERSION.fullmatch(tag) for weak, tag in re.findall(_TAG, if_match) if not weak)
    return [int(version[1]) for version in named if version]


@lru_cache(maxsize=1024)
def _origin(user_agent: str, channel: str) -> Origin:
    with suppress(UnicodeError):  # the server reads headers as Latin-1
        user_agent = user_agent.encode("latin-1").decode()
    client = "".join(character for character in user_agent if character.isprintable()).strip()[:200].strip()
    return Origin(channel=channel, client=client or None)
