"""The definition of a segment, and its worked examples."""

from typing import Any, Self

from pydantic import Field, StrictBool, model_validator

from domain.messages import Message
from domain.predicate import Predicate, Value, holds, must_be_shallow
from domain.segment.fields import FieldName
from domain.segment.predicate import Condition
from domain.text_by_language import Description, Title


class SegmentDefinition(Message):
    """``members`` says who is in it. Of a ``tracked`` segment the entering and leaving of customers is recorded."""

    members: Predicate[Condition]
    tracked: StrictBool = False
    description: Description | None = None

    @model_validator(mode="after")
    def _shallow(self) -> Self:
        must_be_shallow(self.members, "members")
        return self


class SegmentExample(Message):
    """``customer`` has these values in the fields, whatever the parameters of a condition; all other fields are empty.

    ``member`` is what is expected.
    """

    name: Title
    customer: dict[FieldName, bool | float | str | tuple[str, ...]] = Field(default_factory=dict)
    member: StrictBool

    def differences(self, body: SegmentDefinition) -> list[str]:
        """Where the answer differs from the expected one."""

        def value_of(condition: Condition) -> Value:
            value: Any = self.customer.get(condition.field)
            return frozenset(value) if isinstance(value, tuple) else value

        member = holds(body.members, value_of)
        return [] if member == self.member else [f"the customer is {'in' if member else 'not in'} the segment"]
