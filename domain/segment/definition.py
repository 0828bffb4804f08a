"""The definition of a segment, and its worked examples."""

from typing import Any, Self

from pydantic import Field, StrictBool, model_validator

from domain.messages import Message, Text, Word
from domain.segment.fields import FieldName, Value
from domain.segment.predicate import DEEPEST, Condition, Predicate, depth_of, holds


class SegmentDefinition(Message):
    """``members`` says who is in it. Of a ``tracked`` segment the entering and leaving of customers is recorded."""

    members: Predicate
    tracked: StrictBool = False
    description: Text | None = None

    @model_validator(mode="after")
    def _shallow(self) -> Self:
        if depth_of(self.members) > DEEPEST:
            raise ValueError(f"members: `all`, `any` and `not` nest deeper than {DEEPEST} levels")
        return self


class SegmentExample(Message):
    """``customer`` has these values in the fields, whatever the parameters of a condition; all other fields are empty.

    ``member`` is what is expected.
    """

    name: Word
    customer: dict[FieldName, bool | float | str | tuple[str, ...]] = Field(default_factory=dict)
    member: StrictBool

    def differences(self, body: SegmentDefinition) -> list[str]:
        """Where the answer differs from the expected one."""

        def value_of(condition: Condition) -> Value:
            value: Any = self.customer.get(condition.field)
            return frozenset(value) if isinstance(value, tuple) else value

        member = holds(body.members, value_of)
        return [] if member == self.member else [f"the customer is {'in' if member else 'not in'} the segment"]
