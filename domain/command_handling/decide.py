"""What a command leads to, judged on what its streams have come to; nothing here waits or stores."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.command_context import CommandContext
from domain.command_handling.aggregates import Aggregate, aggregate_of, handler_of
from domain.envelope import Envelope, NewEvent, RecordedEvent
from domain.errors import LedgerError
from domain.ids import new_id
from domain.messages import Command
from domain.refusal import Refusal
from domain.sla.calendar.microseconds import duration_in_microseconds, duration_text

FUTURE_SECONDS = 300


class StaleVersion(LedgerError):  # noqa: N818 -- names the state of things
    """The stream is not at the version that the caller has seen (If-Match)."""

    kind = "stale"

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"the stream is at version {actual}, not {expected}; read it again and decide anew")
        self.expected = expected
        self.actual = actual

    @property
    def facts(self) -> Mapping[str, object]:
        return {"expected": self.expected, "actual": self.actual}


class BackDated(LedgerError):  # noqa: N818 -- names what was given
    """The command says that something happened longer ago than the caller may date back."""

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
    """A stream's state as of a version; ``kind`` says whose stream it is."""

    kind: str
    state: Any
    version: int


EMPTY = StreamState("", None, 0)
"""A stream without events: it may become any aggregate's."""


class Decision(NamedTuple):
    """The events that a command leads to, in order, and the streams that it is about as they are after them."""

    events: list[NewEvent]
    after: dict[UUID, StreamState]


def fold(before: StreamState, events: list[RecordedEvent]) -> StreamState:
    """What a stream comes to with some more events; ``before`` is NOTHING when they are its first."""
    if not events:
        return before
    aggregate = aggregate_of(events[0].topic.partition(".")[0])
    state = aggregate.initial if before is EMPTY else before.state
    for event in events:
        state = aggregate.evolve(state, event.payload, event.occurred_at)
    return StreamState(aggregate.kind, state, before.version + len(events))


def decide_command(
    stream: UUID, command: Command, circumstances: CommandContext, states: Mapping[UUID, StreamState], now: datetime
) -> Decision:
    """Decides a command on the states of its streams. Raises Refusal, StaleVersion or BackDated."""
    version = states[stream].version
    if circumstances.expected_version not in {None, version}:
        raise StaleVersion(circumstances.expected_version or 0, version)
    at = command.occurred_at or now
    if (at - now).total_seconds() > FUTURE_SECONDS:
        raise Refusal("occurred_in_the_future", "occurred_at lies in the future; check the clock or the zone", "any")
    if circumstances.back_dating is not None and now - at > circumstances.back_dating:
        raise BackDated(circumstances.back_dating)
    route = handler_of(command)
    parts = route.parts(stream, command)
    after = {one: _as_kind(aggregate, one, states[one]) for one, aggregate in parts}
    decided = route.decide(command, stream, [after[one].state for one, _ in parts], circumstances.actor, at)
    events = []
    for one, payload, occurred_at in decided:
        before = after[one]
        envelope = _envelope(payload, command, circumstances, occurred_at)
        events.append(NewEvent(one, before.version + 1, envelope, payload))
        state = aggregate_of(before.kind).evolve(before.state, payload, occurred_at)
        after[one] = StreamState(before.kind, state, before.version + 1)
    return Decision(events, after)


def _as_kind(aggregate: Aggregate, stream: UUID, folded: StreamState) -> StreamState:
    """The stream as one of an aggregate's; one without events may become any."""
    if folded.version == 0:
        return StreamState(aggregate.kind, aggregate.initial, 0)
    if folded.kind != aggregate.kind:
        rule = f"{stream} is the id of a {folded.kind}; give that of a {aggregate.kind}"
        raise Refusal(f"{aggregate.kind}_unknown", rule, "none")
    return folded


def _envelope(payload: Any, command: Command, circumstances: CommandContext, at: datetime) -> Envelope:
    return Envelope(
        event_id=str(new_id()),
        schema_version=payload.schema_version,
        occurred_at=at,
        actor=circumstances.actor,
        command_id=circumstances.command_id,
        origin=circumstances.origin,
        reason=command.reason,
        correlation_id=circumstances.correlation_id,
        causation_id=circumstances.causation_id,
    )
