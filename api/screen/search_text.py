"""The texts that a page searches and filters by."""

from api.http.problems import malformed
from api.screen.visit import Visit

LONGEST = 200
"""Characters of a text."""


def text_in(visit: Visit, name: str, shortest: int = 1) -> str | None:
    """The text of a parameter; None without one. Raises Problem (malformed) for one that no search takes."""
    text = (visit.one(name) or "").strip()
    if not text:
        return None
    if not shortest <= len(text) <= LONGEST or "\x00" in text:
        raise malformed([{"loc": (name,), "msg": f"{shortest} to {LONGEST} characters, without NUL"}])
    return text
