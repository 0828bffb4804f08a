"""Filters as SQL conditions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import sql

from projections.scope.folded_words import comparable, compared

MOST = 1_000
"""Rows of a page at most."""
Wanted = str | bool | UUID | list[UUID] | None


def all_of(wanted: Mapping[Any, Wanted]) -> sql.Composable:
    """The condition that each column holds its value, words in any spelling; None: the column holds nothing.

    Of several values the column holds one.

    Without filters every row meets it.
    """
    conditions = [_holds(column, value) for column, value in wanted.items()]
    return sql.SQL(" and ").join(conditions) if conditions else sql.SQL("true")


def _holds(column: str, value: Wanted) -> sql.Composed:
    if value is None:
        return sql.SQL("{} is null").format(compared(column))
    if isinstance(value, list):
        if len(value) > 1:
            return sql.SQL("{} = any({})").format(compared(column), sql.Literal(value))
        (value,) = value
    return sql.SQL("{} = {}").format(compared(column), _constant(comparable(column, value)))


def _constant(value: str | bool | UUID) -> sql.Composable:
    """A percent sign is written as chr(37): psycopg would take it for the mark of a parameter."""
    parts = value.split("%") if isinstance(value, str) else [value]
    return sql.SQL(" || chr(37) || ").join(map(sql.Literal, parts))
