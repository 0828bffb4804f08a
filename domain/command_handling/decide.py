"""Decides a command on the states of its streams."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.command_handling.aggregates import aggregate_of
from domain.command_handling.command_request import CommandRequest
from domain.command_handling.handler import Aggregate, Further, WithReason
from domain.envelope import NewEvent, RecordedEvent, new_envelope
from domain.erasure.events import PersonalDataErased
from domain.errors import LedgerError
from domain.ids import new_id_text
from domain.refusal import Refusal
from domain.sla.calendar.microseconds import duration_in_microseconds, duration_text

FUTURE_SECONDS = 300
"""How far ``occurred_at`` may lie ahead of the desk's clock."""


class StaleVersion(LedgerError):  # noqa: N818 -- names the state of things
    """The stream is not at the version that the caller has read (If-Match)."""

    kind = "stale"

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"the stream is at version {actual}, not {expected}; read it again and decide anew")
        self.expected = expected
        self.actual = actual

    @property
    def facts(self) -> Mapping[str, object]:
        return {"expected": self.expected, "actual": self.actual}


class BackDated(LedgerError):  # noqa: N818 -- names what was given
    """``occurred_at`` lies further in the past than the caller may date back."""

    kind = "forbidden"

    def __init__(self, most: timedelta) -> None:
        bound = duration_text(duration_in_microseconds(most))
        super().__init__(
            f"occurred_at lies further back than the {bound} that this key may date back: leave it out, or use a key"
            " that dates back further (keys create --back-dating)"
        )
        self.most = most

    @property
    def facts(self) -> Mapping[str, object]:
        return {"code": "back_dated", "most_seconds": int(self.most.total_seconds())}


class StreamState(NamedTuple):
    """The state of a stream at a version; ``kind`` names its aggregate.

    ``erased``: it belonged to a person whose data was erased. Its state is empty, and it takes no more commands.
    """

    kind: str
    state: Any
    version: int
    erased: bool = False


class StreamsMissing(Exception):  # noqa: N818 -- names the state of things
    """The decision reads ``streams``, which are not loaded."""

    def __init__(self, streams: Collection[UUID]) -> None:
        super().__init__(f"{len(streams)} streams are not loaded")
        self.streams = streams


EMPTY = StreamState("", None, 0)
"""A stream without events. It may become a stream of any aggregate."""


class Decision(NamedTuple):
    """The events of one command in order, and the states of its streams after them."""

    events: list[NewEvent]
    after: dict[UUID, StreamState]


def fold(before: StreamState, events: Sequence[RecordedEvent]) -> StreamState:
    """The state after more events of one stream; ``before`` is EMPTY when they are its first."""
    if not events:
        return before
    aggregate = aggregate_of(events[0].kind if before is EMPTY else before.kind)
    state, erased = (aggregate.initial, False) if before is EMPTY else (before.state, before.erased)
    for event in events:
        state = aggregate.after(state, event.payload, event.occurred_at)
        erased = erased or _erases(aggregate, event.payload)
    return StreamState(aggregate.kind, aggregate.initial if erased else state, before.version + len(events), erased)


def decide_command(request: CommandRequest, states: Mapping[UUID, StreamState], now: datetime) -> Decision:
    """Decides a command on the states of its streams. Raises Refusal, StaleVersion, BackDated or StreamsMissing."""
    command, context = request.command, request.context
    if context.expected_version is not None:
        _check_version(context.expected_version, states[request.stream].version)
    at = now
    if command.occurred_at is not None:
        at = command.occurred_at
        _check_instant(at, now, context.back_dating)
    parts = [(stream, _as_kind(aggregate, stream, states[stream])) for stream, aggregate in request.parts]
    after = dict(parts)
    before: Sequence[Any] | Mapping[UUID, Any] = [part.state for _, part in parts]
    if request.handler.further is not None:
        after = _with_further(request, request.handler.further, after, states)
        before = {stream: each.state for stream, each in after.items()}
    events = []
    for known_as, decided, occurred_at in request.handler.decide(command, request.stream, before, context.actor, at):
        stream = request.stored_ids.get(known_as, known_as) if request.stored_ids else known_as
        payload, reason = decided if type(decided) is WithReason else (decided, command.reason)
        kind, state, version, _ = after[stream]
        envelope = new_envelope(
            new_id_text(),
            payload,
            occurred_at=occurred_at,
            actor=context.actor,
            command_id=context.command_id,
            origin=context.origin,
            reason=reason,
            correlation_id=context.correlation_id,
            causation_id=context.causation_id,
            depth=context.depth,
        )
        events.append(NewEvent(stream, version + 1, envelope, payload))
        aggregate = aggregate_of(kind)
        if _erases(aggregate, payload):
            after[stream] = StreamState(kind, aggregate.initial, version + 1, erased=True)
        else:
            after[stream] = StreamState(kind, aggregate.after(state, payload, occurred_at), version + 1)
    return Decision(events, after)


def _erases(aggregate: Aggregate, payload: Any) -> bool:
    """Whether an event closes its stream for good."""
    return type(payload) is PersonalDataErased and aggregate.without is None


def _with_further(
    request: CommandRequest, further: Further, known: dict[UUID, StreamState], states: Mapping[UUID, StreamState]
) -> dict[UUID, StreamState]:
    """The states of the parts, then those of the streams that states name. Raises StreamsMissing."""
    while True:
        named = further(request.stream, request.command, {stream: each.state for stream, each in known.items()})
        new = {stream: aggregate for stream, aggregate in named if stream not in known}
        if not new:
            return known
        if missing := new.keys() - states.keys():
            raise StreamsMissing(missing)
        known |= {stream: _as_kind(aggregate, stream, states[stream]) for stream, aggregate in new.items()}


def _check_version(expected: int, actual: int) -> None:
    if expected != actual:
        raise StaleVersion(expected, actual)


def _check_instant(at: datetime, now: datetime, back_dating: timedelta | None) -> None:
    if (at - now).total_seconds() > FUTURE_SECONDS:
        raise Refusal("occurred_in_the_future", "occurred_at lies in the future; check the clock or the zone", "any")
    if back_dating is not None and now - at > back_dating:
        raise BackDated(back_dating)


def _as_kind(aggregate: Aggregate, stream: UUID, current: StreamState) -> StreamState:
    """The stream's state as one of ``aggregate``. Raises Refusal when it belongs to another one, or was erased."""
    if current.version == 0:
        return StreamState(aggregate.kind, aggregate.initial, 0)
    if current.kind != aggregate.kind:
        rule = f"{stream} is the id of a {current.kind}; give that of a {aggregate.kind}"
        raise Refusal(f"{aggregate.kind}_unknown", rule, "none")
    if current.erased:
        rule = f"the personal data of the {current.kind} {stream} was erased, and it takes no more commands"
        raise Refusal("erased", rule, "erased", erased=stream)
    return current
