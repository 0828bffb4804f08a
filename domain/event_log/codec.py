"""Events to and from the text that the log stores: one JSON object, envelope fields first, then the payload."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, ValidationError, create_model

from domain.envelope import Envelope, NewEvent, RecordedEvent
from domain.event_log.upcasting import EVENT_CLASSES, UPCASTERS, Upcaster, upcast
from domain.messages import Event

_Instant = Annotated[datetime, BeforeValidator(datetime.fromisoformat)]
"""An instant as `encode` writes it; the standard library's zones are compared many times faster than pydantic's."""


class UnreadableEvent(Exception):  # noqa: N818 -- names what was met, as Refusal does
    """An event of the log that today's code cannot load; the message says which and why."""


class EventCodec:
    """Writes events as text and reads them. Reading validates, so equal events compare equal, and upcasts."""

    def __init__(
        self,
        classes: Mapping[str, type[Event]] = EVENT_CLASSES,
        upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
    ) -> None:
        self._classes = classes
        self._upcasters = upcasters
        self._upcasted = {topic for topic, _ in upcasters}
        self._decoders = {topic: _stored(cls).__pydantic_validator__ for topic, cls in classes.items()}

    def encode(self, event: NewEvent) -> str:
        """The JSON text of envelope and payload. Defaults are written too: they may change one day."""
        envelope = event.envelope.__pydantic_serializer__.to_json(event.envelope, exclude_none=True)
        payload: bytes = event.payload.__pydantic_serializer__.to_json(event.payload)
        return (envelope[:-1] + b',"payload":' + payload + b"}").decode()

    def decode(
        self, position: int, stream: UUID, version: int, topic: str, recorded_at: datetime, state: str
    ) -> RecordedEvent:
        """One row of the log as an event. Raises UnreadableEvent."""
        try:
            stored = self._decoders[topic].validate_json(self.in_todays_shape(topic, state))
            if stored.schema_version != self._classes[topic].schema_version:
                raise LookupError(  # noqa: TRY301 -- one place names the event
                    f"schema version {stored.schema_version} is unknown here; is the program older than the log?"
                )
        except Exception as error:  # noqa: BLE001 -- whatever damage or an upcaster leads to, the event is named
            raise UnreadableEvent(
                f"event {position} ({topic}, version {version} of {stream}) cannot be read: {reason_of(error)}"
            ) from None  # the cause holds what customers wrote, and this goes to logs
        return RecordedEvent(position, stream, version, topic, recorded_at, stored, stored.payload)

    def in_todays_shape(self, topic: str, state: str) -> str:
        """The stored text with its payload in today's shape. Raises LookupError when an upcaster is missing."""
        target = self._classes[topic].schema_version if topic in self._upcasted else None
        if target is None or f'"schema_version":{target},' in state:  # as `encode` writes it; no text holds bare quotes
            return state
        stored = json.loads(state)
        stored["payload"] = upcast(topic, stored["schema_version"], stored["payload"], target, self._upcasters)
        stored["schema_version"] = max(target, stored["schema_version"])
        return json.dumps(stored)


def _stored(payload: type[Event]) -> type[Envelope]:
    return create_model(
        f"Stored{payload.__name__}", __base__=Envelope, occurred_at=(_Instant, ...), payload=(payload, ...)
    )


def reason_of(error: Exception) -> str:
    """What is wrong, without the values of the event."""
    if not isinstance(error, ValidationError):
        return repr(error)
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}" for one in found)
