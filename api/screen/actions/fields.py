"""The fields of a form, made from the fields of the command that the form becomes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from api.screen.instants import is_day, local_instant
from domain.messages import LONGEST_WORD, Command
from domain.zones import TimeZone

FieldKind = Literal["line", "text", "choice", "instant", "day", "number", "flag"]
ON = "on"
"""What a browser sends of a flag that is set; it sends nothing of one that is not."""
_FORMATS: Mapping[str, FieldKind] = {"date-time": "instant", "date": "day"}
_INPUTS: Mapping[FieldKind, str] = {"instant": "datetime-local", "day": "date", "number": "number"}
_TYPES: Mapping[str, FieldKind] = {"integer": "number", "boolean": "flag"}


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form. ``name`` is that of the command's field; ``details.x`` is the member x of its ``details``.

    ``gives_null``: left empty it is sent as null, because the command needs the field.
    """

    name: str
    kind: FieldKind = "line"
    is_required: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    gives_null: bool = False

    @property
    def input_type(self) -> str:
        """The type of its HTML element."""
        return _INPUTS.get(self.kind, "text")


@cache
def fields_of(command: type[Command], names: tuple[str, ...]) -> tuple[FormField, ...]:
    """The fields with these names, in this order. Raises KeyError for a name that the command does not have."""
    schema = command.model_json_schema()
    needed = frozenset(schema.get("required", ()))
    return tuple(_field(name, schema["properties"][name], is_needed=name in needed) for name in names)


def _field(name: str, schema: Mapping[str, Any], *, is_needed: bool) -> FormField:
    given = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    is_nullable = "anyOf" in schema and len(given) < len(schema["anyOf"])
    shape = given[0]
    kind = _FORMATS.get(shape.get("format", ""), _TYPES.get(shape.get("type", ""), "line"))
    if "enum" in shape:
        kind = "choice"
    elif kind == "line" and shape.get("maxLength", 0) > LONGEST_WORD:
        kind = "text"
    return FormField(
        name=name,
        kind=kind,
        is_required=is_needed and not is_nullable,
        choices=tuple(shape.get("enum", ())),
        least=shape.get("minimum"),
        most=shape.get("maximum"),
        gives_null=is_needed and is_nullable,
    )


def as_json(fields: Iterable[FormField], typed: Mapping[str, str], zone: TimeZone) -> dict[str, Any]:
    """The members of the command that a form says. What is left empty is left out.

    Local times are those of ``zone``. A text that is not of the field's kind stays as it is: the command refuses it.
    """
    members: dict[str, Any] = {}
    for field in fields:
        text = typed.get(field.name, "").replace("\r\n", "\n").strip()
        owner, dot, member = field.name.partition(".")
        into, name = (members.setdefault(owner, {}), member) if dot else (members, owner)
        if field.kind == "flag":
            into[name] = text == ON
        elif text:
            into[name] = _value(field.kind, text, zone)
        elif field.gives_null:
            into[name] = None
    return members


def as_typed(kind: FieldKind, value: Any, zone: TimeZone) -> str:
    """What stands in a field that holds a value; empty for None."""
    if value is None:
        return ""
    if kind == "flag":
        return ON if value else ""
    return f"{value.astimezone(zone):%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else str(value)


def _value(kind: FieldKind, text: str, zone: TimeZone) -> Any:
    if kind == "number":
        return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_WORD else text
    if kind == "instant":
        return _instant(text, zone)
    return text


def _instant(text: str, zone: TimeZone) -> str:
    """A local date and time with the offset of the zone; any other text as it is."""
    try:
        return text if is_day(text) else local_instant(text, zone).isoformat()
    except ValueError:
        return text
