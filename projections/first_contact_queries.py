"""First contact resolution and repeat contacts: by period and dimension, and the tickets behind each number."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, LiteralString, get_args
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from projections.conditions import MOST
from projections.report_scope import Figures, ReportScope, Share, groups

WINDOW = timedelta(days=7)
"""How long a resolution must hold: what comes back up to and including its end counts against it."""

Variant = Literal["headline", "gross", "one_touch", "no_recontact", "one_owner", "customer_confirmed"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)


class FirstContactFigures(Figures):
    """Of the tickets first resolved in the scope, each share's denominator unless said otherwise.

    ``final``: those whose 7 days are over; ``provisional``: the others, whose answer may still change.

    - headline (MetricNet net FCR): on first contact, and within 7 days not reopened and no new ticket of the same
      customer and category; of those resolvable at first level.
    - gross (MetricNet): on first contact, whatever came later; of all, whether resolvable at first level or not.
    - one_touch (Zendesk): at most one public reply by a person, up to 7 days after the resolution.
    - no_recontact (Freshservice): no customer message after the one that opened it, up to 7 days after the resolution.
    - one_owner (HDI first level resolution): one agent at most, and never queued, up to the resolution.
    - customer_confirmed: on first contact, and closed by the customer within 7 days.
    """

    resolved: int
    final: int
    provisional: int
    headline: Share
    gross: Share
    one_touch: Share
    no_recontact: Share
    one_owner: Share
    customer_confirmed: Share


class JudgedTicket(BaseModel):
    """One resolved ticket and what it counts as; ``came_back_as`` is the first new ticket that counts against it."""

    model_config = ConfigDict(frozen=True)

    ticket: UUID
    resolved_at: datetime
    final: bool
    resolvable: bool
    headline: bool
    gross: bool
    one_touch: bool
    no_recontact: bool
    one_owner: bool
    customer_confirmed: bool
    reopened_at: datetime | None
    came_back_as: UUID | None


class RepeatFigures(BaseModel):
    """``repeated``: customers with another ticket of the same category within 7 days of one received in the period, of
    all customers with a ticket received in it. ``provisional``: those not among them with a ticket younger than that.
    """

    model_config = ConfigDict(frozen=True)

    repeated: Share
    provisional: int


def first_contact_resolution(
    connection: Connection, schema: str, scope: ReportScope, *, now: datetime
) -> list[FirstContactFigures]:
    """The headline and every variant, side by side, by the period of the first resolution."""
    shares = sql.SQL(", ").join(
        sql.SQL("count(*) filter (where {0}) as {0}").format(sql.Identifier(variant)) for variant in VARIANTS
    )
    statement = sql.SQL(
        "select {names}, count(*) as resolved, count(*) filter (where resolvable) as resolvable,"
        " count(*) filter (where final) as final, {shares}"
        " from (select *, {period} from ({judged}) judged) grouped group by {keys} order by {keys}"
    ).format(
        names=scope.names,
        keys=scope.keys,
        period=scope.period("resolved_at"),
        judged=_judged(schema, scope, now),
        shares=shares,
    )
    return [
        FirstContactFigures(
            **scope.group(row),
            resolved=row["resolved"],
            final=row["final"],
            provisional=row["resolved"] - row["final"],
            **_shares(row),
        )
        for row in groups(connection, statement, scope.by)
    ]


def _shares(row: Mapping[str, int]) -> dict[str, Any]:
    return {
        name: Share(numerator=row[name], denominator=row["resolvable" if name == "headline" else "resolved"])
        for name in VARIANTS
    }


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
    statement = sql.SQL(
        "select {columns} from ({judged}) judged where {part}"
        " and (%(at)s::timestamptz is null or (resolved_at, ticket) > (%(at)s, %(ticket)s::uuid))"
        " order by resolved_at, ticket limit %(limit)s"
    ).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, JudgedTicket.model_fields)),
        judged=_judged(schema, scope, now),
        part=sql.Identifier(variant)
        if part == "numerator"
        else sql.SQL("resolvable" if variant == "headline" else "true"),
    )
    at, ticket = after or (None, None)
    parameters = {"at": at, "ticket": ticket, "limit": min(limit, MOST)}
    with connection.cursor(row_factory=class_row(JudgedTicket)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def repeat_rate(connection: Connection, schema: str, start: datetime, end: datetime, *, now: datetime) -> RepeatFigures:
    """Customers who came back with the same, for tickets received from ``start`` up to but not including ``end``."""
    statement = sql.SQL(
        """
        select count(*) filter (where repeated), count(*), count(*) filter (where young and not repeated) from (
            select bool_or(exists(
                    select from {table} o
                    where o.customer = f.customer and o.ticket <> f.ticket
                    and coalesce(o.folded[4], o.category) = coalesce(f.folded[4], f.category)
                    and o.received_at between f.received_at and f.received_at + make_interval(secs => %(window)s)
                )) as repeated,
                bool_or(f.received_at + make_interval(secs => %(window)s) >= %(now)s) as young
            from {table} f where f.received_at >= %(start)s and f.received_at < %(end)s
            group by f.customer
        ) customers
        """
    ).format(table=sql.Identifier(schema, "first_contact"))
    parameters = {"window": WINDOW.total_seconds(), "start": start, "end": end, "now": now}
    repeated, customers, provisional = connection.execute(statement, parameters).fetchall()[0]
    return RepeatFigures(repeated=Share(numerator=repeated, denominator=customers), provisional=provisional)


_JUDGED: LiteralString = """
select f.*,
    until < {now} as final,
    on_first_contact and resolvable and came_back_as is null and coalesce(reopened_at > until, true) as headline,
    on_first_contact as gross,
    coalesce(second_answer_at > until, true) as one_touch,
    coalesce(wrote_again_at > until, true) as no_recontact,
    on_first_contact and coalesce(confirmed_at <= until, false) as customer_confirmed,
    came_back_as
from (
    select *, resolved_at + make_interval(secs => {window}) as until from {table} where {covers}
) f
left join lateral (
    select o.ticket as came_back_as from {table} o
    where o.customer = f.customer and o.ticket <> f.ticket
    and coalesce(o.folded[4], o.category) = coalesce(f.folded[4], f.category)
    and o.received_at > f.resolved_at and o.received_at <= f.until
    order by o.received_at, o.ticket limit 1
) returned on true
"""


def _judged(schema: str, scope: ReportScope, now: datetime) -> sql.Composed:
    """One row a ticket first resolved in the scope, with every answer. Seven days are 168 hours, in any zone."""
    return sql.SQL(_JUDGED).format(
        table=sql.Identifier(schema, "first_contact"),
        covers=scope.covers("resolved_at"),
        now=sql.Literal(now),
        window=sql.Literal(WINDOW.total_seconds()),
    )
