"""Parameters of a page's query, read as what they mean."""

from collections.abc import Collection

from api.http.problems import malformed
from api.http.read_session import ReadSession
from api.screen.visit import Visit
from domain.event_log import reader as log_reader

YES = "yes"
"""The value of a parameter that is set."""


def one_of(visit: Visit, name: str, choices: Collection[str]) -> str | None:
    """A parameter that is one of some words; None without it. Raises Problem (malformed)."""
    given = visit.one(name)
    if given is not None and given not in choices:
        raise malformed([{"loc": (name,), "msg": f"choose one of {', '.join(choices)}"}])
    return given


def is_set(visit: Visit, name: str) -> bool:
    """Whether a parameter is set. Raises Problem (malformed) for another value."""
    return one_of(visit, name, (YES,)) == YES


def last_position(visit: Visit, session: ReadSession) -> int:
    """The last position that a page counts of streams whose events happen when they are recorded."""
    instants = [at for at in (visit.reader.as_of, visit.reader.known_at) if at is not None]
    if not instants:
        return session.position
    return min(log_reader.position_at(session.connection, visit.reader.tenant, at) for at in instants)
