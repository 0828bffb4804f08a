"""A mapping laid over the columns of one file: what each cell means, and what everything is called in the log."""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID, uuid5

from pydantic import ValidationError

from api.importing.durations import plain_number, seconds
from api.importing.mapping import ImportMapping
from api.importing.sections import JOINED_BY
from domain.command_context import Actor
from domain.text_folding import fold_code, fold_name

NAMESPACE = UUID("6f1c2c52-9d0f-5c55-8a43-3f3a7b0d7f11")
"""Of every identifier that an import derives from what the source calls things."""

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_REPEATED = re.compile(r"(.+) \(\d+\)")
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
    "state.columns",
)
UNWATCHED = ("ticket", "order", "actor", "revision", "time.column", "time.updated")
"""Keys whose columns are told by every event of a row."""

RowCells = tuple[str | None, ...]
"""A row's cells without the blanks around them; None where nothing is known."""


class RowRejected(ValueError):  # noqa: N818 -- says what the row is
    """The row cannot become a fact; the message is the reason for the reject file."""


class CustomerRef(NamedTuple):
    """A customer that a row names. ``reference`` is None for the unknown customer of a ticket."""

    stream: UUID
    command_id: str
    name: str
    reference: str | None


class Watched(NamedTuple):
    """A column of one of the mapping's keys: what a row says in it. ``lasts``: an empty cell says nothing new."""

    key: str
    column: str
    read: Callable[[RowCells], str | None]
    lasts: bool


class ColumnBinding:
    """``places``: where each key of the mapping is read; ``columns``: what the file calls it.

    ``kept``: the columns whose changes are facts. Those of them that no key reads are ``unread``; ``watched`` are those
    of the keys, as the words of the mapping. ``joined`` tell something only together with one of the columns at the
    places beside them. ``has_more``: rows say more than states, holders and words.
    """

    def __init__(self, mapping: ImportMapping, header: Sequence[str]) -> None:
        self.mapping = mapping
        self.header = list(header)
        found = mapping.in_file(header)
        read = {key: [place for joined in alternatives for place in joined] for key, alternatives in found.items()}
        self.places = {key: places[0] for key, places in read.items()}
        self.state_places = read.get("state.columns") or read.get("state.column") or []
        self.columns = {key: header[place] for key, place in self.places.items()}
        self.columns["state"] = JOINED_BY.join(header[place] for place in self.state_places)
        unread = {fold_code(column) for column in (*mapping.ignored, *mapping.truth)}
        never = {place for place, column in enumerate(header) if fold_code(column) in unread}
        self._said = sorted((fold_name(column), place) for place, column in enumerate(header) if place not in never)
        commented = (self.places.get(f"comments.{number}.column") for number in range(len(mapping.comments)))
        self.comment_places = [[] if place is None else self._repeats(place) for place in commented]
        unwatched = {place for key in UNWATCHED for place in read.get(key, [])}
        unwatched |= {place for places in self.comment_places for place in places}
        unwatched -= {self.places[key] for key in ("assignment.team", "assignment.agent") if key in self.places}
        self.kept = [(place, column) for place, column in enumerate(header) if place not in never | unwatched]
        self._times = {
            key: (found[key], column.reader(mapping.time)) for key, column in mapping.times().items() if key in found
        }
        self.dates = [one.reader(mapping.time) for one in mapping.comments]
        self._names = [place for key in NAMES for place in read.get(key, [])]
        self._missing = frozenset({"", *mapping.missing})
        self.watched = list(self._watch())
        elsewhere = {self.places[key] for key in ("customer", *(one.key for one in self.watched)) if key in self.places}
        elsewhere |= {
            *self.state_places,
            *(place for alternatives, _ in self._times.values() for place in alternatives[0]),
        }
        joined = [
            (place, alternatives[0][0]) for alternatives, _ in self._times.values() for place in alternatives[0][1:]
        ]
        self.joined = [
            (place, column, [date for other, date in joined if other == place])
            for place, column in self.kept
            if place in {place for place, _ in joined}
        ]
        self.unread = [(place, column) for place, column in self.kept if place not in elsewhere]
        self.has_more = bool(mapping.comments or mapping.satisfaction or mapping.effort or mapping.time.first_reply)
        self.newest: datetime | None = None
        self.actor = lru_cache(4096)(self._actor)

    @property
    def one_row_each(self) -> bool:
        """Whether a row is one ticket, not one change."""
        return self.mapping.time.created is not None

    def values(self, cells: Sequence[str]) -> RowCells:
        """The cells as values. Raises RowRejected for a name that is too long to be one."""
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

    def state(self, values: RowCells) -> str | None:
        """The row's state as it is written."""
        if len(self.state_places) == 1:
            return values[self.state_places[0]]
        words = [values[place] or "" for place in self.state_places]
        return JOINED_BY.join(words) if any(words) else None

    def kind(self, written: str | None, *, held: bool) -> str | None:
        """What a written state comes to; None for one that the mapping does not name."""
        state = self.mapping.state
        return None if state is None else state.kind(written, held=held)

    def unknown_state(self, values: RowCells) -> str | None:
        """The row's state as it is written, when it is one that the mapping does not name."""
        written = self.state(values)
        return written if self.kind(written, held=True) is None else None

    def ticket(self, cells: Sequence[str]) -> str:
        """The row's ticket. Raises RowRejected when it names none."""
        number = cells[self.places["ticket"]].strip()
        if number in self._missing:
            raise RowRejected(f"names no ticket in {self.mapping.ticket}")
        if not _NAME.fullmatch(number):
            raise _unfit_name(self.mapping.ticket)
        return plain_number(number)

    def order(self, cells: Sequence[str]) -> float | str:
        """What orders the row among those of its ticket: a time, a number or else a text. Raises RowRejected."""
        place = self.places.get("order")
        if place is None:
            return 0
        for key, (alternatives, _) in self._times.items():
            if alternatives == [[place]]:
                at = self.time(self.values(cells), key)
                if at is None:
                    raise RowRejected(f"has no time in {self.header[place]}")
                return at.timestamp()
        written = cells[place].strip()
        if written in self._missing:
            raise RowRejected(f"has nothing in {self.header[place]}, which orders the rows of its ticket")
        try:
            return float(written)
        except ValueError:
            return written

    def time(self, values: RowCells, key: str, after: datetime | None = None) -> datetime | None:
        """The instant in the columns of a key like ``time.created``, None when they are empty. Raises RowRejected.

        ``after``: what it does not precede, in a row that is one ticket what comes before it there. This chooses
        between the readings of an hour that a zone has twice.
        """
        written = self.written_time(values, key)
        if written is None:
            return None
        alternatives, reader = self._times[key]
        try:
            if reader.unit is not None:
                return self._since_creation(values, seconds(written, reader.unit))
            reading = reader.read(written)
        except ValueError as error:
            column = self.header[alternatives[0][0]]
            raise RowRejected(f"the time {written[:40]!r} in {column} {error}") from None
        if reading.first == reading.second:
            return reading.first
        return reading.at_or_after(after or self._before(values, key))

    def _before(self, values: RowCells, key: str) -> datetime | None:
        """What a time of a row that is one ticket follows. Raises RowRejected."""
        if key == "time.created" or not self.one_row_each:
            return None
        resolved = self.time(values, "time.resolved") if key == "time.closed" else None
        return resolved or self.time(values, "time.created")

    def written_time(self, values: RowCells, key: str) -> str | None:
        """What the columns of a key like ``time.created`` say, as it is written; None when they are empty."""
        if key not in self._times:
            return None
        for first, *rest in self._times[key][0]:
            if (written := values[first]) is not None:
                others = [cell for place in rest if (cell := values[place]) is not None]
                return " ".join([written, *others]) if others else written
        return None

    def _since_creation(self, values: RowCells, elapsed: int) -> datetime | None:
        created = self.time(values, "time.created")
        return None if created is None else created + timedelta(seconds=elapsed)

    def look(self, cells: Sequence[str]) -> None:
        """Keeps the newest time of the file in ``newest``: what changed between two exports happened then at last."""
        if self.one_row_each:
            keys = (
                ["time.updated"] if "time.updated" in self._times else [key for key in self._times if key != "time.due"]
            )
            try:
                values = self.values(cells)
                found = [at for key in keys if (at := self.time(values, key)) is not None]
            except RowRejected:
                return
            self.newest = max(found if self.newest is None else [self.newest, *found], default=None)

    def stream(self, ticket: str) -> UUID:
        """The stream of a ticket, the same in every import."""
        return uuid5(NAMESPACE, f"{self.mapping.source}/ticket/{ticket}")

    def command_id(self, ticket: str, ordinal: int) -> str:
        """The id under which the row recorded as number ``ordinal`` (from 0) of its ticket is known."""
        return f"import/{self.mapping.source}/{ticket}/{ordinal}"

    def party(self, reference: str | None, ticket: str) -> CustomerRef:
        """The customer of that reference; without one, a customer of this ticket alone, so that it repeats nobody."""
        source = self.mapping.source
        if reference is None:
            stream = uuid5(NAMESPACE, f"{source}/customer-of/{ticket}")
            return CustomerRef(stream, f"import-customer-of/{source}/{ticket}", "(unknown)", None)
        folded = fold_name(reference)
        stream = uuid5(NAMESPACE, f"{source}/customer/{folded}")
        return CustomerRef(stream, f"import-customer/{source}/{folded}", reference, reference)

    def _actor(self, name: str | None) -> Actor:
        try:
            return Actor(id=name or self.mapping.source, kind="import")
        except ValidationError:
            raise RowRejected(f"the name {name!r} cannot be an actor's") from None

    def _repeats(self, place: int) -> list[int]:
        """The place of a column and of those that repeat its name."""
        name = fold_code(self.header[place])
        repeats = [
            other
            for other, column in enumerate(self.header)
            if (match := _REPEATED.fullmatch(column)) and fold_code(match[1]) == name
        ]
        return [place, *repeats]

    def _watch(self) -> list[Watched]:
        """What a row says under each key, comparable with what the log says of it."""
        mapping, places = self.mapping, self.places
        lasting_holder = mapping.assignment.blank == "unchanged"
        watched = [Watched("state", self.columns["state"], self.state, lasts=False)] if self.state_places else []
        words = {
            "channel.column": mapping.channel,
            "category.column": mapping.category,
            "priority.column": mapping.priority,
        }

        def add(key: str, said: Callable[[str | None], str | None], *, lasts: bool = True) -> None:
            if (place := places.get(key)) is not None:
                watched.append(Watched(key, self.header[place], lambda row: said(row[place]), lasts))

        for key, translated in words.items():
            add(key, translated.word, lasts=False)
        for key in ("assignment.team", "assignment.agent"):
            add(key, lambda cell: cell, lasts=lasting_holder)
        for key in ("received.actor", "received.subject", "received.body", "resolution.text", "resolution.code"):
            add(key, lambda cell: cell)
        add("satisfaction.comment", lambda cell: cell)
        if (satisfaction := mapping.satisfaction) is not None:
            add("satisfaction.column", lambda cell: cell and str(satisfaction.score(cell) or cell))
        add("effort.column", lambda cell: (cell and self.effort_text(cell)) or None)
        unwatched = {"time.column", "time.updated", "satisfaction.time"}
        times = [key for key in self._times if key not in unwatched]
        return watched + [Watched(key, self.columns[key], self._time_text(key), key != "time.due") for key in times]

    def _time_text(self, key: str) -> Callable[[RowCells], str | None]:
        def read(values: RowCells) -> str | None:
            at = self.time(values, key)
            return None if at is None else at.isoformat()

        return read

    def effort_text(self, cell: str) -> str:
        """The seconds of an effort, empty for none; what cannot be read, as it is."""
        effort = self.mapping.effort
        try:
            return str(seconds(cell, effort.unit if effort else "seconds") or "")
        except ValueError:
            return cell


def _unfit_name(column: str) -> RowRejected:
    return RowRejected(f"the name in {column} is longer than 200 characters or holds a control character")
