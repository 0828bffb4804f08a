"""The values of recorded JSON, and pages that end where their texts are long."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

MOST_CHARACTERS = 500_000
"""Characters of the recorded texts of a page, besides its last entry."""

Entry = TypeVar("Entry")


def values_of(recorded: Any) -> Iterator[str]:
    """Every value of some JSON as a text; names of fields are none."""
    match recorded:
        case None | bool():
            return
        case dict():
            yield from values_of(list(recorded.values()))
        case list() | tuple():
            for each in recorded:
                yield from values_of(each)
        case _:
            yield str(recorded)


def characters_of(recorded: Any) -> int:
    """How many characters the values of some JSON hold."""
    return sum(map(len, values_of(recorded)))


def until_full(entries: Iterable[Entry], recorded_of: Callable[[Entry], Any]) -> Iterator[Entry]:
    """The entries, up to the one with which their values hold MOST_CHARACTERS."""
    characters = 0
    for entry in entries:
        yield entry
        characters += characters_of(recorded_of(entry))
        if characters >= MOST_CHARACTERS:
            return
