"""A mapping laid over the columns of one file: what each cell means, and what everything is called in the log."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID, uuid5

from pydantic import ValidationError

from api.importing.mapping import Mapping, zone_of
from domain.circumstances import Actor

NAMESPACE = UUID("6f1c2c52-9d0f-5c55-8a43-3f3a7b0d7f11")
"""Of every identifier that an import derives from what the source calls things."""

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
NAMES = (
    "customer",
    "actor",
    "revision",
    "assignment.team",
    "assignment.agent",
    "received.actor",
    "channel.column",
    "category.column",
    "priority.column",
    "state.column",
)
Values = tuple[str | None, ...]
"""A row's cells without the blanks around them; None where nothing is known."""


class Unfit(ValueError):  # noqa: N818 -- says what the row is
    """The row cannot become a fact; the message is the reason for the reject file."""


class Party(NamedTuple):
    """A customer that a row names. ``reference`` is None for the unknown customer of a ticket."""

    stream: UUID
    command_id: str
    name: str
    reference: str | None


class Plan:
    """``places``: where each key of the mapping is read. ``watched``: the columns whose changes are facts."""

    def __init__(self, mapping: Mapping, header: Sequence[str]) -> None:
        self.mapping = mapping
        self.header = list(header)
        column_places = {column: place for place, column in enumerate(header)}
        self.places = {key: column_places[column] for key, column in mapping.columns().items()}
        never = {*mapping.ignored, *mapping.truth}
        self._said = sorted((column, place) for column, place in column_places.items() if column not in never)
        kept_elsewhere = {mapping.columns().get(key) for key in ("ticket", "order", "time.column", "actor", "revision")}
        self.watched = [
            (place, column) for column, place in column_places.items() if column not in never | kept_elsewhere
        ]
        self._names = [self.places[key] for key in NAMES if key in self.places]
        self._missing = frozenset({"", *mapping.missing})
        self._zone = zone_of(mapping)
        self.instant = lru_cache(4096)(self._instant)
        self.actor = lru_cache(4096)(self._actor)

    def values(self, cells: Sequence[str]) -> Values:
        """The cells as values. Raises Unfit for a name that is too long to be one."""
        missing = self._missing
        values = tuple([None if (cell := written.strip()) in missing else cell for written in cells])
        for place in self._names:
            if (name := values[place]) is not None and not _NAME.fullmatch(name):
                raise _unfit_name(self.header[place])
        return values

    def fingerprint(self, cells: Sequence[str]) -> str:
        """What the row says, in short: equal for rows that say the same, whatever the order of their columns."""
        missing = self._missing
        said = [f"{column}\x1e{cell}" for column, place in self._said if (cell := cells[place].strip()) not in missing]
        return hashlib.blake2b("\x1f".join(said).encode(), digest_size=16).hexdigest()

    def unknown_state(self, values: Values) -> str | None:
        """The row's state as it is written, when it is one that the mapping does not name."""
        written = values[self.places["state.column"]]
        return written if self.mapping.state.kind(written) is None else None

    def ticket(self, cells: Sequence[str]) -> str:
        """The row's ticket. Raises Unfit when it names none."""
        number = cells[self.places["ticket"]].strip()
        if number in self._missing:
            raise Unfit(f"names no ticket in {self.mapping.ticket}")
        if not _NAME.fullmatch(number):
            raise _unfit_name(self.mapping.ticket)
        return number

    def order(self, cells: Sequence[str]) -> float | str:
        """What orders the row among those of its ticket: a time, a number or else a text. Raises Unfit."""
        place = self.places.get("order")
        if place is None:
            return 0
        written = cells[place].strip()
        if self.mapping.order in {self.mapping.time.column, self.mapping.time.received}:
            return self.instant(written, self.mapping.order).timestamp()
        try:
            return float(written)
        except ValueError:
            return written

    def stream(self, ticket: str) -> UUID:
        """The stream of a ticket, the same in every import."""
        return uuid5(NAMESPACE, f"{self.mapping.source}/ticket/{ticket}")

    def command_id(self, ticket: str, ordinal: int) -> str:
        """The id under which the row recorded as number ``ordinal`` (from 0) of its ticket is known."""
        return f"import/{self.mapping.source}/{ticket}/{ordinal}"

    def party(self, reference: str | None, ticket: str) -> Party:
        """The customer of that reference; without one, a customer of this ticket alone, so that it repeats nobody."""
        source = self.mapping.source
        if reference is None:
            stream = uuid5(NAMESPACE, f"{source}/customer-of/{ticket}")
            return Party(stream, f"import-customer-of/{source}/{ticket}", "(unknown)", None)
        stream = uuid5(NAMESPACE, f"{source}/customer/{reference}")
        return Party(stream, f"import-customer/{source}/{reference}", reference, reference)

    def _instant(self, written: str | None, column: str) -> datetime:
        if written is None or written in self._missing:
            raise Unfit(f"has no time in {column}")
        try:
            return self.mapping.time.instant(written, self._zone)
        except (ValueError, OverflowError):
            raise Unfit(f"the time {written[:40]!r} in {column} is not written as {self.mapping.time.format}") from None

    def _actor(self, name: str | None) -> Actor:
        try:
            return Actor(id=name or self.mapping.source, kind="import")
        except ValidationError:
            raise Unfit(f"the name {name!r} cannot be an actor's") from None


def _unfit_name(column: str) -> Unfit:
    return Unfit(f"the name in {column} is longer than 200 characters or holds a control character")
