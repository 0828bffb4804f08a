"""Predicates: conditions on values, joined by all, any and not.

Each kind of conditions says which fields it reads.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

from pydantic import ConfigDict, Discriminator, Strict, StrictBool, StrictInt, StrictStr, Tag
from pydantic import Field as Bounded
from typing_extensions import TypeAliasType

from domain.messages import Message
from domain.text_folding import fold_code
from domain.toml_text import KeyPath

Comparison = Literal["is", "at_least", "at_most", "above", "below"]
FieldKind = Literal["text", "number", "yes_no"]
Value = str | frozenset[str] | float | bool | None
"""What stands in a field; a set of words for a field of several, None for nothing."""
MOST_PARTS = 50
"""The parts of one ``all`` or ``any``."""
DEEPEST = 20
"""How deep ``all``, ``any`` and ``not`` may nest. The log reads JSON that is about 200 levels deep."""
Finite = Annotated[float, Strict(), Bounded(allow_inf_nan=False)]
_FITTING: Mapping[FieldKind, tuple[type, ...]] = MappingProxyType(
    {"text": (str, tuple), "number": (int, float), "yes_no": (bool,)}
)
_WRITTEN: Mapping[FieldKind, str] = MappingProxyType(
    {"text": "it in quotation marks", "number": "a number without quotation marks", "yes_no": "true or false"}
)
_NUMBERS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {
        "is": lambda has, value: has == value,
        "at_least": lambda has, value: has >= value,
        "at_most": lambda has, value: has <= value,
        "above": lambda has, value: has > value,
        "below": lambda has, value: has < value,
    }
)


class Comparing(Message):
    """A comparison with a value. ``value`` of a text field may be a list, of which one is what stands there.

    Texts are compared folded. Where nothing stands in the field the condition is not met.
    """

    comparison: Comparison = "is"
    value: StrictBool | StrictInt | Finite | StrictStr | Annotated[tuple[StrictStr, ...], Bounded(max_length=100)]

    def must_fit(self, name: str, kind: FieldKind) -> None:
        """Raises ValueError when the comparison or the value is none of a field of that kind."""
        if not isinstance(self.value, _FITTING[kind]) or (kind == "number" and isinstance(self.value, bool)):
            raise ValueError(f"{name} is compared with a {kind.replace('_', ' or ')} value: write {_WRITTEN[kind]}")
        if kind != "number" and self.comparison != "is":
            raise ValueError(f"{name} is compared by `is` alone")

    def is_met_by(self, has: Value) -> bool:
        """Whether what stands in the field meets the condition. A value of another kind than the field's does not."""
        if has is None:
            return False
        if isinstance(has, bool):
            return has is self.value
        if isinstance(has, str | frozenset):
            wanted = (self.value,) if isinstance(self.value, str) else self.value
            texts = {has} if isinstance(has, str) else has
            if not isinstance(wanted, tuple):
                return False
            return not {fold_code(text) for text in texts}.isdisjoint({fold_code(text) for text in wanted})
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            return False
        return _NUMBERS[self.comparison](has, self.value)


C = TypeVar("C", bound=Comparing)
X = TypeVar("X")


class AllOf(Message, Generic[C]):
    """Every part holds."""

    all: Annotated[tuple["Predicate[C]", ...], Bounded(min_length=1, max_length=MOST_PARTS)]


class AnyOf(Message, Generic[C]):
    """At least one part holds."""

    any: Annotated[tuple["Predicate[C]", ...], Bounded(min_length=1, max_length=MOST_PARTS)]


class NotOf(Message, Generic[C]):
    """The part does not hold. It also holds where nothing stands in the field."""

    model_config = ConfigDict(serialize_by_alias=True)

    not_: Annotated["Predicate[C]", Bounded(alias="not")]


def _shape(written: Any) -> str:
    keys = written if isinstance(written, Mapping) else getattr(type(written), "model_fields", ())
    return next((key for key in ("all", "any", "not") if key in keys or f"{key}_" in keys), "condition")


Predicate = TypeAliasType(
    "Predicate",
    Annotated[
        Annotated[AllOf[C], Tag("all")]
        | Annotated[AnyOf[C], Tag("any")]
        | Annotated[NotOf[C], Tag("not")]
        | Annotated[C, Tag("condition")],
        Discriminator(_shape),
    ],
    type_params=(C,),
)
"""A condition, or several joined."""


class Unmet(NamedTuple):
    """A condition that decides that a predicate does not hold, and what stands in its field.

    ``negated``: it stands under a ``not`` and is met.
    """

    condition: Any  # of the kind of the predicate
    has: Value
    negated: bool = False


def conditions_of(predicate: Any) -> list[Any]:
    """The conditions of a predicate from left to right."""
    return [condition for _, condition in conditions_by_path(predicate)]


def conditions_by_path(predicate: Any, *path: str | int) -> Iterator[tuple[KeyPath, Any]]:
    """The conditions of a predicate from left to right, each with the keys that lead to it as people write it."""
    match predicate:
        case AllOf(all=parts) | AnyOf(any=parts):
            for number, part in enumerate(parts):
                yield from conditions_by_path(part, *path, "all" if isinstance(predicate, AllOf) else "any", number)
        case NotOf(not_=part):
            yield from conditions_by_path(part, *path, "not")
        case _:
            yield path, predicate


def depth_of(predicate: Any) -> int:
    """How deep ``all``, ``any`` and ``not`` nest in a predicate; 0 for a condition."""
    match predicate:
        case AllOf(all=parts) | AnyOf(any=parts):
            return 1 + max(map(depth_of, parts))
        case NotOf(not_=part):
            return 1 + depth_of(part)
        case _:
            return 0


def must_be_shallow(predicate: Any, name: str) -> None:
    """Raises ValueError when a predicate nests deeper than DEEPEST levels."""
    if depth_of(predicate) > DEEPEST:
        raise ValueError(f"{name}: `all`, `any` and `not` nest deeper than {DEEPEST} levels")


def holds(predicate: Any, value_of: Callable[[Any], Value]) -> bool:
    """Whether a predicate holds where ``value_of`` gives what stands in the field of a condition."""
    return first_unmet(predicate, value_of) is None


def first_unmet(predicate: Any, value_of: Callable[[Any], Value], *, negated: bool = False) -> Unmet | None:
    """The first condition that decides that a predicate does not hold; None when it holds.

    Of alternatives that all fail it is that of the first one. ``negated`` asks for the opposite of the predicate.
    """
    match predicate:
        case NotOf(not_=part):
            return first_unmet(part, value_of, negated=not negated)
        case AllOf(all=parts) | AnyOf(any=parts):
            every = isinstance(predicate, AllOf) is not negated
            failed = None
            for part in parts:
                unmet = first_unmet(part, value_of, negated=negated)
                if (unmet is None) is not every:
                    return unmet
                failed = failed or unmet
            return failed
        case Comparing():
            has = value_of(predicate)
            return Unmet(predicate, has, negated) if predicate.is_met_by(has) is negated else None
        case _:
            raise TypeError(predicate)


Test = Callable[[X], bool]


def quick_test(predicate: Any, test_of: Callable[[Any], Test[X] | None], *, negated: bool = False) -> Test[X] | None:
    """A test that fails only where a predicate does not hold whatever stands in fields that are not looked at.

    ``test_of`` gives the test of a condition, or None for one whose field is not looked at. None: it never fails.
    ``negated`` asks for the opposite of the predicate.
    """
    match predicate:
        case NotOf(not_=part):
            return quick_test(part, test_of, negated=not negated)
        case AllOf(all=parts) | AnyOf(any=parts):
            tests = [quick_test(part, test_of, negated=negated) for part in parts]
            known = [test for test in tests if test is not None]
            if isinstance(predicate, AllOf) is not negated:
                return _every(known) if known else None
            return _some(known) if len(known) == len(tests) else None
        case _:
            test = test_of(predicate)
            return _opposite(test) if test is not None and negated else test


def _every(tests: Sequence[Test[X]]) -> Test[X]:
    return tests[0] if len(tests) == 1 else lambda values: all(test(values) for test in tests)


def _some(tests: Sequence[Test[X]]) -> Test[X]:
    return tests[0] if len(tests) == 1 else lambda values: any(test(values) for test in tests)


def _opposite(test: Test[X]) -> Test[X]:
    return lambda values: not test(values)
