"""The timeline of a customer, page by page, on both time axes. It is read from the audit history; no copy is kept."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Literal, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from projections.audit.queries import AuditEntry
from projections.engine.table import column_names
from projections.scope.filters import MOST
from projections.timeline.kinds import TOPICS, Kind

Order = Literal["oldest", "newest"]


class Key(NamedTuple):
    """Where an entry stands in the order of a timeline."""

    occurred_at: datetime
    position: int


_ENDS = {"oldest": Key(datetime.min.replace(tzinfo=UTC), 0), "newest": Key(datetime.max.replace(tzinfo=UTC), 2**62)}


class TimelinePage(NamedTuple):
    """Entries by (occurred_at, position). ``following`` continues behind the last of them; None when that was all."""

    entries: list[AuditEntry]
    following: Key | None


def timeline(
    connection: Connection,
    schema: str,
    customers: Collection[UUID],
    *,
    kinds: Collection[Kind] = (),
    order: Order = "oldest",
    after: Key | None = None,
    limit: int = 100,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> TimelinePage:
    """The events of some customers, who are one: their own, and those of their tickets, contracts, usage and files.

    ``kinds`` empty means all. ``known_at`` leaves out what was recorded later, ``as_of`` what happened later. A ticket
    belongs to the customer whom its latest correction names by then. The cost is that of a page for each customer.
    """
    size = min(limit, MOST)
    parameters = {
        "customers": list(customers),
        "topics": sorted(topic for kind in kinds for topic in TOPICS[kind]) or None,
        **(after or _ENDS[order])._asdict(),
        "known_at": known_at,
        "as_of": as_of,
        "limit": size + 1,
    }
    statement = sql.SQL(_PAGE_OF[order]).format(
        columns=sql.SQL(", ").join(sql.SQL("entry.{}").format(column) for column in _COLUMNS),
        audit=sql.Identifier(schema, "audit_history"),
    )
    with connection.cursor(row_factory=class_row(AuditEntry)) as cursor:
        entries = cursor.execute(statement, parameters).fetchall()
    last = entries[size - 1] if len(entries) > size else None
    return TimelinePage(entries[:size], Key(last.occurred_at, last.position) if last else None)


_COLUMNS = [sql.Identifier(name) for name in column_names(AuditEntry)]


def _by_then(row: LiteralString) -> LiteralString:
    return (
        f"(%(known_at)s::timestamptz is null or {row}.recorded_at <= %(known_at)s)"
        f" and (%(as_of)s::timestamptz is null or {row}.occurred_at <= %(as_of)s)"
    )


def _page(beyond: LiteralString, direction: LiteralString) -> LiteralString:
    """A page as SQL: the keys first, by the index of each customer; then the rows."""
    on_the_page = f"""
        (a.occurred_at, a.position) {beyond} (%(occurred_at)s, %(position)s)
        and (%(topics)s::text[] is null or a.topic = any(%(topics)s)) and {_by_then("a")}
    """
    order = f"occurred_at {direction}, position {direction}"
    return f"""
with correction as (
    select distinct on (c.stream) c.stream, c.customer
    from {{audit}} c
    where c.stream in (
        select stream from {{audit}} where topic = 'ticket.customer_corrected' and customer = any(%(customers)s)
    )
    and c.topic = 'ticket.customer_corrected' and {_by_then("c")}
    order by c.stream, c.version desc
), corrected_in as (
    select stream from correction where customer = any(%(customers)s)
), keys as (
    select page.*
    from unnest(%(customers)s::uuid[]) as member (customer)
    cross join lateral (
        select a.occurred_at, a.position
        from {{audit}} a
        where a.customer = member.customer and {on_the_page}
        and not exists (
            select from {{audit}} c
            where c.stream = a.stream and c.topic = 'ticket.customer_corrected' and {_by_then("c")}
            and c.customer <> all(%(customers)s) and c.stream not in (select stream from corrected_in)
        )
        order by {order}
        limit %(limit)s
    ) page
    union all
    select a.occurred_at, a.position
    from {{audit}} a
    where a.stream in (select stream from corrected_in) and a.customer <> all(%(customers)s) and {on_the_page}
)
select {{columns}}
from (select position from keys order by {order} limit %(limit)s) page
join {{audit}} entry using (position)
order by entry.occurred_at {direction}, entry.position {direction}
"""


_PAGE_OF: dict[Order, LiteralString] = {"oldest": _page(">", "asc"), "newest": _page("<", "desc")}
