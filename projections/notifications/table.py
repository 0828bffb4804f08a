"""A row for each notification: its request, its state, and when the next attempt may begin."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from domain.notification import events as e
from domain.notification.state import Notification, State, evolve
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import BigInt, ClampedInt, Table

_OWN = frozenset(get_args(e.NotificationEvent))
STATES = tuple(state for state in get_args(State) if state != "none")


@dataclass(slots=True)
class NotificationRow:
    """``state`` is waiting, attempting, handed_over, delivered, uncertain, failed or suppressed.

    ``recipient`` is the id of a customer or the name of an agent, a team or an endpoint. ``position`` is that of the
    request. ``next_at`` is when the next attempt may begin; None: none follows by itself. ``attempt`` is the last one,
    which began at ``attempt_at``. ``ended_at`` is the instant of the outcome: of what reached the receiver that of the
    hand-over, whenever it is confirmed. ``why`` is the code of the last failure, postponement or suppression.
    """

    notification: UUID
    version: int
    position: BigInt
    state: str
    to_kind: str
    recipient: str
    customer: UUID | None
    channel: str
    purpose: str
    template: str
    template_version: int
    language: str
    about: UUID | None
    about_kind: str | None
    rule: str | None
    importance: int
    requested_at: datetime
    not_after: datetime | None
    next_at: datetime | None
    attempt: ClampedInt
    attempt_at: datetime | None
    ended_at: datetime | None
    address: str | None
    provider_id: str | None
    why: str | None


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[NotificationRow]:
    """The row of one notification; none before its request. Events of other packages on its stream change nothing."""
    request = stream.all[0]
    requested = request.payload
    if not isinstance(requested, e.NotificationRequested):
        return
    state, attempt_at, ended_at = Notification(), None, None
    address = provider_id = why = None
    for event in stream.all:
        payload, at = event.payload, event.occurred_at
        if type(payload) not in _OWN:
            continue
        before, state = state, evolve(state, payload, at)
        if (before.state, state.state) != ("handed_over", "delivered"):
            ended_at = None if state.next_at or state.state == "attempting" else at
        match payload:
            case e.AttemptStarted():
                attempt_at, address = at, payload.address
            case e.NotificationHandedOver():
                provider_id, why = payload.provider_id, None
            case e.NotificationFailed() | e.NotificationPostponed() | e.NotificationSuppressed():
                why = payload.why
            case _:
                why = None
    yield NotificationRow(
        notification=request.stream,
        version=stream.all[-1].version,
        position=request.position,
        state=state.state,
        to_kind=requested.to_kind,
        recipient=requested.to,
        customer=requested.customer_id,
        channel=requested.channel,
        purpose=requested.purpose,
        template=requested.template,
        template_version=requested.template_version,
        language=requested.language,
        about=requested.about,
        about_kind=requested.about_kind,
        rule=requested.rule,
        importance=requested.importance,
        requested_at=request.occurred_at,
        not_after=requested.not_after,
        next_at=None if stream.erased else state.next_at,
        attempt=state.attempt,
        attempt_at=attempt_at,
        ended_at=ended_at,
        address=address,
        provider_id=provider_id,
        why=why,
    )


NOTIFICATIONS = Projection(
    name="notifications",
    version=5,
    kinds=frozenset({"notification"}),
    tables=(
        Table(
            "notifications",
            NotificationRow,
            key=("notification",),
            indexes=(
                "(channel, next_at, position) where next_at is not null and channel <> 'webhook'",
                "(recipient, next_at, position) where next_at is not null and channel = 'webhook'",
                "(attempt_at) where state = 'attempting'",
                "(customer, attempt_at)",
                "(customer) where next_at is not null",
                "(address, ended_at) where why = 'bounced'",
                "(about) where about is not null",
                "(state, position)",
                "(position)",
            ),
        ),
    ),
    fold=fold,
)
