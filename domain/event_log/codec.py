"""Turns events into the text that the log stores, and back: a JSON object of envelope fields and the payload."""

import json
import re
from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

from pydantic import BeforeValidator, ValidationError, create_model
from pydantic_core import SchemaValidator

from domain.envelope import Envelope, NewEvent, RecordedEvent
from domain.event_log.event_types import EventTypes
from domain.messages import Event

_Instant = Annotated[datetime, BeforeValidator(datetime.fromisoformat)]
"""An instant as `encode` writes it. The standard library's UTC compares many times faster than pydantic's."""


_NUL = "\\u0000"
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


class UnreadableEvent(Exception):  # noqa: N818 -- names what was met, as Refusal does
    """This program cannot load an event of the log; the message says which one and why."""


class EventCodec:
    """Writes events as text and reads them. Reading validates, so that equal events compare equal, and upcasts.

    A text with a NUL, which no command takes any more, reads with U+FFFD in its stead: no column can hold a NUL.
    """

    def __init__(self, event_types: EventTypes) -> None:
        self._types = event_types
        self._validators: dict[str, SchemaValidator] = {}

    def encode(self, event: NewEvent) -> str:
        """The JSON text of envelope and payload. Defaults are written too: a later release may change them."""
        envelope = event.envelope.__pydantic_serializer__.to_json(event.envelope, exclude_none=True)
        payload: bytes = event.payload.__pydantic_serializer__.to_json(event.payload)
        return (envelope[:-1] + b',"payload":' + payload + b"}").decode()

    def class_of(self, topic: str) -> type[Event]:
        """The class of a topic. Raises LookupError."""
        return self._types.class_of(topic)

    def decode(
        self, position: int, stream: UUID, version: int, topic: str, recorded_at: datetime, state: str
    ) -> RecordedEvent:
        """One row of the log as an event. Raises UnreadableEvent."""
        try:
            validator = self._validators.get(topic) or self._validator(topic)
            current = self.upcast(topic, state)
            stored = validator.validate_json(_without_nul(current) if _NUL in current else current)
            if stored.schema_version != stored.payload.schema_version:
                raise LookupError(  # noqa: TRY301 -- one place names the event
                    f"schema version {stored.schema_version} is unknown here; is the program older than the log?"
                )
        except Exception as error:  # noqa: BLE001 -- whatever damage or an upcaster leads to, the event is named
            raise UnreadableEvent(
                f"event {position} ({topic}, version {version} of {stream}) cannot be read: {reason_of(error)}"
            ) from None  # the cause holds what customers wrote, and this goes to logs
        return RecordedEvent(position, stream, version, topic, recorded_at, stored, stored.payload)

    def upcast(self, topic: str, state: str) -> str:
        """The stored text with its payload in the current schema version. Raises LookupError."""
        if not self._types.is_upcasted(topic):
            return state
        target = self._types.class_of(topic).schema_version
        if f'"schema_version":{target},' in state:  # as `encode` writes it; no text holds bare quotes
            return state
        stored = json.loads(state)
        stored["payload"] = self._types.upcast(topic, stored["schema_version"], stored["payload"], target)
        stored["schema_version"] = max(target, stored["schema_version"])
        return json.dumps(stored)

    def _validator(self, topic: str) -> SchemaValidator:
        """Made when the first event of a topic is read, so that event types may be registered later."""
        payload = self._types.class_of(topic)
        stored = create_model(
            f"Stored{payload.__name__}", __base__=Envelope, occurred_at=(_Instant, ...), payload=(payload, ...)
        )
        validator = self._validators[topic] = cast("SchemaValidator", stored.__pydantic_validator__)
        return validator


def _without_nul(text: str) -> str:
    """JSON text with each escaped NUL replaced; a backslash that is escaped itself begins no NUL."""
    return _ESCAPED_NUL.sub(r"\1\\ufffd", text)


def reason_of(error: Exception) -> str:
    """The cause, without values of the event: they may be what a customer wrote."""
    if not isinstance(error, ValidationError):
        return repr(error)
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, problem['loc'])) or 'it'}: {problem['msg']}" for problem in problems)
