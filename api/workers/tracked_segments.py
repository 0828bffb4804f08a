"""The memberships in tracked segments that have changed since they were last recorded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import Connection, sql

from api.workers.due import Due, DueCandidate, DueCommand, JudgedStream
from api.workers.periodic_scan import ANY_TIME, PeriodicScan
from domain.definitions.kind import InEffect
from domain.definitions.kinds import SEGMENT
from domain.definitions.overview import overview
from domain.definitions.published import definition_in_effect
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.segment.commands import RecordMembership
from domain.segment.definition import SegmentDefinition
from domain.segment.events import SegmentEntered, SegmentEvent
from domain.segment.membership import membership_stream
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.table import CUSTOMERS
from projections.engine.checkpoints import position_of
from projections.health.gather import GatheredCustomers, Source
from projections.health.readings import health_at, in_segment

EVERY = timedelta(minutes=1)
"""The time from the beginning of one pass over all customers to that of the next; a long pass delays the next."""


class TrackedSegments:
    """Scans all customers: time alone changes who is in a segment, so no row says who may have moved."""

    def __init__(self) -> None:
        self.scan = PeriodicScan(EVERY)

    def candidates(
        self, connection: Connection, tenant: str, now: datetime, after: DueCandidate, limit: int
    ) -> list[DueCandidate]:
        """All customers by their ids; none while no segment is tracked, or before the next scan."""
        if not self.scan.goes_on(now, after) or not _tracked(reader.definitions(connection, tenant), now):
            return []
        statement = sql.SQL("select customer from {} where customer > %s order by customer limit %s").format(
            sql.Identifier(schema_of(tenant), CUSTOMERS.tables[0].name)
        )
        rows = connection.execute(statement, [after.stream, limit]).fetchall()
        return [DueCandidate(now, customer) for (customer,) in rows]

    def judge(
        self, connection: Connection, tenant: str, customers: Sequence[UUID], now: datetime, _quiet: timedelta
    ) -> list[JudgedStream]:
        """The memberships that differ from the recorded ones; a merged customer is in no segment."""
        up_to = position_of(connection, tenant, [AUDIT_HISTORY, CUSTOMERS])
        gathered = GatheredCustomers(Source(connection, tenant, schema_of(tenant), up_to), customers)
        segments = _tracked(gathered.definitions, now)
        streams = {
            (name, customer): membership_stream(name, customer) for name, _ in segments for customer in customers
        }
        recorded = reader.streams(connection, tenant, list(streams.values()), reader.head(connection, tenant))
        judged = []
        for customer in customers:
            summary = gathered.summary(customer, now)
            if summary is None:
                continue
            due = []
            for name, segment in segments:
                stream = streams[name, customer]
                history = recorded.get(stream, [])
                member = summary.customer == customer and in_segment(
                    segment.body,
                    summary,
                    lambda: health_at(gathered, summary),  # noqa: B023 -- asked for at once
                )
                if member != _was_member(history):
                    command = RecordMembership(
                        segment=name, definition_version=segment.version or 0, customer_id=customer, member=member
                    )
                    command_id = f"segment/{stream}/{len(history) + 1}"
                    due.append(DueCommand(stream, len(history), command_id, command))
            judged.append(JudgedStream(customer, ANY_TIME, due))
        return judged


def _tracked(events: Sequence[RecordedEvent], now: datetime) -> list[tuple[str, InEffect[SegmentDefinition]]]:
    """The tracked segments in effect, each with its name."""
    named = (
        (each.name, definition_in_effect(events, SEGMENT, now, each.name))
        for each in overview(events, now, SEGMENT.name)
    )
    return [(name, segment) for name, segment in named if segment.body.tracked]


def _was_member(history: Sequence[RecordedEvent]) -> bool:
    events = [event.payload for event in history if isinstance(event.payload, SegmentEvent)]
    return bool(events) and isinstance(events[-1], SegmentEntered)


def tracked_segments() -> Due:
    """The row of the due watch's table."""
    looked_at = TrackedSegments()
    return Due("tracked segments", AUDIT_HISTORY, looked_at.candidates, looked_at.judge, looked_at.scan.next_at)
