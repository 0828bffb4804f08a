"""The audit history, page by page, as of any instant: of a ticket, a customer, an actor, or of the whole log."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict
from pydantic.dataclasses import dataclass

from domain.envelope import BEHIND_ALL
from domain.event_log.sql_files import sql_file
from domain.text_folding import fold_name
from projections.audit.text_search import TextSearch, pattern_of
from projections.audit_history.table import ADMINISTRATION, OF_ADMINISTRATION, AuditedEvent
from projections.customers.family import corrected_tickets, family_of
from projections.scope.filters import MOST
from projections.scope.recorded_values import MOST_CHARACTERS, characters_of

MOST_LOOKED_AT = 10_000
"""Events that a page with conditions looks at."""
MOST_SEARCHED = 2_000_000
"""Characters in which a page looks for a text, and which take about a second of a core."""
Axis = Literal["occurred", "recorded"]
Source = Literal["of tickets", "of customers", "of an actor", "of administration", "of the log"]
_SQL = sql_file("projections.audit", "history.sql")
_AT_ONCE = 1_000
"""Positions at which one statement looks for rows."""
_MOST_ROWS = 101
"""Rows of one statement: each may be long."""


class Changed(BaseModel):
    """One field, as it was and as it is; None: it held nothing. ``details.x`` is the field x of an imported history."""

    model_config = ConfigDict(frozen=True)

    field: str
    old: str | int | list[str] | None
    new: str | int | list[str] | None


@dataclass(slots=True)
class AuditEntry(AuditedEvent):
    """One event, with the fields it changed and its payload (``facts``). Instants are UTC."""

    changes: list[Changed]
    facts: dict[str, Any]


@dataclass(slots=True)
class HistoryEntry(AuditEntry):
    """The same with the number that its ticket has in the system it came from."""

    ticket_number: str | None = None


class AuditPage(BaseModel):
    """Entries in recorded order. ``next_after`` continues the history; None when that was all.

    A page with conditions or long texts may hold fewer entries than its limit, or none, while others follow.
    """

    model_config = ConfigDict(frozen=True)

    entries: list[HistoryEntry]
    next_after: int | None


class HistoryFilter(NamedTuple):
    """The events of a history meet every condition that is given.

    ``with_absorbed``: the ticket's and those of the tickets merged into it. The events of a customer are those of
    everybody with the same survivor and of all their tickets; a ticket is that of the last correction. Those of an
    ``actor`` are what the actor did and what others did on behalf of the actor. ``text`` stands in the payload or the
    reason, without regard to case and accents. The period begins at ``begin`` and ends before ``end``, by ``axis``.
    """

    ticket: UUID | None = None
    with_absorbed: bool = False
    customer: UUID | None = None
    actor: str | None = None
    topics: frozenset[str] | None = None
    channels: Collection[str] | None = None
    text: str | None = None
    begin: datetime | None = None
    end: datetime | None = None
    axis: Axis = "occurred"


def history_of(
    connection: Connection,
    schema: str,
    wanted: HistoryFilter,
    *,
    after: int = 0,
    limit: int = 100,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> AuditPage:
    """A page of a history, behind position ``after``.

    ``limit`` is at least 1, more than MOST counts as MOST. ``known_at`` leaves out what was recorded later, ``as_of``
    what happened later; tickets and customers are merged as they were by then. An index gives the positions in order:
    those of the page, or at most MOST_LOOKED_AT when there are conditions that it does not answer.
    """
    size = min(limit, MOST)
    question = _question(connection, schema, wanted, known_at, as_of)
    looked = MOST_LOOKED_AT if any(value is not None for value in question.conditions.values()) else size + 1
    first, last = _recorded_within(connection, schema, wanted) if wanted.axis == "recorded" else (0, BEHIND_ALL)
    position_rows = connection.execute(
        positions_from(question.source, schema),
        question.keys | {"after": max(after, first), "up_to": last, "looked": looked},
    ).fetchall()
    positions = [position for (position,) in position_rows]
    page: list[HistoryEntry] = []
    following = positions[-1] if len(positions) == looked else None
    search = None if wanted.text is None else TextSearch(wanted.text)
    characters = 0
    for entry in _rows(connection, schema, positions, question):
        if search is None or search.finds(entry.facts, entry.reason):
            if len(page) == size:
                following = page[-1].position
                break
            page.append(entry)
            characters += characters_of(entry.facts)
        if characters >= MOST_CHARACTERS or (search is not None and search.characters >= MOST_SEARCHED):
            following = entry.position
            break
    _number(connection, schema, page)
    return AuditPage(entries=page, next_after=following)


def positions_from(source: Source, schema: str) -> sql.Composed:
    """The statement of a source: positions in order."""
    return _SQL[source].composed(schema, of_administration=sql.SQL(OF_ADMINISTRATION))


class _Question(NamedTuple):
    """The source of the positions with its parameters, and the conditions that it does not answer."""

    source: Source
    keys: dict[str, Any]
    conditions: dict[str, Any]


def _question(
    connection: Connection,
    schema: str,
    wanted: HistoryFilter,
    known_at: datetime | None,
    as_of: datetime | None,
) -> _Question:
    instants = {"known_at": known_at, "as_of": as_of}
    conditions: dict[str, Any] = {
        "customers": None,
        "taken": None,
        "actor": None,
        "topics": None if wanted.topics is None else sorted(wanted.topics),
        "channels": None if wanted.channels is None else list(wanted.channels),
        "pattern": None if wanted.text is None else pattern_of(wanted.text),
        "occurred_from": wanted.begin if wanted.axis == "occurred" else None,
        "occurred_before": wanted.end if wanted.axis == "occurred" else None,
        **instants,
    }
    keys: dict[str, Any] = {"given": None}
    source: Source = "of the log"
    if wanted.topics is not None and {topic.partition(".")[0] for topic in wanted.topics}.issubset(ADMINISTRATION):
        source = "of administration"
    if wanted.actor is not None:
        source, conditions["actor"] = "of an actor", fold_name(wanted.actor)
    if wanted.customer is not None:
        members = family_of(connection, schema, wanted.customer, **instants).members
        corrected = corrected_tickets(connection, schema, members, **instants)
        keys["given"] = [ticket for ticket, theirs in corrected if theirs]
        source, conditions["customers"] = "of customers", members
        conditions["taken"] = [ticket for ticket, theirs in corrected if not theirs] or None
    if wanted.ticket is not None:
        merged = absorbed_by(connection, schema, wanted.ticket, **instants) if wanted.with_absorbed else []
        source, keys["tickets"] = "of tickets", [wanted.ticket, *merged]
    if (answered := _ANSWERS.get(source)) is not None:
        keys[answered], conditions[answered] = conditions[answered], None
    return _Question(source, keys, conditions)


_ANSWERS: Mapping[Source, str] = MappingProxyType({"of customers": "customers", "of an actor": "actor"})
"""The condition that a source answers."""


def _rows(connection: Connection, schema: str, positions: Sequence[int], question: _Question) -> Iterator[HistoryEntry]:
    """The rows at some positions that meet the conditions, in order; with a text some of them do not hold it."""
    statement = _SQL["page"].filled(schema=schema)
    first = 0
    with connection.cursor(row_factory=class_row(HistoryEntry)) as cursor:
        while first < len(positions):
            looked = {"positions": positions[first : first + _AT_ONCE], "limit": _MOST_ROWS}
            rows = cursor.execute(statement, question.keys | question.conditions | looked).fetchall()
            yield from rows
            is_cut = len(rows) == _MOST_ROWS
            first = bisect_right(positions, rows[-1].position) if is_cut else first + _AT_ONCE


def _recorded_within(connection: Connection, schema: str, wanted: HistoryFilter) -> tuple[int, int]:
    """The last position recorded before the period, and the last one recorded in it."""
    before = 0 if wanted.begin is None else _last_before(connection, schema, wanted.begin)
    return before, BEHIND_ALL if wanted.end is None else _last_before(connection, schema, wanted.end)


def _last_before(connection: Connection, schema: str, instant: datetime) -> int:
    """The last position that was recorded before an instant, by bisection: times of recording never fall."""
    row = connection.execute(_SQL["last position"].filled(schema=schema)).fetchone()
    first, last = 0, (row and row[0]) or 0
    while first < last:
        middle = (first + last + 1) // 2
        position, recorded_at = connection.execute(
            _SQL["next recorded"].filled(schema=schema), {"position": middle}
        ).fetchone() or (last, instant)
        if recorded_at < instant:
            first = position
        else:
            last = middle - 1
    return first


def _number(connection: Connection, schema: str, entries: Sequence[HistoryEntry]) -> None:
    """Gives entries the numbers of their tickets."""
    tickets = list({entry.ticket for entry in entries if entry.ticket is not None})
    if not tickets:
        return
    receipts = connection.execute(_SQL["receipts"].filled(schema=schema), {"tickets": tickets}).fetchall()
    numbers = {ticket: facts.get("external_reference") for ticket, facts in receipts}
    for entry in entries:
        if entry.ticket is not None:
            entry.ticket_number = numbers.get(entry.ticket)


def absorbed_by(
    connection: Connection,
    schema: str,
    ticket: UUID,
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[UUID]:
    """The tickets that had been merged into this one by then, directly or through another, and not taken out again."""
    parameters = {"ticket": ticket, "known_at": known_at, "as_of": as_of}
    rows = connection.execute(_SQL["absorbed"].filled(schema=schema), parameters).fetchall()
    return [row[0] for row in rows]
