"""Words in tables are shown as written, and compared and grouped by their folded form.

The column ``folded`` of a row holds WORDS in their folded form; null where all are written so already.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from psycopg import sql
from psycopg.rows import DictRow

from domain.event_log.sql_files import sql_file
from domain.text_folding import fold_code, fold_name

WORDS = ("team", "agent", "priority", "category", "channel")
"""The dimensions of a ticket in the order of ``folded``: ``folded[1]`` is the team."""
_WITH_KEYS = frozenset({"external_reference", "actor", "segment", "tier", "wave", "theme"})
"""Columns with a key column of their own, such as ``actor_key``; null where the word is its own folded form."""
_COMPARED_FOLDED = frozenset({*WORDS, *_WITH_KEYS})
_SQL = sql_file("projections.scope", "folded_words.sql")


@lru_cache(16_384)
def folded(
    team: str | None, agent: str | None, priority: str | None, category: str | None, channel: str | None
) -> list[str | None] | None:
    """The value of the column ``folded`` for the words of a row."""
    words = [team, agent, priority, category, channel]
    keys = [None if word is None else fold_name(word) for word in words]
    return None if keys == words else keys


@lru_cache(16_384)
def key_of(word: str | None) -> str | None:
    """The value of the key column of a word."""
    key = None if word is None else fold_name(word)
    return None if key == word else key


def compared(column: str) -> sql.Composable:
    """The expression that a column is compared by: the folded form of a word, any other value as it is."""
    if column in WORDS:
        return sql.SQL("coalesce(folded[{}], {})").format(sql.Literal(WORDS.index(column) + 1), sql.Identifier(column))
    if column in _WITH_KEYS:
        return sql.SQL("coalesce({}, {})").format(sql.Identifier(f"{column}_key"), sql.Identifier(column))
    return sql.Identifier(column)


def comparable(column: str, value: Any) -> Any:
    """A value in the form that a column is compared with."""
    if column in {"state", "tier"}:
        return fold_code(value)
    return fold_name(value) if column in _COMPARED_FOLDED else value


def grouping(columns: Sequence[str]) -> list[sql.Composable]:
    """The expressions to group and order by, so that all spellings of a word are one group."""
    return [compared(column) for column in columns]


def group_columns(columns: Sequence[str]) -> list[sql.Composable]:
    """The columns to select of a group made by ``grouping``; pass the rows to ``in_one_spelling``.

    Where ``folded`` is null a word is its own folded form, and texts need not be compared.
    """
    selected: list[sql.Composable] = []
    for column in columns:
        if column in _COMPARED_FOLDED:
            written = _SQL["word of a group" if column in WORDS else "word of a group with a key"]
            selected += [
                written.composed(word=sql.Identifier(column), key=compared(column)),
                sql.SQL("{} as {}").format(compared(column), sql.Identifier(f"{column}_key")),
            ]
        else:
            selected.append(sql.Identifier(column))
    return selected


def columns_of_groups(columns: Sequence[str]) -> list[sql.Composable]:
    """The names of the columns that ``group_columns`` selects."""
    return [
        sql.Identifier(name)
        for column in columns
        for name in ((column, f"{column}_key") if column in _COMPARED_FOLDED else (column,))
    ]


def grouping_again(columns: Sequence[str]) -> list[sql.Composable]:
    """The expressions to group groups by that ``group_columns`` selects."""
    return [sql.Identifier(f"{column}_key" if column in _COMPARED_FOLDED else column) for column in columns]


def group_columns_again(columns: Sequence[str]) -> list[sql.Composable]:
    """The columns to select of groups of groups."""
    selected: list[sql.Composable] = []
    for column in columns:
        if column in _COMPARED_FOLDED:
            written = _SQL["word of a group with a key"].composed(word=sql.Identifier(column))
            selected += [written, sql.Identifier(f"{column}_key")]
        else:
            selected.append(sql.Identifier(column))
    return selected


def in_one_spelling(rows: Sequence[DictRow], columns: Sequence[str]) -> None:
    """Writes each word in its first spelling (by code points) in all rows, and removes the key columns."""
    for column in _COMPARED_FOLDED.intersection(columns):
        first: dict[str | None, str | None] = {}
        for row in rows:
            key, written = row.pop(f"{column}_key"), row[column]
            first[key] = written if key is None else min(first.get(key) or written, written)
            row[column] = key
        for row in rows:
            row[column] = first[row[column]]
