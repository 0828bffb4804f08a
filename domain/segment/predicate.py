"""The conditions of a segment: they compare what customers have."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.health.summary import Part
from domain.messages import Word
from domain.predicate import Comparing, Predicate, conditions_of, holds
from domain.segment.fields import FIELDS, PURPOSES, Customer360, FieldName, Parameters, SegmentField


class ConditionParameters(Comparing):
    """A comparison with what the fields of customers need besides."""

    days: Annotated[int, Field(strict=True, ge=1, le=3_650)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    product: Word | None = None
    metric: Word | None = None
    purpose: Word | None = None
    channel: Word | None = None

    @property
    def parameters(self) -> Parameters:
        """What the condition says besides field, comparison and value."""
        return Parameters(self.days, self.currency, self.product, self.metric, self.purpose, self.channel)

    def must_fit_field(self, name: str, field: SegmentField) -> None:
        """Raises ValueError when the condition is none on a field of customers."""
        given = {name for name, value in self.parameters._asdict().items() if value is not None}
        if missing := sorted(field.needed - given):
            raise ValueError(f"{name} needs {', '.join(missing)}: write it beside the field")
        if foreign := sorted(given - field.needed - field.optional):
            raise ValueError(f"{name} takes no {', '.join(foreign)}: leave it out")
        if self.purpose is not None and self.purpose not in PURPOSES:
            raise ValueError(f"purpose: choose one of {', '.join(sorted(PURPOSES))}")
        self.must_fit(name, field.kind)


class Condition(ConditionParameters):
    """A field of a customer compared with a value."""

    field: FieldName

    @model_validator(mode="after")
    def _must_fit_its_field(self) -> Self:
        self.must_fit_field(self.field, FIELDS[self.field])
        return self


def is_member(predicate: Predicate[Condition], customer: Customer360) -> bool:
    """Whether a customer is in the segment of a predicate."""
    return holds(predicate, lambda condition: FIELDS[condition.field].read(customer, condition.parameters))


def parts_read_by(predicate: Predicate[Condition]) -> frozenset[Part]:
    """The parts of a summary that a predicate reads."""
    return frozenset().union(*(FIELDS[condition.field].parts for condition in conditions_of(predicate)))


def changes_by_events(predicate: Predicate[Condition]) -> bool:
    """Whether membership changes by events alone, and not as time goes on."""
    return all(FIELDS[condition.field].by_events for condition in conditions_of(predicate))
