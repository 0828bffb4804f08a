"""Parameters of a page's query, read as what they mean."""

from collections.abc import Collection
from uuid import UUID

from api.http.problems import malformed
from api.http.read_session import ReadSession
from api.screen.visit import Visit
from domain.event_log import reader as log_reader
from domain.ids import canonical

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


def id_in(visit: Visit, name: str) -> UUID | None:
    """The id that a parameter says; None without it. Raises Problem (malformed)."""
    given = visit.one(name)
    return None if given is None else id_of(name, given)


def id_of(name: str, text: str) -> UUID:
    """The id that a part of an address says. Raises Problem (malformed)."""
    try:
        return UUID(str(canonical(text)))
    except ValueError as error:
        raise malformed([{"loc": (name,), "msg": str(error)}]) from None


def last_position(visit: Visit, session: ReadSession) -> int:
    """The last position that a page counts of streams whose events happen when they are recorded."""
    instants = [at for at in (visit.reader.as_of, visit.reader.known_at) if at is not None]
    if not instants:
        return session.position
    return min(log_reader.position_at(session.connection, visit.reader.tenant, at) for at in instants)
