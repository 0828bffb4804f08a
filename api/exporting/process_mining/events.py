"""The events of a tenant's log, each with the objects that it is about, by, to and for."""

import json
from collections.abc import Iterator
from typing import Any, LiteralString

from psycopg import sql
from psycopg.rows import dict_row

from api.exporting.events import EVENTS
from api.exporting.exported_table import ROWS_AT_ONCE
from api.exporting.process_mining.objects import agent_id, instance_id, team_id
from api.exporting.process_mining.ocel import EVENT_ATTRIBUTES, EventQualifier, OcelEvent
from api.exporting.progress import Counter
from api.exporting.snapshot import ExportSnapshot

Related = list[tuple[str, EventQualifier]]
_OBJECTS = frozenset({"ticket", "customer", "contract"})
"""The kinds of streams that are objects."""
_ALERTS = frozenset({"ticket.sla_warned", "ticket.sla_breached", "ticket.sla_corrected"})


def event_types(snapshot: ExportSnapshot) -> list[str]:
    """The topics of the events that have an object."""
    topics = snapshot.connection.execute(_statement(snapshot, "select distinct e.topic {of_objects} order by topic"))
    return [topic for (topic,) in topics.fetchall()]


def events_of(snapshot: ExportSnapshot, counter: Counter) -> Iterator[OcelEvent]:
    """The events that have an object, in the order of the log."""
    with snapshot.connection.cursor("ocel_events", row_factory=dict_row, binary=True) as cursor:
        cursor.itersize = ROWS_AT_ONCE
        for row in counter.of(cursor.execute(_statement(snapshot, _EVENTS))):
            attributes = dict(zip(EVENT_ATTRIBUTES, _attributes(row), strict=True))
            yield OcelEvent(f"event:{row['position']}", row["topic"], row["occurred_at"], attributes, _related(row))


def _statement(snapshot: ExportSnapshot, statement: LiteralString) -> sql.Composed:
    of_objects = sql.SQL(_OF_OBJECTS).format(events=EVENTS.select(snapshot), schema=sql.Identifier(snapshot.schema))
    return sql.SQL(statement).format(of_objects=of_objects, schema=sql.Identifier(snapshot.schema))


def _attributes(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["position"], row["recorded_at"], row["actor_id"], row["actor_kind"]


def _related(row: dict[str, Any]) -> Related:
    payload: dict[str, Any] = json.loads(row["payload"])
    kind = row["topic"].partition(".")[0]
    related: Related = [(str(row["stream"]), "about")] if kind in _OBJECTS else []
    if kind == "ticket":
        related += [(instance_id(row["stream"], target, row["version"]), "about") for target in row["activated"] or ()]
        if row["topic"] in _ALERTS and row["has_instance"]:
            related.append((instance_id(row["stream"], payload["target"], payload["activated_by"]), "about"))
    elif kind not in _OBJECTS and payload.get("customer_id"):
        related.append((payload["customer_id"], "about"))
    if row["actor_kind"] == "agent":
        related.append((agent_id(row["actor_id"]), "by"))
    match row["topic"]:
        case "ticket.assigned":
            related += [(team_id(payload["team"]), "to")] if payload["team"] else []
            related += [(agent_id(payload["agent"]), "to")] if payload["agent"] else []
        case "ticket.escalated":
            related.append((team_id(payload["to"]), "to"))
        case _:
            pass
    related += [(str(row[owner]), "for") for owner in ("customer", "organisation") if row[owner]]
    return list(dict.fromkeys(related))


_OF_OBJECTS: LiteralString = """
from ({events}) e
left join {schema}.tickets t on t.ticket = e.stream
left join {schema}.contracts c on c.contract = e.stream
where case split_part(e.topic, '.', 1)
    when 'ticket' then t.ticket is not null
    when 'contract' then c.contract is not null
    when 'customer' then true
    else e.payload::json ->> 'customer_id' is not null
end
"""
_EVENTS: LiteralString = """
select e.*, activated.targets as activated, alerted.ticket is not null as has_instance
from (select e.*, coalesce(t.customer, c.customer) as customer, t.organisation {of_objects}) e
left join (
    select ticket, activated_by, array_agg(target order by target) as targets
    from {schema}.sla_clocks group by ticket, activated_by
) activated on activated.ticket = e.stream and activated.activated_by = e.version
left join {schema}.sla_clocks alerted on starts_with(e.topic, 'ticket.sla_') and alerted.ticket = e.stream
    and alerted.target = e.payload::json ->> 'target'
    and alerted.activated_by = (e.payload::json ->> 'activated_by')::integer
order by e.position
"""
