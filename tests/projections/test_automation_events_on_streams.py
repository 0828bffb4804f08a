"""What automation records stands on streams of every kind, and changes no state there and no fact in a row."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.command_handling.decide import EMPTY
from domain.command_handling.decide import fold as fold_state
from domain.command_handling.ticket_stream import TicketStream
from domain.envelope import RecordedEvent
from domain.messages import Event
from projections.audit_history.table import AUDIT_HISTORY
from projections.registry import PROJECTIONS
from tests.support.folded import fold
from tests.support.golden import inputs_of, stored_history, streams_of
from tests.support.histories import OF_AUTOMATION

LOG = stored_history()
STREAMS = list(streams_of(LOG))
NAMES_A_VERSION = ("activated_by", "message", "promise", "proposal")
"""Fields of payloads of tickets that hold the version of an earlier event of the stream."""


def with_facts(history: Sequence[RecordedEvent], drawn: Sequence[tuple[int, Event]]) -> list[RecordedEvent]:
    """The history with more events, each right behind an event of the history and recorded with it.

    Versions count on; an event that names another by its version names it by the new one.
    """
    events: list[RecordedEvent] = []
    new_versions: dict[int, int] = {}
    for number, event in enumerate(history):
        new_versions[event.version] = len(events) + 1
        events.append(_renamed(event, new_versions) if event.kind == "ticket" else event)
        for payload in (payload for position, payload in drawn if position % len(history) == number):
            envelope = event.envelope.model_copy(update={"event_id": f"automation-{len(events)}"})
            events.append(event._replace(topic=payload.topic, envelope=envelope, payload=payload))
    return [event._replace(version=version) for version, event in enumerate(events, start=1)]


def _renamed(event: RecordedEvent, new_versions: Mapping[int, int]) -> RecordedEvent:
    """The event of a ticket whose earlier events have other versions."""
    named = {name: getattr(event.payload, name, None) for name in NAMES_A_VERSION}
    renamed = {name: new_versions[version] for name, version in named.items() if version is not None}
    return event._replace(payload=event.payload.model_copy(update=renamed))


def what_holds(state: Any) -> Any:
    """A state without what counts the events of its stream."""
    return state.ticket if isinstance(state, TicketStream) else state


@given(st.sampled_from(STREAMS), st.lists(st.tuples(st.integers(0, 50), OF_AUTOMATION), min_size=1, max_size=4))
def test_no_state_and_no_row_changes(history: list[RecordedEvent], drawn: list[tuple[int, Event]]) -> None:
    more = with_facts(history, drawn)
    assert what_holds(fold_state(EMPTY, more).state) == what_holds(fold_state(EMPTY, history).state)
    for projection in PROJECTIONS:
        if not projection.reads(history[0].kind):
            continue
        if projection is AUDIT_HISTORY:
            assert len(fold(projection, more)) == len(more)
            continue
        inputs = inputs_of(projection, history, LOG)
        assert len(fold(projection, more, inputs=inputs)) == len(fold(projection, history, inputs=inputs))


@given(st.sampled_from(STREAMS), st.lists(st.tuples(st.integers(0, 50), OF_AUTOMATION), min_size=1, max_size=4))
def test_a_fold_goes_on_from_an_event_of_automation(
    history: list[RecordedEvent], drawn: list[tuple[int, Event]]
) -> None:
    more = with_facts(history, drawn)
    for cut in range(1, len(more)):
        assert fold_state(fold_state(EMPTY, more[:cut]), more[cut:]) == fold_state(EMPTY, more)
