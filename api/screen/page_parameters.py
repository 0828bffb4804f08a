"""The query parameters of an address of the screen."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from fastapi import Request

from api.api_keys import Principal
from api.http.problems import Problem, malformed
from api.http.query_string import pairs_of
from api.screen.visit import INSTANTS, Visit
from api.whole_numbers import POSITION_DIGITS, whole_number
from domain.ids import canonical

COMMON = frozenset({*INSTANTS, "after", "panel", "of"})
"""The query parameters that every page has. ``of``: the key that an open page was loaded with."""


def known_parameters(request: Request, known: Collection[str]) -> dict[str, list[str]]:
    """The query parameters with all their values. Raises Problem (malformed) for one that is not known."""
    query: dict[str, list[str]] = {}
    for name, value in pairs_of(request.scope):
        query.setdefault(name, []).append(value)
    unknown = sorted(query.keys() - set(known))
    if unknown:
        rule = f"this address knows no such parameter, only {', '.join(sorted(known))}"
        raise malformed([{"loc": (name,), "msg": rule} for name in unknown])
    return query


def refuse_another_key(caller: Principal, query: Mapping[str, Sequence[str]]) -> None:
    """Raises Problem (unauthenticated) where somebody else has signed in since the page was loaded."""
    if query.get("of", [caller.key_id])[-1] != caller.key_id:
        raise Problem("unauthenticated", "this page was loaded with another key: load it again")


def position_of(name: str, values: Sequence[str] | None) -> int:
    """The position that the last value says; 0 without one. Raises Problem (malformed)."""
    position = whole_number(values[-1], POSITION_DIGITS) if values else 0
    if position is None:
        raise malformed([{"loc": (name,), "msg": "a position of the log, such as 81220"}])
    return position


def id_of(name: str, text: str, *, unknown: str | None = None) -> UUID:
    """The id that a part of an address says. Raises Problem: not_found with the detail ``unknown``, else malformed."""
    try:
        return UUID(str(canonical(text)))
    except ValueError as error:
        if unknown is not None:
            raise Problem("not_found", unknown) from None
        raise malformed([{"loc": (name,), "msg": str(error)}]) from None


def id_in(visit: Visit, name: str) -> UUID | None:
    """The id that a parameter says; None without it. Raises Problem (malformed)."""
    given = visit.one(name)
    return None if given is None else id_of(name, given)
