"""An instance of something that becomes due, with an identity that says what makes it due."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple

NOTHING: Mapping[str, str] = MappingProxyType({})
LONGEST_IDENTITY = 120


class Among(NamedTuple):
    """The customers of a segment, as it is at an instant."""

    segment: str
    at: datetime


class Bought(NamedTuple):
    """The last purchase of a product by one customer."""

    product: str
    on: date
    purchase: str


class DueInstance(NamedTuple):
    """``identity`` names it within its stream and due function: it is recorded once, whenever it is noticed.

    After ``not_after`` it is too late for it; None: its rule alone says when. ``placeholders`` are values for
    templates. ``among``: it is due of these customers alone; None: of all. ``bought``: it is due unless the product
    was bought later by another customer who is the same person.
    """

    identity: str
    due_at: datetime
    not_after: datetime | None = None
    placeholders: Mapping[str, str] = NOTHING
    among: Among | None = None
    bought: Bought | None = None


def identity_of(*parts: object) -> str:
    """The parts joined by slashes. A long or unprintable text ends in its digest, as command ids are bounded."""
    text = "/".join(map(str, parts))
    if len(text) <= LONGEST_IDENTITY and text.isprintable() and text == text.strip():
        return text
    digest = blake2b(text.encode(), digest_size=16).hexdigest()
    head = "".join(filter(str.isprintable, text)).strip()
    return f"{head[: LONGEST_IDENTITY - len(digest) - 1]}~{digest}"
