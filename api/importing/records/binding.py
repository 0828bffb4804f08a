"""A mapping of records applied to the header of one file: what each cell of a row means."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from api.importing.records.mapping import RecordMapping
from api.importing.rows import NAME, RowRejected
from api.importing.source_ids import SourceIds
from api.importing.times import Reading
from domain.errors import message_of
from domain.local_time import local_day
from domain.messages import Message
from domain.text_folding import fold_name, normalized
from domain.zones import zone_named

Cells = Mapping[str, str]
"""The filled cells of a row by the key that reads them, in NFC and without the blanks around them."""
AMapping = TypeVar("AMapping", bound=RecordMapping)
Built = TypeVar("Built", bound=Message)


class RecordBinding(Generic[AMapping]):
    """``header``, ``cells_needed``, ``ticket`` and ``order`` serve the staging; a group of rows stands for a ticket."""

    def __init__(self, mapping: AMapping, header: list[str]) -> None:
        self.mapping = mapping
        self.header = header
        self.ids = SourceIds(mapping.source)
        self._indexes = mapping.in_file(header)
        self._columns = list(self._indexes.items())
        self._naming = [(key, index) for key, index in self._columns if key in mapping.group_keys]
        self._missing = frozenset({"", *mapping.missing})
        self._reader = mapping.time.reader(mapping.time)
        self._zone = zone_named(mapping.time.zone or "UTC")
        self.cells_needed = 1 + max(self._indexes[key] for key in mapping.key_keys if key in self._indexes)
        self.day_of = lru_cache(8_192)(self._day_of)

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """The filled cells of a row."""
        return self._filled(cells, self._columns)

    def fingerprint(self, rows: Sequence[Cells]) -> str:
        """A hash of what the rows of a record say."""
        content = "\x1d".join("\x1f".join(f"{key}\x1e{cell}" for key, cell in values.items()) for values in rows)
        return self.ids.fingerprint(content)

    def key(self, values: Cells) -> str:
        """The name of the row's record in its source. Raises RowRejected."""
        return self._name(values, self.mapping.key_keys)

    def ticket(self, cells: Sequence[str]) -> str:
        """The group of a row. Raises RowRejected when the row names none."""
        return self._name(self._filled(cells, self._naming), self.mapping.group_keys)

    def order(self, cells: Sequence[str]) -> str | float:
        """The sort key of a row in its group. Raises RowRejected."""
        key = self.mapping.order_key
        return 0 if key is None else self.required_day(self.values(cells), key).isoformat()

    def look_ahead(self, cells: Sequence[str]) -> None:
        """Does nothing: no row depends on another one."""

    def required(self, values: Cells, key: str) -> str:
        """A cell that must be filled. Raises RowRejected."""
        if key not in values:
            raise RowRejected(f"has nothing in {self._column(key)}, which the mapping's key `{key}` names")
        return values[key]

    def instant(self, values: Cells, key: str) -> datetime | None:
        """The instant in a cell; None when the cell is empty. Raises RowRejected."""
        return self._read(values, key).first if key in values else None

    def day(self, values: Cells, key: str) -> date | None:
        """The local day in a cell; None when the cell is empty. Raises RowRejected."""
        return self.day_of(self.instant(values, key)) if key in values else None

    def required_day(self, values: Cells, key: str) -> date:
        """The local day in a cell. Raises RowRejected, also when the cell is empty."""
        self.required(values, key)
        return self.day_of(self._read(values, key).first)

    def _filled(self, cells: Sequence[str], columns: Iterable[tuple[str, int]]) -> dict[str, str]:
        missing = self._missing
        filled = {}
        for key, index in columns:
            cell = cells[index].strip()
            if cell not in missing:
                filled[key] = cell if cell.isascii() else normalized("NFC", cell)
        return filled

    def _day_of(self, at: datetime) -> date:
        return local_day(at, self._zone)

    def _read(self, values: Cells, key: str) -> Reading:
        try:
            return self._reader.read(values[key])
        except ValueError as error:
            raise RowRejected(f"the time {values[key][:40]!r} in {self._column(key)} {error}") from None

    def _name(self, values: Cells, keys: Sequence[str]) -> str:
        parts = [self.required(values, key) for key in keys if key in self._indexes]
        for part in parts:
            if not NAME.fullmatch(part):
                raise RowRejected("a name is longer than 200 characters or holds a control character")
        return "\t".join(map(fold_name, parts))

    def _column(self, key: str) -> str:
        return self.header[self._indexes[key]] if key in self._indexes else "the file"


def built(model: type[Built], **fields: Any) -> Built:
    """A command of cells. Raises RowRejected, which names the field that is wrong.

    A call of the class takes longer than its validator.
    """
    try:
        command: Built = model.__pydantic_validator__.validate_python(fields)
    except ValidationError as error:
        details = error.errors()[0]
        field = ".".join(map(str, details["loc"]))
        written = "" if isinstance(details["input"], dict | Message) else f" {str(details['input'])[:40]!r}"
        raise RowRejected(f"{field}{written}: {message_of(details)}".lstrip(": ")) from None
    return command
