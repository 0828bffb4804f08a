"""Filters on the rows of a reading.

Words are compared folded (`domain/text_folding.py`).
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

STORABLE = r"^[^\x00]*$"
Filter = Annotated[
    str | None,
    Query(max_length=200, pattern=STORABLE, description="This word, in any spelling; empty: those that have none."),
]


def criteria(**filters: str | bool | UUID | None) -> dict[Any, Any]:
    """The filters that are given, by name; an empty text selects rows without a value."""
    return {name: None if value == "" else value for name, value in filters.items() if value is not None}
