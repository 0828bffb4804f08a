"""From staged rows to records: rows with one key are one record."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from api.importing.records.binding import Cells, RecordBinding
from api.importing.records.contracts import ContractPlan
from api.importing.records.customers import CustomerPlan
from api.importing.records.mapping import RecordMapping
from api.importing.records.outcome import RowNotTaken
from api.importing.records.purchases import PurchasePlan
from api.importing.records.record import Record, RecordPlan
from api.importing.records.usage import UsagePlan
from api.importing.rows import Row, RowRejected

_PLANS: Mapping[str, Callable[[Any, Sequence[Cells]], RecordPlan]] = MappingProxyType(
    {"customer": CustomerPlan, "purchase": PurchasePlan, "contract": ContractPlan, "usage": UsagePlan}
)
Binding = RecordBinding[RecordMapping]
RowGroups = Mapping[str, Sequence[Row]]
"""Rows by what they are grouped by: all rows of a record are in one group."""

LONGEST_KEY = 300
HELD = "another row of the same customer, purchase or contract cannot be read"


class ReadRecords(NamedTuple):
    """The records of some rows, and the rows that cannot be read or are held back with them."""

    records: list[Record]
    not_taken: list[RowNotTaken]


def records_of(binding: Binding, record: str, groups: RowGroups) -> ReadRecords:
    """The records of some groups of rows."""
    records: list[Record] = []
    not_taken: list[RowNotTaken] = []
    plan_of = _PLANS[record]
    for rows in groups.values():
        if any(row.flaw is not None for row in rows):
            not_taken += [_not_taken(row) for row in rows]
            continue
        for key, of_key in _by_key(binding, rows, not_taken).items():
            cells = [values for _, values in of_key]
            try:
                plan = plan_of(binding, cells)
            except RowRejected as error:
                not_taken += [RowNotTaken(row, "rejected", str(error)) for row, _ in of_key]
            else:
                name = binding.ids.name(_as_name(key))
                records.append(Record(name, binding.fingerprint(cells), [row for row, _ in of_key], plan))
    return ReadRecords(records, not_taken)


def _by_key(binding: Binding, rows: Sequence[Row], not_taken: list[RowNotTaken]) -> dict[str, list[tuple[Row, Cells]]]:
    by_key: dict[str, list[tuple[Row, Cells]]] = {}
    for row in rows:
        values = binding.values(row.cells)
        try:
            by_key.setdefault(binding.key(values), []).append((row, values))
        except RowRejected as error:
            not_taken.append(RowNotTaken(row, "rejected", str(error)))
    return by_key


def _not_taken(row: Row) -> RowNotTaken:
    return RowNotTaken(row, "held", HELD) if row.flaw is None else RowNotTaken(row, "rejected", row.flaw)


def _as_name(key: str) -> str:
    """The key as a part of a command id, which is printable and has a largest length."""
    text = key.replace("\t", " | ")
    if "/" not in text and "|" not in key and len(text) <= LONGEST_KEY and text.isprintable():
        return text
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
