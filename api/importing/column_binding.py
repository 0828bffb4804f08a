"""A mapping applied to the header of one file: what each cell of a row means."""

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

from pydantic import ValidationError

from api.importing.compared_columns import compared_columns, state_indexes
from api.importing.durations import plain_number
from api.importing.mapping import ImportMapping
from api.importing.rows import NAME, RowCells, RowRejected
from api.importing.sections import JOINED_BY
from api.importing.source_ids import SourceIds
from api.importing.time_binding import TimeBinding
from domain.command_context import Actor
from domain.messages import LONGEST_TEXT
from domain.text_folding import fold_code, fold_name

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
"""Keys whose cells are names: at most 200 characters, none of them a control character."""


_NEEDED = ("ticket", "time.column", "time.created", "state.column", "state.columns")
"""Keys whose cells each row must have. A row may lack the cells behind them; they are then empty."""


class ColumnBinding:
    """``indexes``: of the first column of each key; ``columns``: its name in the file.

    ``comment_indexes``: for each of the mapping's comments, its column and those that repeat its name.
    ``has_contacts``: rows hold comments, replies, ratings or effort beside states, holders and words.
    """

    def __init__(self, mapping: ImportMapping, header: Sequence[str]) -> None:
        self.mapping = mapping
        self.header = list(header)
        self.ids = SourceIds(mapping.source)
        alternatives = mapping.in_file(header)
        self.times = TimeBinding(mapping, header, alternatives)
        by_key = {key: [index for joined in of_key for index in joined] for key, of_key in alternatives.items()}
        self.indexes = {key: indexes[0] for key, indexes in by_key.items()}
        self.cells_needed = 1 + max(self.indexes[key] for key in _NEEDED if key in self.indexes)
        self.state_indexes = state_indexes(by_key)
        self.columns = {key: header[index] for key, index in self.indexes.items()}
        self.columns["state"] = JOINED_BY.join(header[index] for index in self.state_indexes)
        self._missing = frozenset({"", *mapping.missing})
        self._names = [index for key in NAMES for index in by_key.get(key, [])]
        self._subjects = by_key.get("received.subject", [])
        never_read = {fold_code(column) for column in (*mapping.ignored, *mapping.truth)}
        not_read = {index for index, column in enumerate(header) if fold_code(column) in never_read}
        self._read = sorted((fold_name(column), index) for index, column in enumerate(header) if index not in not_read)
        commented = (self.indexes.get(f"comments.{number}.column") for number in range(len(mapping.comments)))
        self.comment_indexes = [[] if index is None else self._repeats(index) for index in commented]
        self.comment_dates = [comments.reader(mapping.time) for comments in mapping.comments]
        not_read.update(*self.comment_indexes)
        self.compared = compared_columns(mapping, header, by_key, not_read, self.state, self.times)
        self.has_contacts = bool(mapping.comments or mapping.satisfaction or mapping.effort or mapping.time.first_reply)
        self.rows_are_tickets = mapping.time.created is not None
        """Whether a row is a ticket, and not a change of one."""
        self.actor = lru_cache(4_096)(self._actor)
        self.kind = lru_cache(4_096)(self._kind)

    def values(self, cells: Sequence[str]) -> RowCells:
        """The cells as values. Raises RowRejected for a name or subject that is none."""
        return self.checked(self.stripped(cells))

    def stripped(self, cells: Sequence[str]) -> RowCells:
        """The cells as values, unchecked."""
        missing = self._missing
        return tuple([None if (cell := written.strip()) in missing else cell for written in cells])

    def checked(self, values: RowCells) -> RowCells:
        """The same values. Raises RowRejected for a name that is too long or holds a control character, and for a
        subject, which stands in lists, that is longer than a text."""
        for index in self._names:
            if (name := values[index]) is not None and not NAME.fullmatch(name):
                raise _unfit_name(self.header[index])
        for index in self._subjects:
            if len(values[index] or "") > LONGEST_TEXT:
                raise RowRejected(f"the subject in {self.header[index]} is longer than {LONGEST_TEXT} characters")
        return values

    def fingerprint(self, values: RowCells) -> str:
        """A hash of what the row says: equal for equal values under the same names, in any order of the columns."""
        cells = [f"{column}\x1e{cell}" for column, index in self._read if (cell := values[index]) is not None]
        return self.ids.fingerprint("\x1f".join(cells))

    def state(self, values: RowCells) -> str | None:
        """The row's state as it is written."""
        if len(self.state_indexes) == 1:
            return values[self.state_indexes[0]]
        words = [values[index] or "" for index in self.state_indexes]
        return JOINED_BY.join(words) if any(words) else None

    def _kind(self, written: str | None, *, held: bool) -> str | None:
        """The kind of a written state; None for a state that the mapping does not name."""
        state = self.mapping.state
        return None if state is None else state.kind(written, held=held)

    def unknown_state(self, values: RowCells) -> str | None:
        """The row's state as it is written, when the mapping does not name it."""
        written = self.state(values)
        return written if self.kind(written, held=True) is None else None

    def ticket(self, cells: Sequence[str]) -> str:
        """The row's ticket. Raises RowRejected when it names none."""
        number = cells[self.indexes["ticket"]].strip()
        if number in self._missing:
            raise RowRejected(f"names no ticket in {self.mapping.ticket}")
        if not NAME.fullmatch(number):
            raise _unfit_name(self.mapping.ticket)
        return plain_number(number)

    def order(self, cells: Sequence[str]) -> float | str:
        """The sort key of the row among those of its ticket: a time, a number or else a text. Raises RowRejected."""
        index = self.indexes.get("order")
        if index is None:
            return 0
        if key := self.times.key_of(index):
            return self.times.required(self.values(cells), key).timestamp()
        written = cells[index].strip()
        if written in self._missing:
            raise RowRejected(f"has nothing in {self.header[index]}, which orders the rows of its ticket")
        try:
            return float(written)
        except ValueError:
            return written

    def look_ahead(self, cells: Sequence[str]) -> None:
        """Updates the newest instant of a file whose rows are tickets."""
        if self.rows_are_tickets:
            with suppress(RowRejected):  # rejected when its ticket is translated
                self.times.update_newest(self.values(cells))

    def _actor(self, name: str | None) -> Actor:
        try:
            return Actor(id=name or self.mapping.source, kind="import")
        except ValidationError:
            raise RowRejected(f"the name {name!r} cannot be the name of an actor") from None

    def _repeats(self, index: int) -> list[int]:
        """The index of a column and of those that repeat its name."""
        name = fold_code(self.header[index])
        repeats = [
            other
            for other, column in enumerate(self.header)
            if (match := _REPEATED.fullmatch(column)) and fold_code(match[1]) == name
        ]
        return [index, *repeats]


def _unfit_name(column: str) -> RowRejected:
    return RowRejected(f"the name in {column} is longer than 200 characters or holds a control character")
