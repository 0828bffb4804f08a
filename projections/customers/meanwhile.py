"""What was recorded on the survivor of a merge, from the merge until its undoing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from domain.customer.events import CustomerMerged, CustomerMergeUndone
from domain.event_log import reader
from domain.event_log.schema import schema_of

_RECORDED = """
    select position, stream, version, topic, recorded_at from {events}
    where stream = %(survivor)s and position > %(merged)s and position <= %(until)s
        and topic not in ('customer.absorbed', 'customer.absorption_undone')
    union all
    select e.position, e.stream, e.version, e.topic, e.recorded_at
    from {tickets} t join {events} e on e.stream = t.ticket and e.version = 1
    where t.customer = %(survivor)s and e.position > %(merged)s and e.position <= %(until)s
    order by position
    limit %(most)s
"""
MOST = 1_000


@dataclass(slots=True)
class RecordedMeanwhile:
    """An event on the survivor, or the first event of a ticket of the survivor. ``stream`` is what holds it."""

    position: int
    stream: UUID
    version: int
    topic: str
    recorded_at: datetime


def recorded_meanwhile(
    connection: Connection, tenant: str, customer: UUID, up_to: int
) -> list[RecordedMeanwhile] | None:
    """What was recorded on the survivor of a customer's last merge, the oldest first; at most MOST.

    It ends with the undoing of the merge. None when the customer was never merged.
    """
    history = reader.streams(connection, tenant, [customer], up_to).get(customer, [])
    merge = next((event for event in reversed(history) if isinstance(event.payload, CustomerMerged)), None)
    if merge is None:
        return None
    undone = (event.position for event in history if isinstance(event.payload, CustomerMergeUndone))
    until = next((position for position in undone if position > merge.position), up_to)
    schema = schema_of(tenant)
    statement = sql.SQL(_RECORDED).format(
        events=sql.Identifier(schema, "events"), tickets=sql.Identifier(schema, "tickets")
    )
    bounds = {"survivor": merge.payload.into, "merged": merge.position, "until": until, "most": MOST}
    with connection.cursor(row_factory=class_row(RecordedMeanwhile)) as cursor:
        return cursor.execute(statement, bounds).fetchall()
