"""The text of a search."""

from api.http.problems import malformed
from api.screen.visit import Visit

LONGEST = 200
"""Characters of a search."""


def text_of(visit: Visit) -> str | None:
    """The text that the visitor searches. Raises Problem (malformed) for one that no search takes."""
    text = (visit.one("q") or "").strip()
    if len(text) > LONGEST or "\x00" in text:
        raise malformed([{"loc": ("q",), "msg": f"at most {LONGEST} characters, without NUL"}])
    return text or None
