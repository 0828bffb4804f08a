"""The erased reading of a stream: the events that its erasure covers, without their personal values.

It is the reading that the events have once their keys are destroyed. So rows are the same before and after that, and
also where events were stored before encryption.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.command_context import Actor
from domain.envelope import Envelope, RecordedEvent
from domain.erasure.events import PersonalDataErased
from domain.messages import Event
from domain.personal_data.declaration import ERASED, personal_fields
from domain.personal_data.personal_context import ACTOR, EMPTY, ON_BEHALF_OF, REASON, personal_context

_ERASED_CUSTOMER = Actor(id=ERASED, kind="customer")


def erased_up_to(events: Sequence[RecordedEvent]) -> int:
    """How many events stand before the last erasure of the stream; 0 when there is none."""
    return next(
        (index for index in range(len(events) - 1, 0, -1) if type(events[index].payload) is PersonalDataErased), 0
    )


def as_erased(events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """The events of a stream; those before an erasure are read as erased.

    In a stream that several persons share only those of the erased customers are.
    """
    read: list[RecordedEvent] = []
    customers: set[Any] = set()
    covered = False
    for event in reversed(events):
        payload = event.payload
        if type(payload) is PersonalDataErased:
            covered = True
            customers.add(payload.customer_id)
            read.append(event)
        elif covered and (payload.stream_of_one_person or payload.customer_id in customers):
            read.append(erased(event))
        else:
            read.append(event)
    return read[::-1]


def holds_personal_values(event: RecordedEvent) -> bool:
    """Whether the erased reading of an event differs from the event."""
    return erased(event) != event


def erased(event: RecordedEvent) -> RecordedEvent:
    """An event without its personal values."""
    payload, envelope = event.payload, event.envelope
    if values := _erased_values(payload):
        payload = payload.model_copy(update=values)
    of_envelope = _erased_context(envelope)
    if values and hasattr(envelope, "payload"):  # an envelope that was read from the log holds the payload too
        of_envelope["payload"] = payload
    if of_envelope:
        envelope = envelope.model_copy(update=of_envelope)
    return event._replace(envelope=envelope, payload=payload)


def _erased_values(payload: Event) -> dict[str, Any]:
    """The erased values of the personal fields that hold something."""
    return {
        name: dict(value) if isinstance(value, Mapping) else value
        for name, value in personal_fields(type(payload)).items()
        if getattr(payload, name) not in EMPTY
    }


def _erased_context(envelope: Envelope) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for part in personal_context(envelope):
        if part == REASON:
            values[REASON] = ERASED
        elif part == ACTOR:
            values[ACTOR] = _ERASED_CUSTOMER
        else:
            values[ACTOR] = envelope.actor.model_copy(update={ON_BEHALF_OF: ERASED})
    return values
