"""Which rows a reader asks for. Words are compared folded (`domain/text_folding.py`), whatever their spelling."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

STORABLE = r"^[^\x00]*$"
Filter = Annotated[
    str | None,
    Query(max_length=200, pattern=STORABLE, description="This word, in any spelling; empty: those that have none."),
]


def wanted(**given: str | bool | UUID | None) -> dict[Any, Any]:
    """The criteria that were given, by name; an empty text asks for those without a value."""
    return {name: None if value == "" else value for name, value in given.items() if value is not None}
