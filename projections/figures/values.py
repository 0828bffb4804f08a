"""The value of a figure from its parts."""

from collections.abc import Mapping
from typing import NamedTuple

from projections.figures.figure import Number, Of, Ratio, Value


class ValueOfParts(NamedTuple):
    """``value``, and what it divides by what; None where it divides nothing."""

    value: Number
    numerator: Number
    denominator: Number


def parts_of(value: Value) -> tuple[str, ...]:
    """The parts that a value is made of."""
    return (value.part,) if isinstance(value, Of) else (*value.plus, *value.minus, *value.by)


def value_of(value: Value, parts: Mapping[str, Number]) -> ValueOfParts:
    """The value; None when there is nothing to divide by."""
    match value:
        case Of(part):
            return ValueOfParts(parts[part], None, None)
        case Ratio(plus, by, minus, scale):
            numerator = sum(parts[name] or 0 for name in plus) - sum(parts[name] or 0 for name in minus)
            denominator = sum(parts[name] or 0 for name in by)
            return ValueOfParts(numerator / denominator * scale if denominator else None, numerator, denominator)
