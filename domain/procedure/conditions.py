"""Which events a definition names: a topic, and conditions on the fields of its payload."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, Strict, StrictBool, StrictInt, StrictStr

from domain.messages import Message, Word
from domain.text_folding import fold_code

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]


class PayloadCondition(Message):
    """A field of the payload compared with a value, or with several of which one is meant. Texts are compared folded.

    An empty field meets no condition.
    """

    field: Word
    comparison: Literal["is", "is_not", "at_least", "at_most"] = "is"
    value: StrictBool | StrictInt | Number | StrictStr | Annotated[tuple[StrictStr, ...], Field(max_length=100)]

    def is_met_by(self, payload: Any) -> bool:
        """Whether the payload of an event meets it."""
        has = getattr(payload, self.field, None)
        if has is None:
            return False
        if self.comparison in {"is", "is_not"}:
            return self._is(has) == (self.comparison == "is")
        if isinstance(has, bool) or not isinstance(has, int | float) or not isinstance(self.value, int | float):
            return False
        return has >= self.value if self.comparison == "at_least" else has <= self.value

    def _is(self, has: object) -> bool:
        if isinstance(has, bool) or isinstance(self.value, bool):
            return has is self.value
        if isinstance(self.value, int | float):
            return has == self.value
        wanted = (self.value,) if isinstance(self.value, str) else self.value
        return fold_code(str(has)) in {fold_code(word) for word in wanted}


class EventMatch(Message):
    """Events of a topic whose payload meets every condition. ``result`` is that of the step which they end."""

    topic: Annotated[str, Field(pattern=r"^[a-z_]{1,60}\.[a-z_]{1,60}$")]
    when: Annotated[tuple[PayloadCondition, ...], Field(max_length=20)] = ()
    result: Word | None = None

    def takes(self, topic: str, payload: Any) -> bool:
        """Whether it names an event."""
        return topic == self.topic and all(condition.is_met_by(payload) for condition in self.when)


def named_by(stream: UUID, payload: Any) -> frozenset[UUID]:
    """The stream of an event, and the customer, ticket or subject that its payload names."""
    named = (getattr(payload, field, None) for field in ("customer_id", "ticket_id", "subject", "about"))
    return frozenset({stream, *(value for value in named if isinstance(value, UUID))})
