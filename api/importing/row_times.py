"""The instants of a row: when it happened, and the other times that it holds."""

from datetime import datetime

from api.importing.column_binding import ColumnBinding
from api.importing.imported_state import ImportedState
from api.importing.rows import RowCells


def times_of(binding: ColumnBinding, imported: ImportedState, values: RowCells) -> tuple[dict[str, datetime], bool]:
    """The row's instants by key, always with "row" and "created"; and whether the file says when the row was true.

    All times of the row are read here, so that a row that cannot be read has no effect. Raises RowRejected.
    """
    if binding.rows_are_tickets:
        return _times_of_a_ticket(binding, imported, values)
    times = binding.times
    at = times.required(values, "time.column", imported.last)
    instants = {"row": at, "created": times.read(values, "time.received") or at}
    if binding.has_contacts and (rated := times.read(values, "satisfaction.time")):
        instants["rated"] = rated
    return instants, True


def row_time(binding: ColumnBinding, imported: ImportedState, values: RowCells, after: datetime | None) -> datetime:
    """When a change happened, or until when the row of a ticket was true. Raises RowRejected.

    ``after``: the instant of the row before, which decides between the two instants of a repeated hour.
    """
    if binding.rows_are_tickets:
        return _times_of_a_ticket(binding, imported, values)[0]["row"]
    return binding.times.required(values, "time.column", after)


def _times_of_a_ticket(
    binding: ColumnBinding, imported: ImportedState, values: RowCells
) -> tuple[dict[str, datetime], bool]:
    times = binding.times
    instants = {"created": times.required(values, "time.created")}
    for key in ("first_reply", "waiting", "resolved", "closed"):
        if at := times.read(values, f"time.{key}"):
            instants[key] = at
    past = max(instants.values())
    updated = times.read(values, "time.updated")
    times.read(values, "time.due")  # no event holds it, but a row with an unreadable time is rejected
    if rated := times.read(values, "satisfaction.time"):
        instants["rated"] = rated
    if updated:
        return {**instants, "updated": updated, "row": updated}, True
    if imported.kind == "none":
        return {**instants, "row": past}, False
    return {**instants, "row": max(at for at in (past, times.newest, imported.last) if at is not None)}, True


def updated_of(times: dict[str, datetime]) -> str | None:
    """The name of a ticket's row where the source gives it none: the instant of its last update."""
    return times["updated"].isoformat() if "updated" in times else None
