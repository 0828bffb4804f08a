"""What was recorded on the survivor of a merge, from the merge until its undoing."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from domain.customer.events import CustomerAbsorbed, CustomerAbsorptionUndone, CustomerMerged, CustomerMergeUndone
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file

_OF_SOURCE = (CustomerMerged, CustomerMergeUndone)
_MERGES = (*_OF_SOURCE, CustomerAbsorbed, CustomerAbsorptionUndone)
_SQL = sql_file("projections.customers", "merging.sql")
MOST = 1_000


@dataclass(slots=True)
class RecordedMeanwhile:
    """An event on the survivor, or the first event of a ticket of the survivor. ``stream`` is what holds it."""

    position: int
    stream: UUID
    version: int
    topic: str
    recorded_at: datetime


def recorded_meanwhile(connection: Connection, tenant: str, customer: UUID, up_to: int) -> list[RecordedMeanwhile]:
    """What was recorded on the survivor from a customer's last merge on, the oldest first; at most MOST.

    It ends with the undoing of the merge. Where the survivor was merged itself meanwhile, its survivor's is listed too.
    Nothing when the customer was never merged.
    """
    own = _merges(connection, tenant, customer, up_to)
    if not own:
        return []
    survivors = [own[-1]]
    for survivor in survivors:  # it grows
        survivors += [
            merge._replace(since=max(merge.since, survivor.since), until=min(merge.until, survivor.until))
            for merge in _merges(connection, tenant, survivor.into, up_to)
            if merge.since < survivor.until and survivor.since < merge.until
        ]
    statement = _SQL["recorded meanwhile"].filled(schema=schema_of(tenant))
    parameters = {
        "customers": [survivor.into for survivor in survivors],
        "since": [survivor.since for survivor in survivors],
        "until": [survivor.until for survivor in survivors],
        "merges": [event_type.topic for event_type in _MERGES],
        "most": MOST,
    }
    with connection.cursor(row_factory=class_row(RecordedMeanwhile)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


class _Merge(NamedTuple):
    """A customer was merged into another between two positions."""

    into: UUID
    since: int
    until: int


def _merges(connection: Connection, tenant: str, customer: UUID, up_to: int) -> list[_Merge]:
    """The merges of a customer, the oldest first."""
    merges: list[_Merge] = []
    for event in reader.stream(connection, tenant, customer, up_to, _OF_SOURCE):
        if isinstance(event.payload, CustomerMerged):
            merges.append(_Merge(event.payload.into, event.position, up_to))
        elif merges:
            merges[-1] = merges[-1]._replace(until=event.position)
    return merges
