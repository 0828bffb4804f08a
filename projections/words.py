"""Words that people write, in tables: shown as written, compared and grouped by their folded form.

Beside the column ``team`` stands ``team_key``: the folded form where it differs from what is written, else null.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from psycopg import sql
from psycopg.rows import DictRow

from domain.text_folding import fold_code, fold_name

WORDS = ("team", "agent", "priority", "category", "channel")
"""What tickets are counted by."""
WORD_KEYS = tuple(f"{word}_key" for word in WORDS)
_COMPARED_FOLDED = frozenset({*WORDS, "external_reference", "actor"})


@lru_cache(4_096)
def key_of(word: str | None) -> str | None:
    """What stands in the key column beside a word."""
    folded = None if word is None else fold_name(word)
    return None if folded == word else folded


def compared(column: str) -> sql.Composable:
    """What rows are compared by in a column: the folded form of a word, anything else as it is."""
    if column not in _COMPARED_FOLDED:
        return sql.Identifier(column)
    return sql.SQL("coalesce({}, {})").format(sql.Identifier(f"{column}_key"), sql.Identifier(column))


def comparable(column: str, value: Any) -> Any:
    """A value as a column is compared with it."""
    if column in _COMPARED_FOLDED:
        return fold_name(value)
    return fold_code(value) if column == "state" else value


def grouping(columns: Sequence[str]) -> list[sql.Composable]:
    """What rows are grouped and ordered by, so that every spelling of a word is in one group."""
    return [compared(column) for column in columns]


def group_columns(columns: Sequence[str]) -> list[sql.Composable]:
    """What is selected of a group made by ``grouping``; the rows then go through ``in_one_spelling``."""
    selected: list[sql.Composable] = []
    for column in columns:
        if column in _COMPARED_FOLDED:
            smallest = sql.SQL('min({0} collate "C") as {0}').format(sql.Identifier(column))
            selected += [smallest, sql.SQL("{} as {}").format(compared(column), sql.Identifier(f"{column}_key"))]
        else:
            selected.append(sql.Identifier(column))
    return selected


def in_one_spelling(rows: Sequence[DictRow], columns: Sequence[str]) -> None:
    """Shows each word by the spelling that comes first (by code points) in all rows; takes the keys out of them."""
    for column in _COMPARED_FOLDED.intersection(columns):
        first: dict[str | None, str | None] = {}
        for row in rows:
            key, written = row.pop(f"{column}_key"), row[column]
            first[key] = written if key is None else min(first.get(key) or written, written)
            row[column] = key
        for row in rows:
            row[column] = first[row[column]]
