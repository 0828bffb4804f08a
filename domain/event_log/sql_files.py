"""SQL in ``.sql`` files: each statement has a name and a comment, and is loaded by its name.

A file stands beside the module that loads it. A statement begins with a line ``-- name: NAME``; the comment lines after
it say what it does. Placeholders are those of psql, so that psql runs a file as it stands:

- ``:"schema"`` is an identifier and ``:'schema'`` a literal, filled in when the statement is made;
- ``:after`` is a parameter, given with each execution, or a part of the statement, such as a condition, put in when the
  statement is composed.

psql fills in nothing between dollar quotes: the bodies of functions and DO blocks need this module.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

from psycopg import sql

from domain.event_log.schema import filled, schema_of

_BEGINNING = re.compile(r"^-- name: (.+)\n((?:--.*\n)*)", re.MULTILINE)
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)\b")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, or several that are executed together. ``text`` is that of the file."""

    name: str
    comment: str
    text: str

    def of(self, tenant: str) -> sql.SQL:
        """The statement in the tenant's schema."""
        return self.filled(schema=schema_of(tenant))

    def filled(self, **names: str) -> sql.SQL:
        """The statement with these names as identifiers and literals. Raises KeyError for a missing one."""
        return _filled(self.text, tuple(names.items()))

    def composed(self, schema: str | None = None, /, **parts: sql.Composable) -> sql.Composed:
        """The statement with its parts, in the schema when it names one. Names that are no part are parameters.

        Raises KeyError for a statement that names a schema and gets none.
        """
        pieces = _pieces(self.text, schema, tuple(parts))
        return sql.Composed([parts[piece] if isinstance(piece, str) else piece for piece in pieces])


@cache
def sql_file(package: str, file: str) -> Mapping[str, Statement]:
    """The statements of a package's file by name, in their order."""
    return statements(files(package).joinpath(file).read_text(encoding="utf-8"))


def statements(content: str) -> Mapping[str, Statement]:
    """The statements of a file with this content."""
    _, *pieces = _BEGINNING.split(content)
    parts = zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True)
    return MappingProxyType({name: Statement(name, _plain(comment), text.strip()) for name, comment, text in parts})


@lru_cache(4096)
def _pieces(text: str, schema: str | None, parts: tuple[str, ...]) -> tuple[sql.SQL | str, ...]:
    """The texts of a statement, each as one, and the names of the parts between them."""
    between = re.split(rf"(?<![:\w]):({'|'.join(parts)})\b", text) if parts else [text]
    are_parameters = any(_PARAMETER.search(piece) for piece in between[::2])
    names = {} if schema is None else {"schema": schema}
    return tuple(
        piece if number % 2 else sql.SQL(filled(_with_parameters(piece, are_parameters), **names).as_string())
        for number, piece in enumerate(between)
    )


@lru_cache(4096)
def _filled(text: str, names: tuple[tuple[str, str], ...]) -> sql.SQL:
    """The statement as one text, so that the driver need not put it together at each execution."""
    return sql.SQL(filled(_with_parameters(text, bool(_PARAMETER.search(text))), **dict(names)).as_string())


def _plain(comment: str) -> str:
    return " ".join(line.removeprefix("--").strip() for line in comment.splitlines())


def _with_parameters(text: str, are_any: bool) -> str:
    """The text with the driver's parameters. A statement without parameters keeps its percent signs."""
    return _PARAMETER.sub(r"%(\1)s", text.replace("%", "%%")) if are_any else text
