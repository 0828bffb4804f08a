"""Unknown query parameters are refused: a misspelt filter that is ignored would return the wrong tickets."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant

from api.http.problems import malformed


async def only_known_parameters(request: Request) -> None:
    """Raises Problem (malformed) for a query parameter that the address does not have."""
    if not request.scope["query_string"]:
        return
    known = frozenset(_names(request.scope["route"].dependant))
    unknown = sorted(request.query_params.keys() - known)
    if unknown:
        rule = f"this address knows no such parameter, only {', '.join(sorted(known)) or 'none'}"
        raise malformed([{"loc": (name,), "msg": rule} for name in unknown])


def _names(dependant: Dependant) -> Iterator[str]:
    for parameter in dependant.query_params:
        yield parameter.alias
    for inner in dependant.dependencies:
        yield from _names(inner)
