"""The base of all exceptions that are an answer to the caller, and no defect of the program."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Self

ErrorKind = Literal[
    "refused",
    "stale",
    "forbidden",
    "not_found",
    "malformed",
    "idempotency_key_reused",
    "overloaded",
    "unavailable",
    "log_damaged",
    "not_installed",
]
_PLAIN: Mapping[str, str] = MappingProxyType(
    {
        "missing": "this field is required",
        "extra_forbidden": "there is no such field",
        "union_tag_invalid": "there is no {tag!r} here: {discriminator} is one of {expected_tags}",
        "literal_error": "choose one of {expected}",
        "enum": "choose one of {expected}",
        "string_type": "write a text",
        "string_too_short": "the text is too short: its least length is {min_length}",
        "string_too_long": "write at most {max_length} characters",
        **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "write a whole number"),
        **dict.fromkeys(("float_type", "float_parsing", "decimal_type", "decimal_parsing"), "write a number"),
        **dict.fromkeys(("bool_type", "bool_parsing"), "write true or false"),
        "greater_than": "give a number greater than {gt}",
        "greater_than_equal": "give a number greater than or equal to {ge}",
        "less_than": "give a number less than {lt}",
        "less_than_equal": "give a number less than or equal to {le}",
        "too_short": "give more of them: the least number is {min_length}",
        "too_long": "give at most {max_length} of them",
        **dict.fromkeys(("list_type", "tuple_type"), "give a list"),
        **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "give names with their values"),
        **dict.fromkeys(("uuid_type", "uuid_parsing"), "this is no id, such as 01890a5d-ac96-774b-bcce-b302099a8057"),
    }
)
"""What is said instead of a message of pydantic, by the kind of the error."""


class Reason(str):
    """A sentence that says what is wrong, with the kind of pydantic's error that it is, and its values."""

    __slots__ = ("kind", "values")
    kind: str | None
    values: Mapping[str, Any]

    def __new__(cls, sentence: str, kind: str | None = None, values: Mapping[str, Any] | None = None) -> Self:
        self = super().__new__(cls, sentence)
        self.kind, self.values = kind, values or {}
        return self


def message_of(error: Mapping[str, Any]) -> Reason:
    """The message of one of pydantic's errors, in plain words, or a validator's own without pydantic's before it.

    The error has its context, which holds the values of the plain words.
    """
    kind, values = error.get("type"), error.get("ctx")
    plain = _PLAIN.get(kind or "")
    message = plain.format_map(values or {}) if plain else str(error["msg"]).removeprefix("Value error, ")
    return Reason(message, kind, values)


class LedgerError(Exception):
    """An expected failure. Its message is a sentence that says what to do.

    ``kind`` classifies it for programs. ``vietnamese`` is the sentence in Vietnamese, where the error has its own.
    ``begins_small``: it is written as a detail of an answer over HTTP, with a small letter and without a full stop.
    """

    kind: ClassVar[ErrorKind]
    begins_small: ClassVar[bool] = False
    vietnamese: str | None = None

    @property
    def detail(self) -> str:
        """The sentence for a remote caller: the message, unless that is about this computer."""
        return str(self)

    @property
    def facts(self) -> Mapping[str, Any]:
        """The values that a program reads beside the sentence."""
        return {}
