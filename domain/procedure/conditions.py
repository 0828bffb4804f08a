"""Which events a definition names: a topic, and conditions on the fields of its payload."""

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from domain.messages import LONGEST_WORD, Message, Word
from domain.predicate import Comparing

FieldPath = Annotated[str, Field(pattern=r"^[a-z_]{1,60}(\.[a-z_]{1,60})?$")]
"""The name of a payload's field, or of a field of its parts, such as ``items.name``."""


class PayloadCondition(Comparing):
    """A field of the payload compared with a value. A field of several parts meets it with one of them."""

    field: FieldPath

    def holds_for(self, payload: Any) -> bool:
        """Whether the payload of an event meets it."""
        values = values_at(payload, self.field)
        return any(self.is_met_by(value if isinstance(value, bool | int | float) else str(value)) for value in values)


class EventMatch(Message):
    """Events of a topic whose payload meets every condition. ``result`` is that of the step which they end.

    ``details`` are those of the payload, by name.
    """

    topic: Annotated[str, Field(pattern=r"^[a-z_]{1,60}\.[a-z_]{1,60}$")]
    when: Annotated[tuple[PayloadCondition, ...], Field(max_length=20)] = ()
    result: Word | None = None
    details: Annotated[dict[Word, FieldPath], Field(max_length=10)] = Field(default_factory=dict)

    def takes(self, topic: str, payload: Any) -> bool:
        """Whether it names an event."""
        return topic == self.topic and all(condition.holds_for(payload) for condition in self.when)

    def details_of(self, payload: Any) -> dict[str, str]:
        """The details in the payload of an event."""
        details = {name: ", ".join(map(str, values_at(payload, path))) for name, path in self.details.items()}
        return {name: text.strip()[:LONGEST_WORD] for name, text in details.items() if text.strip()}


def values_at(payload: Any, path: str) -> Iterator[Any]:
    """What stands in a field of a payload: nothing, one value, or the values of several parts."""
    name, _, part = path.partition(".")
    value = getattr(payload, name, None)
    for each in value if isinstance(value, tuple) else (value,):
        has = getattr(each, part, None) if part else each
        if has is not None:
            yield has


def named_by(stream: UUID, payload: Any) -> frozenset[UUID]:
    """The stream of an event, and the customer, ticket or subject that its payload names."""
    named = (getattr(payload, field, None) for field in ("customer_id", "ticket_id", "ticket", "subject", "about"))
    return frozenset({stream, *(value for value in named if isinstance(value, UUID))})
