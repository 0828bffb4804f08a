"""The predicate of a segment: conditions on the facts of a customer, joined by all, any and not."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Discriminator, Strict, StrictBool, StrictInt, StrictStr, Tag, model_validator
from pydantic import Field as Bounded

from domain.messages import Message, Word
from domain.segment.fields import FIELDS, PURPOSES, Customer360, FieldName, Parameters, Value
from domain.text_folding import fold_code

Comparison = Literal["is", "at_least", "at_most", "above", "below"]
MOST_PARTS = 50
"""The parts of one ``all`` or ``any``."""
DEEPEST = 20
"""How deep ``all``, ``any`` and ``not`` may nest. The log reads JSON that is about 200 levels deep."""
Finite = Annotated[float, Strict(), Bounded(allow_inf_nan=False)]

_NUMBERS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {
        "is": lambda has, value: has == value,
        "at_least": lambda has, value: has >= value,
        "at_most": lambda has, value: has <= value,
        "above": lambda has, value: has > value,
        "below": lambda has, value: has < value,
    }
)


class Condition(Message):
    """A field compared with a value. ``value`` of a text field may be a list, of which one is the customer's.

    Texts are compared folded. A customer who has nothing in the field does not meet the condition.
    """

    field: FieldName
    comparison: Comparison = "is"
    value: StrictBool | StrictInt | Finite | StrictStr | Annotated[tuple[StrictStr, ...], Bounded(max_length=100)]
    days: Annotated[int, Bounded(strict=True, ge=1, le=3_650)] | None = None
    currency: Annotated[str, Bounded(pattern=r"^[A-Z]{3}$")] | None = None
    product: Word | None = None
    metric: Word | None = None
    purpose: Word | None = None
    channel: Word | None = None

    @model_validator(mode="after")
    def _must_fit_its_field(self) -> Self:
        field = FIELDS[self.field]
        given = {name for name, value in self.parameters._asdict().items() if value is not None}
        if missing := sorted(field.needed - given):
            raise ValueError(f"{self.field} needs {', '.join(missing)}")
        if foreign := sorted(given - field.needed - field.optional):
            raise ValueError(f"{self.field} takes no {', '.join(foreign)}")
        if self.purpose is not None and self.purpose not in PURPOSES:
            raise ValueError(f"purpose: choose one of {', '.join(sorted(PURPOSES))}")
        fitting: dict[str, tuple[type, ...]] = {"text": (str, tuple), "number": (int, float), "yes_no": (bool,)}
        if not isinstance(self.value, fitting[field.kind]) or (field.kind == "number" and isinstance(self.value, bool)):
            raise ValueError(f"{self.field} is compared with a {field.kind.replace('_', ' or ')} value")
        if field.kind != "number" and self.comparison != "is":
            raise ValueError(f"{self.field} is compared by `is` alone")
        return self

    @property
    def parameters(self) -> Parameters:
        """What the condition says besides field, comparison and value."""
        return Parameters(self.days, self.currency, self.product, self.metric, self.purpose, self.channel)

    def is_met_by(self, has: Value) -> bool:
        """Whether a customer who has that in the field meets the condition."""
        if has is None:
            return False
        if isinstance(has, bool):
            return has == self.value
        if isinstance(has, str | frozenset):
            wanted = (self.value,) if isinstance(self.value, str) else self.value
            texts = {has} if isinstance(has, str) else has
            assert isinstance(wanted, tuple)  # noqa: S101 -- of a text field
            return not {fold_code(text) for text in texts}.isdisjoint({fold_code(text) for text in wanted})
        assert isinstance(self.value, int | float)  # noqa: S101 -- of a field of numbers
        return _NUMBERS[self.comparison](has, self.value)


class AllOf(Message):
    """Every part holds."""

    all: Annotated[tuple["Predicate", ...], Bounded(min_length=1, max_length=MOST_PARTS)]


class AnyOf(Message):
    """At least one part holds."""

    any: Annotated[tuple["Predicate", ...], Bounded(min_length=1, max_length=MOST_PARTS)]


class NotOf(Message):
    """The part does not hold. It also holds where a customer has nothing in the field."""

    model_config = ConfigDict(serialize_by_alias=True)

    not_: Annotated["Predicate", Bounded(alias="not")]


def _shape(written: Any) -> str:
    keys = written if isinstance(written, Mapping) else getattr(type(written), "model_fields", ())
    return next((key for key in ("all", "any", "not") if key in keys or f"{key}_" in keys), "condition")


Predicate = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[NotOf, Tag("not")]
    | Annotated[Condition, Tag("condition")],
    Discriminator(_shape),
]
"""A condition, or several joined."""

for _model in (AllOf, AnyOf, NotOf):
    _model.model_rebuild()


def depth_of(predicate: Any) -> int:
    """How deep ``all``, ``any`` and ``not`` nest in a predicate; 0 for a condition."""
    match predicate:
        case AllOf(all=parts) | AnyOf(any=parts):
            return 1 + max(map(depth_of, parts))
        case NotOf(not_=part):
            return 1 + depth_of(part)
        case _:
            return 0


def holds(predicate: Any, value_of: Callable[[Condition], Value]) -> bool:
    """Whether a predicate holds for the customer whose values ``value_of`` gives."""
    match predicate:
        case AllOf(all=parts):
            return all(holds(part, value_of) for part in parts)
        case AnyOf(any=parts):
            return any(holds(part, value_of) for part in parts)
        case NotOf(not_=part):
            return not holds(part, value_of)
        case Condition():
            return predicate.is_met_by(value_of(predicate))
        case _:
            raise TypeError(predicate)


def is_member(predicate: Any, customer: Customer360) -> bool:
    """Whether a customer is in the segment of a predicate."""
    return holds(predicate, lambda condition: FIELDS[condition.field].read(customer, condition.parameters))
