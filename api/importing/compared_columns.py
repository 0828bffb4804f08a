"""The columns whose cells are compared with what is recorded of a ticket: differences become changed details."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from api.importing.durations import seconds
from api.importing.mapping import ImportMapping
from api.importing.rows import RowCells
from api.importing.sections import JOINED_BY
from api.importing.time_binding import TimeBinding

IN_EVERY_EVENT = ("ticket", "order", "actor", "revision", "time.column", "time.updated")
"""Keys whose cells are part of every event of a row, so that no detail repeats them."""
_NOT_COMPARED = frozenset({"time.column", "time.updated", "satisfaction.time"})

ReadCell = Callable[[RowCells], str | None]


class MappedColumn(NamedTuple):
    """A column of a key. ``read``: its cell in the words that are recorded. ``lasts``: an empty cell says nothing."""

    key: str
    column: str
    read: ReadCell
    lasts: bool


class JoinedColumn(NamedTuple):
    """A column of hours and those of the dates that it belongs to: a detail only in a row without such a date."""

    hours: int
    column: str
    dates: list[int]


class ComparedColumns(NamedTuple):
    """``kept``: index and name of every column whose changes are recorded. Of these, ``unmapped`` belong to no key;
    ``mapped`` are compared in the words that are recorded.
    """

    kept: list[tuple[int, str]]
    unmapped: list[tuple[int, str]]
    mapped: list[MappedColumn]
    joined: list[JoinedColumn]


def compared_columns(
    mapping: ImportMapping,
    header: Sequence[str],
    indexes: Mapping[str, list[int]],
    not_read: Collection[int],
    state: ReadCell,
    times: TimeBinding,
) -> ComparedColumns:
    """``indexes``: of the columns by key. ``not_read``: of the columns that are never read or hold comments."""
    first = {key: of_key[0] for key, of_key in indexes.items()}
    in_every_event = {index for key in IN_EVERY_EVENT for index in indexes.get(key, [])}
    in_every_event -= {first[key] for key in ("assignment.team", "assignment.agent") if key in first}
    excluded = in_every_event.union(not_read)
    kept = [(index, column) for index, column in enumerate(header) if index not in excluded]
    mapped = _state(indexes, header, state) + _words(mapping, first, header) + _times(times, header)
    of_keys = {first[key] for key in ("customer", *(column.key for column in mapped)) if key in first}
    of_keys |= {*state_indexes(indexes)}
    alternatives = [times.alternatives(key)[0] for key in times.keys]
    of_keys |= {index for joined in alternatives for index in joined}
    dates = [(index, joined[0]) for joined in alternatives for index in joined[1:]]
    hours = {index for index, _ in dates}
    return ComparedColumns(
        kept,
        [(index, column) for index, column in kept if index not in of_keys],
        mapped,
        [
            JoinedColumn(index, column, [date for hour, date in dates if hour == index])
            for index, column in kept
            if index in hours
        ],
    )


def effort_seconds(mapping: ImportMapping, cell: str) -> int | None:
    """The seconds of an effort; None for a cell that cannot be read."""
    try:
        return seconds(cell, mapping.effort.unit if mapping.effort else "seconds")
    except ValueError:
        return None


def _effort_text(mapping: ImportMapping, cell: str) -> str:
    """The seconds of an effort as text, empty for none. A cell that cannot be read stays as it is."""
    read = effort_seconds(mapping, cell)
    return cell if read is None else str(read or "")


def state_indexes(indexes: Mapping[str, list[int]]) -> list[int]:
    """The indexes of the columns that together say a row's state; none without a state in the mapping."""
    return indexes.get("state.columns") or indexes.get("state.column") or []


def _state(indexes: Mapping[str, list[int]], header: Sequence[str], state: ReadCell) -> list[MappedColumn]:
    columns = [header[index] for index in state_indexes(indexes)]
    return [MappedColumn("state", JOINED_BY.join(columns), state, lasts=False)] if columns else []


def _words(mapping: ImportMapping, indexes: Mapping[str, int], header: Sequence[str]) -> list[MappedColumn]:
    mapped: list[MappedColumn] = []

    def add(key: str, word: Callable[[str | None], str | None], *, lasts: bool = True) -> None:
        if (index := indexes.get(key)) is not None:
            mapped.append(MappedColumn(key, header[index], lambda values: word(values[index]), lasts))

    add("channel.column", mapping.channel.word, lasts=False)
    add("category.column", mapping.category.word, lasts=False)
    add("priority.column", mapping.priority.word, lasts=False)
    for key in ("assignment.team", "assignment.agent"):
        add(key, lambda cell: cell, lasts=mapping.assignment.blank == "unchanged")
    for key in ("received.actor", "received.subject", "received.body", "resolution.text", "resolution.code"):
        add(key, lambda cell: cell)
    add("satisfaction.comment", lambda cell: cell)
    if (satisfaction := mapping.satisfaction) is not None:
        add("satisfaction.column", lambda cell: cell and str(satisfaction.score(cell) or cell))
    add("effort.column", lambda cell: (cell and _effort_text(mapping, cell)) or None)
    return mapped


def _times(times: TimeBinding, header: Sequence[str]) -> list[MappedColumn]:
    def reader(key: str) -> ReadCell:
        def read(values: RowCells) -> str | None:
            at = times.read(values, key)
            return None if at is None else at.isoformat()

        return read

    return [
        MappedColumn(key, header[times.alternatives(key)[0][0]], reader(key), lasts=key != "time.due")
        for key in times.keys
        if key not in _NOT_COMPARED
    ]
