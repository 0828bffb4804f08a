"""The times of a mapping in the columns of one file."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from api.importing.durations import seconds
from api.importing.mapping import ImportMapping
from api.importing.rows import RowCells, RowRejected


class TimeBinding:
    """Reads the instants that a row holds under keys of a mapping such as ``time.created``.

    ``keys``: those that the file has columns for. ``newest``: the newest instant of a file whose rows are tickets. What
    changed between two exports happened at that instant at the latest.
    """

    def __init__(self, mapping: ImportMapping, header: Sequence[str], indexes: Mapping[str, list[list[int]]]) -> None:
        """``indexes``: of the columns of each key; the first alternative that is filled counts."""
        self._header = header
        self._columns = {
            key: (indexes[key], column.reader(mapping.time))
            for key, column in mapping.times().items()
            if key in indexes
        }
        self._rows_are_tickets = mapping.time.created is not None
        self.keys = list(self._columns)
        updated = "time.updated"
        self._keys_of_newest = [updated] if updated in self.keys else [key for key in self.keys if key != "time.due"]
        self.newest: datetime | None = None

    def alternatives(self, key: str) -> list[list[int]]:
        """The indexes of the columns of a key; those of one alternative are joined by blanks."""
        return self._columns[key][0]

    def key_of(self, index: int) -> str | None:
        """The key that reads a column alone."""
        return next((key for key, (alternatives, _) in self._columns.items() if alternatives == [[index]]), None)

    def read(self, values: RowCells, key: str, after: datetime | None = None) -> datetime | None:
        """The instant under a key; None when its cells are empty. Raises RowRejected.

        A zone repeats one hour of the year. Of the two instants that such a time can mean, this is the first that is
        not before ``after``; the default is the instant that a ticket reached before this one.
        """
        written = self.written(values, key)
        if written is None:
            return None
        alternatives, reader = self._columns[key]
        try:
            if reader.unit is not None:
                return self._since_creation(values, seconds(written, reader.unit))
            reading = reader.read(written)
        except (ValueError, OverflowError) as error:
            column = self._header[alternatives[0][0]]
            raise RowRejected(f"the time {written[:40]!r} in {column} {error}") from None
        if reading.first == reading.second:
            return reading.first
        return reading.at_or_after(after or self._before(values, key))

    def required(self, values: RowCells, key: str, after: datetime | None = None) -> datetime:
        """The instant under a key. Raises RowRejected, also when its cells are empty."""
        at = self.read(values, key, after)
        if at is None:
            raise RowRejected(f"has no time in {self._header[self._columns[key][0][0][0]]}")
        return at

    def written(self, values: RowCells, key: str) -> str | None:
        """The text under a key; None when its cells are empty."""
        if key not in self._columns:
            return None
        for first, *rest in self._columns[key][0]:
            if (written := values[first]) is not None:
                others = [cell for index in rest if (cell := values[index]) is not None]
                return " ".join([written, *others]) if others else written
        return None

    def update_newest(self, values: RowCells) -> None:
        """Updates ``newest`` with the times of a row. Raises RowRejected when one of them cannot be read."""
        instants = [at for key in self._keys_of_newest if (at := self.read(values, key)) is not None]
        self.newest = max(instants if self.newest is None else [self.newest, *instants], default=None)

    def _before(self, values: RowCells, key: str) -> datetime | None:
        """The instant that a ticket reached before that of a key, in a file whose rows are tickets."""
        if key == "time.created" or not self._rows_are_tickets:
            return None
        resolved = self.read(values, "time.resolved") if key == "time.closed" else None
        return resolved or self.read(values, "time.created")

    def _since_creation(self, values: RowCells, elapsed: int) -> datetime | None:
        created = self.read(values, "time.created")
        return None if created is None else created + timedelta(seconds=elapsed)
