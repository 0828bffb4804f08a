"""Which streams had other rows at another instant than they have now: all others need not be folded again.

A stream has other rows when one of its events is not among those of the instant, when one of them is not among the live
rows yet, or when a stream that it reads beside its own has such an event. Rules that are published later change no row:
what an event brings is judged by the versions that were recorded before it. Where a fold reads them for all streams of
a kind, as those of timers, these differ only when the rules were not known yet.
"""

from collections.abc import Collection
from datetime import datetime

from psycopg import Connection, sql

from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from projections.audit_history.table import AUDIT_HISTORY
from projections.engine.checkpoints import position_of
from projections.engine.projection import Enrichment, Projection

_SQL = sql_file("projections.point_in_time", "point_in_time.sql")
CHANGED = sql.Identifier("pg_temp", "changed_streams")


def find_changed_streams(
    connection: Connection,
    tenant: str,
    projections: Collection[Projection],
    up_to: int,
    as_of: datetime | None,
    without: Collection[int] = (),
) -> None:
    """Makes the table CHANGED: the streams that differ, and whether they had events then.

    ``without`` holds the positions of events that are left out of all that is known.

    Live rows may be of different positions, so each stream with an event after the slowest of them is among them.
    The rows are those of one snapshot: the transaction must be repeatable read. Raises ProjectionOutdated when they are
    not there.
    """
    live = position_of(connection, tenant, [AUDIT_HISTORY, *projections])
    schema = schema_of(tenant)
    connection.execute(
        _SQL["changed streams without" if without else "changed streams"].composed(
            schema,
            changed=CHANGED,
            up_to=sql.Literal(up_to),
            live=sql.Literal(live),
            happened=sql.SQL("true" if as_of is None else "occurred_at <= {}").format(sql.Literal(as_of)),
            without=sql.Literal(list(without)),
        )
    )
    for projection in projections:
        if projection.enrichment is not None:
            _add_dependents(connection, tenant, projection.enrichment, up_to, live)


def _add_dependents(connection: Connection, tenant: str, enrichment: Enrichment, up_to: int, live: int) -> None:
    """Adds the streams whose rows depend on related streams that differ.

    No instant of the world cuts what is published, only the position ``up_to``.
    """
    types = enrichment.related_types
    related = connection.execute(
        _SQL["related streams"].composed(
            schema_of(tenant),
            changed=CHANGED,
            read=sql.SQL("true" if types is None else "topic = any({})").format(
                sql.Literal([event_type.topic for event_type in types or ()])
            ),
            published=sql.Literal(sorted(reader.PUBLISHED)),
            common=sql.Literal(min(up_to, live)),
        )
    ).fetchall()
    if not related:
        return
    rules = reader.rules(connection, tenant, up_to)
    dependents = enrichment.dependents(connection, schema_of(tenant), rules, {stream for (stream,) in related})
    connection.execute(
        sql.SQL(
            "insert into {} select unnest({}::uuid[]), true on conflict (stream) do update set had_events = true"
        ).format(CHANGED, sql.Literal(list(dependents)))
    )
