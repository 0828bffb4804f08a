"""The query of a request as pairs of names and values."""

from urllib.parse import parse_qsl

from starlette.types import Scope

_PARSED = "ticketledger.query"


def pairs_of(scope: Scope) -> list[tuple[str, str]]:
    """The pairs in their order, those without a value among them; they are parsed once for each request."""
    if _PARSED not in scope:
        scope[_PARSED] = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    pairs: list[tuple[str, str]] = scope[_PARSED]
    return pairs
