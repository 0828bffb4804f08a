"""Words that people write, in tables: shown as written, compared and grouped by their folded form.

Beside the words of a row stands ``folded``: WORDS in their folded form, or null where all are written so already.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from psycopg import sql
from psycopg.rows import DictRow

from domain.text_folding import fold_code, fold_name

WORDS = ("team", "agent", "priority", "category", "channel")
"""What tickets are counted by, in the order of ``folded``: ``folded[1]`` is the team."""
_WITH_KEYS = frozenset({"external_reference", "actor"})
"""What stands alone: beside ``actor`` stands ``actor_key``, null where the word is its own folded form."""
_COMPARED_FOLDED = frozenset({*WORDS, *_WITH_KEYS})


@lru_cache(16_384)
def folded(
    team: str | None, agent: str | None, priority: str | None, category: str | None, channel: str | None
) -> list[str | None] | None:
    """What stands in the column ``folded`` beside some words."""
    words = [team, agent, priority, category, channel]
    keys = [None if word is None else fold_name(word) for word in words]
    return None if keys == words else keys


def key_of(word: str | None) -> str | None:
    """What stands in the key column beside a word that stands alone."""
    key = None if word is None else fold_name(word)
    return None if key == word else key


def compared(column: str) -> sql.Composable:
    """What rows are compared by in a column: the folded form of a word, anything else as it is."""
    if column in WORDS:
        return sql.SQL("coalesce(folded[{}], {})").format(sql.Literal(WORDS.index(column) + 1), sql.Identifier(column))
    if column in _WITH_KEYS:
        return sql.SQL("coalesce({}, {})").format(sql.Identifier(f"{column}_key"), sql.Identifier(column))
    return sql.Identifier(column)


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
