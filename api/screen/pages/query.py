"""Parameters of a page's query, read as what they mean."""

from collections.abc import Collection

from api.http.problems import Problem, malformed
from api.http.read_session import ReadSession
from api.screen.visit import Visit
from domain.event_log import reader as log_reader

SET = "true"
"""The value of a parameter that is set, as the API writes it."""


def one_of(visit: Visit, name: str, choices: Collection[str]) -> str | None:
    """A parameter that is one of some words; None without it. Raises Problem (malformed)."""
    given = visit.one(name)
    if given is not None and given not in choices:
        raise _not_among(name, choices)
    return given


def some_of(visit: Visit, name: str, choices: Collection[str]) -> list[str]:
    """The values of a parameter, each one of some words. Raises Problem (malformed)."""
    given = [value for value in visit.query.get(name, ()) if value]
    if not set(given) <= set(choices):
        raise _not_among(name, choices)
    return given


def is_set(visit: Visit, name: str) -> bool:
    """Whether a parameter is set. Raises Problem (malformed) for another value."""
    return one_of(visit, name, (SET,)) == SET


def last_position(visit: Visit, session: ReadSession) -> int:
    """The last position that a page counts of streams whose events happen when they are recorded."""
    instants = [at for at in (visit.reader.as_of, visit.reader.known_at) if at is not None]
    if not instants:
        return session.position
    return min(log_reader.position_at(session.connection, visit.reader.tenant, at) for at in instants)


def _not_among(name: str, choices: Collection[str]) -> Problem:
    return malformed([{"loc": (name,), "msg": f"choose one of {', '.join(choices)}"}])
