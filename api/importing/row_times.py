"""When a row happened, and what else it says of times."""

from datetime import datetime

from api.importing.column_binding import ColumnBinding, RowCells, RowRejected
from api.importing.imported_state import ImportedState


def times_of(binding: ColumnBinding, memory: ImportedState, values: RowCells) -> tuple[dict[str, datetime], bool]:
    """The row's times by key, "row" and "created" always among them, and whether its file says when it was true.

    All of them are read here, so that a row that cannot be read leaves no trace. Raises RowRejected.
    """
    if binding.one_row_each:
        return _times_of_a_ticket(binding, memory, values)
    at = _required(binding, "time.column", binding.time(values, "time.column", memory.last))
    received = binding.time(values, "time.received") if "time.received" in binding.places else None
    times = {"row": at, "created": received or at}
    if binding.has_more and (rated := binding.time(values, "satisfaction.time")):
        times["rated"] = rated
    return times, True


def row_time(binding: ColumnBinding, memory: ImportedState, values: RowCells, after: datetime | None) -> datetime:
    """When a row happened, or until when what it says was true. Raises RowRejected."""
    if binding.one_row_each:
        return _times_of_a_ticket(binding, memory, values)[0]["row"]
    return _required(binding, "time.column", binding.time(values, "time.column", after))


def _times_of_a_ticket(
    binding: ColumnBinding, memory: ImportedState, values: RowCells
) -> tuple[dict[str, datetime], bool]:
    created = _required(binding, "time.created", binding.time(values, "time.created"))
    times = {"created": created}
    for key in ("first_reply", "waiting", "resolved", "closed", "updated", "due"):
        if at := binding.time(values, f"time.{key}"):
            times[key] = at
    if rated := binding.time(values, "satisfaction.time"):
        times["rated"] = rated
    if "updated" in times:
        return {**times, "row": times["updated"]}, True
    past = [times[key] for key in ("created", "first_reply", "waiting", "resolved", "closed") if key in times]
    if memory.kind == "none":
        return {**times, "row": max(past)}, False
    between = [at for at in (binding.newest, memory.last) if at is not None]
    return {**times, "row": max(past + between)}, True


def _required(binding: ColumnBinding, key: str, at: datetime | None) -> datetime:
    if at is None:
        raise RowRejected(f"has no time in {binding.columns[key]}")
    return at


def updated_of(times: dict[str, datetime]) -> str | None:
    """The name of a row that is one ticket, where the source gives it none: when it was updated."""
    return times["updated"].isoformat() if "updated" in times else None
