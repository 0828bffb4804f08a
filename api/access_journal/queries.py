"""Reading the access journal: pages of entries, the newest first."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from pydantic import AwareDatetime, TypeAdapter
from pydantic.dataclasses import dataclass

from api.access_journal.entry import AccessAction
from domain.envelope import BEHIND_ALL
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from projections.customers.family import family_of

_SQL = sql_file("api.access_journal", "access_journal.sql")
_EARLIEST, _LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_ZONES = timedelta(days=2)  # any instant within has a date in every zone


@dataclass(frozen=True, slots=True)
class JournalRow:
    """An entry with its position and the time of its recording.

    ``at`` is when it happened; of several ``times``, the first, and ``until`` is the last.
    ``removed_to`` and ``removed_before``: the retention removed the entries up to a position and before an instant.
    """

    position: int
    recorded_at: datetime
    action: AccessAction
    what: str
    outcome: str
    origin: str
    times: int
    at: AwareDatetime
    until: AwareDatetime | None = None
    actor: str | None = None
    kind: str | None = None
    on_behalf_of: str | None = None
    key: str | None = None
    subjects: dict[str, UUID] | None = None
    figure: str | None = None
    state: str | None = None
    rows: int | None = None
    removed_to: int | None = None
    removed_before: AwareDatetime | None = None


_ROW = TypeAdapter(JournalRow)


class AccessFilter(NamedTuple):
    """What a page holds; None does not filter. An actor's are also those on behalf of the actor.

    A customer's are those of the customers merged with this one, and of their tickets.
    """

    actor: str | None = None
    customer: UUID | None = None
    ticket: UUID | None = None
    action: AccessAction | None = None
    since: datetime | None = None
    until: datetime | None = None


class JournalPage(NamedTuple):
    """Entries, and the position before which the next page begins; None when there is none.

    ``trimmed``: entries up to this position were removed by age.
    """

    entries: Sequence[JournalRow]
    next_before: int | None
    trimmed: int


def journal_page(
    connection: Connection, tenant: str, where: AccessFilter, *, before: int | None, limit: int
) -> JournalPage:
    """At most ``limit`` entries before a position."""
    parameters = {
        "before": BEHIND_ALL if before is None else before,
        "since": where.since or _EARLIEST,
        "until": where.until or _LATEST,
        "condition": _condition(connection, tenant, where),
        "most": limit + 1,
    }
    stored = connection.execute(_SQL["page"].of(tenant), parameters).fetchall()
    rows = [_row(position, at, entry) for position, at, entry in stored[:limit]]
    _, trimmed = connection.execute(_SQL["kept"].of(tenant)).fetchone() or (0, 0)
    return JournalPage(rows, rows[-1].position if len(stored) > limit else None, trimmed)


def _row(position: int, recorded_at: datetime, entry: str) -> JournalRow:
    """An entry; ``unreadable`` where whoever may append wrote something else, which must not hide the others."""
    with suppress(ValueError, TypeError, RecursionError):
        row = _ROW.validate_python(json.loads(entry) | {"position": position, "recorded_at": recorded_at})
        if all(_EARLIEST + _ZONES < at < _LATEST - _ZONES for at in (row.at, row.until or row.at)):
            return row
    return JournalRow(position, recorded_at, "unreadable", "-", "malformed", "-", 1, recorded_at)


def _condition(connection: Connection, tenant: str, where: AccessFilter) -> str | None:
    """The filters as one jsonpath, which the index answers; None without a filter."""
    either: list[list[str]] = []
    if where.actor is not None:
        either.append([_equals("actor", where.actor), _equals("on_behalf_of", where.actor)])
    if where.action is not None:
        either.append([_equals("action", where.action)])
    if where.ticket is not None:
        either.append([_equals("subjects.ticket", where.ticket)])
    if where.customer is not None:
        members = family_of(connection, schema_of(tenant), where.customer).members
        tickets = connection.execute(_SQL["tickets of"].of(tenant), {"customers": members})
        either.append(
            [_equals("subjects.customer", member) for member in members]
            + [_equals("subjects.ticket", ticket) for (ticket,) in tickets]
        )
    return " && ".join(f"({' || '.join(conditions)})" for conditions in either) or None


def _equals(path: str, value: str | UUID) -> str:
    return f"$.{path} == {json.dumps(str(value))}"
