"""The events of a tenant's log, each with the objects that it is about, by, to and for."""

import json
from collections.abc import Iterator
from typing import Any

from psycopg import sql
from psycopg.rows import dict_row

from api.exporting.events import EVENTS
from api.exporting.exported_table import ROWS_AT_ONCE
from api.exporting.process_mining.objects import agent_id, instance_id, team_id
from api.exporting.process_mining.ocel import EVENT_ATTRIBUTES, EventQualifier, OcelEvent
from api.exporting.progress import Counter
from api.exporting.snapshot import ExportSnapshot
from domain.event_log.database_connections import server_cursor
from domain.event_log.sql_files import sql_file

_SQL = sql_file("api.exporting.process_mining", "process_mining.sql")
Related = list[tuple[str, EventQualifier]]
_OBJECTS = frozenset({"ticket", "customer", "contract"})
"""The kinds of streams that are objects."""
_ALERTS = frozenset({"ticket.sla_warned", "ticket.sla_breached", "ticket.sla_corrected"})


def event_types(snapshot: ExportSnapshot) -> list[str]:
    """The topics of the events that have an object."""
    topics = snapshot.connection.execute(_statement(snapshot, "topics"))
    return [topic for (topic,) in topics.fetchall()]


def events_of(snapshot: ExportSnapshot, counter: Counter) -> Iterator[OcelEvent]:
    """The events that have an object, in the order of the log."""
    with server_cursor(snapshot.connection, "ocel_events", row_factory=dict_row, binary=True) as cursor:
        cursor.itersize = ROWS_AT_ONCE
        for row in counter.of(cursor.execute(_statement(snapshot, "events"))):
            attributes = dict(zip(EVENT_ATTRIBUTES, _attributes(row), strict=True))
            yield OcelEvent(f"event:{row['position']}", row["topic"], row["occurred_at"], attributes, _related(row))


def _statement(snapshot: ExportSnapshot, name: str) -> sql.Composed:
    of_objects = _SQL["of objects"].composed(snapshot.schema, events=EVENTS.select(snapshot))
    return _SQL[name].composed(snapshot.schema, of_objects=of_objects)


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
