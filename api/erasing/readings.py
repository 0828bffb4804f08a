"""What is known of an erasure: its steps, its legal holds, its deadlines and its certificate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from pydantic import BaseModel

from api.erasing.persons_streams import closed_streams
from api.sealing.receipt import receipt_of
from domain.due.of_erasures import deadlines_of
from domain.due.time_context import TimeContext
from domain.envelope import RecordedEvent
from domain.erasure import events as e
from domain.erasure.state import BEGUN, Erasure, erasure_stream, evolve
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from projections.scope.tenant_settings import tenant_zones

_SQL = sql_file("api.erasing", "erasing.sql")


class ErasureStep(BaseModel):
    """A step of the workflow: its topic without the aggregate, who recorded it and when, and what it says."""

    step: str
    at: datetime
    by: str
    position: int
    facts: dict[str, Any]


class ErasureReading(BaseModel):
    """An erasure as it stands. ``answer_by`` and ``erase_by`` are the deadlines of an open request."""

    erasure: UUID
    customer: UUID
    version: int
    state: str
    law: str | None
    answer_by: datetime | None
    erase_by: datetime | None
    overdue: bool
    holds: list[str]
    steps: list[ErasureStep]

    @property
    def has_begun(self) -> bool:
        """Whether data has been, or is being, destroyed."""
        return self.state in BEGUN


class Certificate(BaseModel):
    """What was erased, when, by whom and on which basis.

    ``fingerprints`` holds that of each destroyed key by its id; it is empty of a key that was lost before. ``event`` is
    the position of the certificate itself, ``leaf`` its hash in the tree of the log. ``readable`` holds the positions
    whose personal values were stored before encryption. ``given_away`` holds the tickets that belong to another
    customer now, with what was said in them before: they are erased with that customer.
    """

    tenant: str
    erasure: UUID
    customer: UUID
    law: str
    legal_basis: str
    through: str
    requested_at: datetime
    requested_by: str
    verified_at: datetime
    verified_by: str
    verified_how: str
    approved_at: datetime
    approved_by: str
    destroyed_at: datetime
    certified_at: datetime
    certified_by: str
    event: int
    leaf: str
    position: int
    streams: dict[str, int]
    fingerprints: dict[str, str]
    readable: list[int]
    given_away: list[UUID]


def erasure_of(connection: Connection, tenant: str, customer: UUID) -> ErasureReading | None:
    """The erasure of a customer; None when none was requested and no legal hold was placed."""
    states = erasures_of(connection, tenant, [customer])
    return states[0] if states else None


def erasures_of(connection: Connection, tenant: str, customers: Sequence[UUID]) -> list[ErasureReading]:
    """The erasures of some customers; one without a request and without a legal hold is absent."""
    return _read(connection, tenant, [erasure_stream(customer) for customer in customers])


def erasures(connection: Connection, tenant: str) -> list[ErasureReading]:
    """All erasures and legal holds, the oldest first."""
    streams = [stream for (stream,) in connection.execute(_SQL["erasures"].of(tenant)).fetchall()]
    return sorted(_read(connection, tenant, streams), key=lambda each: each.steps[0].position)


def certificate_of(connection: Connection, tenant: str, customer: UUID) -> Certificate | None:
    """The certificate of an erasure; None while it is not certified."""
    stream = erasure_stream(customer)
    history = reader.stream(connection, tenant, stream)
    last = {type(event.payload): event for event in history}
    if e.ErasureCertified not in last:
        return None
    requested, verified, approved = (last[kind] for kind in (e.ErasureRequested, e.ErasureVerified, e.ErasureApproved))
    destroyed, certified = last[e.KeysDestroyed], last[e.ErasureCertified]
    receipt = receipt_of(connection, tenant, certified.position)
    assert receipt is not None  # noqa: S101 -- the event was read before
    return Certificate(
        tenant=tenant,
        erasure=stream,
        customer=customer,
        law=requested.payload.law,
        legal_basis=requested.payload.legal_basis,
        through=requested.payload.through,
        requested_at=requested.occurred_at,
        requested_by=requested.payload.by,
        verified_at=verified.occurred_at,
        verified_by=verified.payload.by,
        verified_how=verified.payload.how,
        approved_at=approved.occurred_at,
        approved_by=approved.payload.by,
        destroyed_at=destroyed.recorded_at,
        certified_at=certified.recorded_at,
        certified_by=certified.envelope.actor.person,
        event=certified.position,
        leaf=receipt.leaf,
        position=certified.payload.position,
        streams=certified.payload.streams,
        fingerprints=destroyed.payload.fingerprints,
        readable=list(destroyed.payload.readable),
        given_away=_given_away(connection, tenant, stream),
    )


def _given_away(connection: Connection, tenant: str, erasure: UUID) -> list[UUID]:
    closed = closed_streams(connection, tenant, [erasure])[erasure]
    customers = [stream for stream, kind in closed.items() if kind == "customer"]
    rows = connection.execute(_SQL["tickets given away"].of(tenant), {"customers": customers}).fetchall()
    return [ticket for (ticket,) in rows]


def _read(connection: Connection, tenant: str, streams: Sequence[UUID]) -> list[ErasureReading]:
    now, zone_at = reader.now(connection), tenant_zones(connection, tenant)
    histories = reader.streams(connection, tenant, streams, reader.head(connection, tenant))
    context = TimeContext(zone_at=zone_at)
    return [_reading(history, now, context) for history in histories.values()]


def _reading(history: Sequence[RecordedEvent], now: datetime, context: TimeContext) -> ErasureReading:
    erasure = Erasure()
    history = [event for event in history if isinstance(event.payload, e.ErasureEvent)]
    for event in history:
        erasure = evolve(erasure, event.payload, event.occurred_at)
    deadlines = None
    if erasure.open and erasure.requested_at is not None:
        deadlines = deadlines_of(erasure.law, erasure.requested_at, context)
    today = context.local_day(now)
    return ErasureReading(
        erasure=history[0].stream,
        customer=history[0].payload.customer_id,
        version=len(history),
        state=erasure.state,
        law=erasure.law or None,
        answer_by=deadlines and deadlines.answer_by,
        erase_by=deadlines and deadlines.erase_by,
        overdue=deadlines is not None and now > deadlines.erase_by,
        holds=[f"{hold.hold}: {hold.why}" for hold in erasure.holds if hold.until is None or today <= hold.until],
        steps=[
            ErasureStep(
                step=event.topic.partition(".")[2],
                at=event.occurred_at,
                by=event.envelope.actor.person,
                position=event.position,
                facts=event.payload.model_dump(mode="json"),
            )
            for event in history
        ],
    )
