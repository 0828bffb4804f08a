"""The base of all exceptions that are an answer to the caller, and no defect of the program."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

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


def message_of(error: Mapping[str, Any]) -> str:
    """The message of one of pydantic's errors, without the words that pydantic puts before a validator's own."""
    return str(error["msg"]).removeprefix("Value error, ")


class LedgerError(Exception):
    """An expected failure. Its message is a sentence that says what to do.

    ``kind`` classifies it for programs.
    """

    kind: ClassVar[ErrorKind]

    @property
    def detail(self) -> str:
        """The sentence for a remote caller: the message, unless that is about this computer."""
        return str(self)

    @property
    def facts(self) -> Mapping[str, Any]:
        """The values that a program reads beside the sentence."""
        return {}
