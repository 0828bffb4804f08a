"""First contact resolution and repeat contacts: by period and dimension, and the tickets behind each number."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, get_args
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row, dict_row
from pydantic import BaseModel, ConfigDict

from domain.event_log.sql_files import sql_file
from projections.customers.survivors import SamePerson, same_person
from projections.scope.exclusions import (
    NO_CONTACT,
    NOT_AS_RESOLVED,
    LeftOut,
    counts_of,
    is_left_out,
    left_out,
    populations,
)
from projections.scope.filters import MOST
from projections.scope.report_scope import Figures, ReportScope, Share, groups

_SQL = sql_file("projections.first_contact", "first_contact.sql")
WINDOW = timedelta(days=7)
"""How long a resolution must hold: what comes back up to and including its end counts against it."""
WINDOW_IN_SQL = sql.SQL("make_interval(secs => {})").format(WINDOW.total_seconds())

Variant = Literal["headline", "gross", "one_touch", "no_recontact", "one_owner", "customer_confirmed"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)


class FirstContactFigures(Figures):
    """Of the tickets first resolved in the scope, each share's denominator unless said otherwise.

    ``final``: those whose 7 days are over; ``provisional``: the others, whose answer may still change. ``left_out``:
    tickets that do not count as resolved, in the period in which they left the backlog. ``unknown``: imported without
    messages; they are outside the denominators of one_touch, no_recontact and customer_confirmed. What a customer
    wrote on a ticket that was merged into another counts as written on that one. ``told_late``: of them all, those with
    a fact told more than 7 days after it happened.

    - headline (MetricNet net FCR): on first contact, and within 7 days not reopened and no new ticket of the same
      customer and category; of those resolvable at first level.
    - gross (MetricNet): on first contact, whatever came later; of all, whether resolvable at first level or not.
    - one_touch (Zendesk): at most one public reply by a person, up to 7 days after the resolution.
    - no_recontact (Freshservice): no customer message after the one that opened it, up to 7 days after the resolution.
    - one_owner (HDI first level resolution): exactly one agent, and never queued, up to the resolution.
    - customer_confirmed: on first contact, and closed by the customer within 7 days.
    """

    resolved: int
    final: int
    provisional: int
    left_out: LeftOut
    unknown: int
    told_late: Share
    headline: Share
    gross: Share
    one_touch: Share
    no_recontact: Share
    one_owner: Share
    customer_confirmed: Share


class JudgedTicket(BaseModel):
    """One resolved ticket and what it counts as: True in both numbers of a share, False in the denominator alone, None
    in neither. ``came_back_as`` is the first new ticket that counts against it.
    """

    model_config = ConfigDict(frozen=True)

    ticket: UUID
    resolved_at: datetime
    final: bool
    resolvable: bool
    messages_known: bool
    told_late: bool
    headline: bool | None
    gross: bool
    one_touch: bool | None
    no_recontact: bool | None
    one_owner: bool
    customer_confirmed: bool | None
    reopened_at: datetime | None
    came_back_as: UUID | None


class RepeatFigures(BaseModel):
    """``repeated``: customers with another ticket of the same category within 7 days of one received in the period, of
    all customers with a ticket received in it. ``provisional``: those not among them with a ticket younger than that.
    ``left_out``: tickets received in the period that are no contact of their own. ``told_late``: of the other tickets
    received in it, those with a fact told more than 7 days after it happened.
    """

    model_config = ConfigDict(frozen=True)

    repeated: Share
    provisional: int
    left_out: LeftOut
    told_late: Share


def first_contact_resolution(
    connection: Connection, schema: str, scope: ReportScope, *, now: datetime
) -> list[FirstContactFigures]:
    """The headline and every variant, side by side, by the period of the first resolution."""
    shares = sql.SQL(", ").join(
        sql.SQL(
            "count(*) filter (where {0} and left_out is null) as {0},"
            " count(*) filter (where {0} is not null and left_out is null) as {1}"
        ).format(sql.Identifier(variant), sql.Identifier(f"of_{variant}"))
        for variant in VARIANTS
    )
    statement = _SQL["figures"].composed(
        schema,
        names=scope.names,
        keys=scope.keys,
        period=scope.period("counts_at"),
        judged=judged_tickets(connection, schema, scope, counted_and_left_out(schema, scope), now),
        left_out=counts_of(NOT_AS_RESOLVED),
        shares=shares,
    )
    return [
        FirstContactFigures(
            **scope.group(row),
            resolved=row["resolved"],
            final=row["final"],
            provisional=row["resolved"] - row["final"],
            left_out=left_out(row, NOT_AS_RESOLVED),
            unknown=row["unknown"],
            told_late=Share(numerator=row["told_late"], denominator=row["resolved"]),
            **_shares(row),
        )
        for row in groups(connection, statement, scope.by)
    ]


def _shares(row: Mapping[str, int]) -> dict[str, Any]:
    return {variant: Share(numerator=row[variant], denominator=row[f"of_{variant}"]) for variant in VARIANTS}


def first_contact_tickets(
    connection: Connection,
    schema: str,
    scope: ReportScope,
    *,
    now: datetime,
    variant: Variant,
    part: Literal["numerator", "denominator"] = "denominator",
    after: tuple[datetime, UUID] | None = None,
    limit: int = 100,
) -> list[JudgedTicket]:
    """The tickets that a share counts, oldest resolution first, behind the (resolved_at, ticket) ``after``.

    The group is narrowed down by ``scope.where``. ``limit``: at least 1, more than MOST counts as MOST.
    """
    statement = _SQL["tickets behind"].composed(
        schema,
        columns=sql.SQL(", ").join(map(sql.Identifier, JudgedTicket.model_fields)),
        judged=judged_tickets(connection, schema, scope, _counted(schema, scope), now),
        part=sql.SQL("{}" if part == "numerator" else "{} is not null").format(sql.Identifier(variant)),
    )
    at, ticket = after or (None, None)
    parameters = {"at": at, "ticket": ticket, "limit": min(limit, MOST)}
    with connection.cursor(row_factory=class_row(JudgedTicket)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def repeat_rate(connection: Connection, schema: str, start: datetime, end: datetime, *, now: datetime) -> RepeatFigures:
    """Customers who came back with the same, for tickets received from ``start`` up to but not including ``end``.

    Customers who were merged into one survivor are one customer.
    """
    person = same_person(connection, schema)
    statement = _SQL["repeats"].composed(
        schema,
        families=person.families,
        joined=person.joined,
        survivor=person.survivor,
        repeated=repeated_contacts(schema, person, start, end),
        start=sql.Literal(start),
        end=sql.Literal(end),
        now=sql.Literal(now),
        window=WINDOW_IN_SQL,
        no_contact=is_left_out(NO_CONTACT),
        left_out=counts_of(NO_CONTACT),
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        (row,) = cursor.execute(statement).fetchall()
    return RepeatFigures(
        repeated=Share(numerator=row["repeated"], denominator=row["customers"]),
        provisional=row["provisional"],
        left_out=left_out(row, NO_CONTACT),
        told_late=Share(numerator=row["told_late"], denominator=row["tickets"]),
    )


def repeated_contacts(schema: str, person: SamePerson, start: datetime, end: datetime) -> sql.Composed:
    """The contacts received in an interval with another one of the same person and category within the window."""
    return _SQL["repeated"].composed(schema, contacts=_contacts(schema, person, start, end), window=WINDOW_IN_SQL)


def _contacts(schema: str, person: SamePerson, start: datetime, end: datetime) -> sql.Composed:
    return _SQL["contacts"].composed(
        schema,
        joined=person.joined,
        survivor=person.survivor,
        start=sql.Literal(start),
        end=sql.Literal(end),
        window=WINDOW_IN_SQL,
        no_contact=is_left_out(NO_CONTACT),
    )


def judged_tickets(
    connection: Connection, schema: str, scope: ReportScope, rows: sql.Composable, now: datetime
) -> sql.Composed:
    """A row for each ticket, with every variant. Seven days are 168 hours, in any zone.

    A customer is all that were merged into one survivor.

    ``wrote_elsewhere_at``: of a ticket with others merged into it, the first further message; it is the receipt where
    they were written before it. What came back is asked for in the columns that say it, so that a statement that reads
    none of them does not ask.
    """
    person = same_person(connection, schema)
    came_back = _SQL["came back"].composed(
        schema, same=person.same, window=WINDOW_IN_SQL, other_is_no_contact=is_left_out(NO_CONTACT, "o")
    )
    return _SQL["judged"].composed(
        schema,
        families=person.families,
        joined=person.joined,
        start=sql.Literal(scope.start),
        came_back=came_back,
        followed_by_another=_SQL["followed by another"].composed(
            schema,
            contacts=_contacts(schema, person, scope.start, scope.end),
            joined=person.joined,
            window=WINDOW_IN_SQL,
            came_back=came_back,
        ),
        rows=rows,
        now=sql.Literal(now),
        window=WINDOW_IN_SQL,
    )


def _counted(schema: str, scope: ReportScope) -> sql.Composed:
    """The tickets first resolved in the scope that count as resolved."""
    return sql.SQL(
        "select *, resolved_at as counts_at, null as left_out from {table} where {covers} and not {uncounted}"
    ).format(table=sql.Identifier(schema, "first_contact"), **populations(scope))


def counted_and_left_out(schema: str, scope: ReportScope) -> sql.Composed:
    """The same, and the tickets that left the backlog in the scope and do not count."""
    return sql.SQL("{counted} union all select *, left_at, outcome from {table} where {left} and {uncounted}").format(
        counted=_counted(schema, scope),
        table=sql.Identifier(schema, "first_contact"),
        **populations(scope),
    )
