"""The conditions a reader chooses, as SQL."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import sql

from projections.scope.folded_words import comparable, compared

MOST = 1_000
"""Rows of one page, whatever is asked for."""
Wanted = str | bool | UUID | None


def all_of(wanted: Mapping[Any, Wanted]) -> sql.Composable:
    """Every column named holds its value, words in any spelling; None asks for rows without one.

    Nothing wanted: every row.
    """
    conditions = [_holds(column, value) for column, value in wanted.items()]
    return sql.SQL(" and ").join(conditions) if conditions else sql.SQL("true")


def _holds(column: str, value: Wanted) -> sql.Composed:
    if value is None:
        return sql.SQL("{} is null").format(compared(column))
    return sql.SQL("{} = {}").format(compared(column), _constant(comparable(column, value)))


def _constant(value: str | bool | UUID) -> sql.Composable:
    """A percent sign in a text by its number: psycopg would take it for the place of a parameter."""
    parts = value.split("%") if isinstance(value, str) else [value]
    return sql.SQL(" || chr(37) || ").join(map(sql.Literal, parts))
