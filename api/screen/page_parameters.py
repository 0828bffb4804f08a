"""The query parameters of an address of the screen."""

import re
from collections.abc import Collection, Sequence

from fastapi import Request

from api.http.problems import malformed

_POSITION = re.compile("[0-9]{1,18}")


def known_parameters(request: Request, known: Collection[str]) -> dict[str, list[str]]:
    """The query parameters with all their values. Raises Problem (malformed) for one that is not known."""
    query: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        query.setdefault(name, []).append(value)
    unknown = sorted(query.keys() - set(known))
    if unknown:
        rule = f"this address knows no such parameter, only {', '.join(sorted(known))}"
        raise malformed([{"loc": (name,), "msg": rule} for name in unknown])
    return query


def position_of(name: str, values: Sequence[str] | None) -> int:
    """The position that the last value says; 0 without one. Raises Problem (malformed)."""
    text = values[-1] if values else "0"
    if not _POSITION.fullmatch(text):
        raise malformed([{"loc": (name,), "msg": "a position of the log, such as 81220"}])
    return int(text)
