"""The schema of a tenant: its name, and statements that are executed in it."""

import re

from psycopg import sql

TENANT = re.compile(r"[a-z][a-z0-9_]{0,39}")
PREFIX = "tenant_"
_NAME = re.compile(r"(\{schema\}|(?<!:):\"\w+\"|(?<!:):'\w+')")


def schema_of(tenant: str) -> str:
    """The schema that holds everything of a tenant. Raises ValueError for a name that is none."""
    if not TENANT.fullmatch(tenant):
        raise ValueError(f"tenant {tenant!r}: use 1 to 40 lower-case letters, digits and underscores, a letter first")
    return f"{PREFIX}{tenant}"


def in_schema(text: str, schema: str) -> sql.Composed:
    """A statement of this program with its placeholders for the schema filled in.

    ``{schema}`` and ``:"schema"`` stand for the quoted name, ``:'schema'`` for a literal.
    """
    return filled(text, schema=schema)


def filled(text: str, **names: str) -> sql.Composed:
    """The text with ``:"name"`` as an identifier and ``:'name'`` as a literal, for each of the names."""
    return sql.Composed([_piece(piece, names) for piece in _NAME.split(text)])


def _piece(piece: str, names: dict[str, str]) -> sql.Composable:
    if piece == "{schema}":
        return sql.Identifier(names["schema"])
    if piece.startswith(':"'):
        return sql.Identifier(names[piece[2:-1]])
    if piece.startswith(":'"):
        return sql.Literal(names[piece[2:-1]])
    return sql.SQL(piece)
