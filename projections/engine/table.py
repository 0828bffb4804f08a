"""A table of a projection: the dataclass of its rows says the columns, their types and their order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, LiteralString, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from psycopg import postgres, sql


class SqlType(NamedTuple):
    """A column's type in SQL, for ``Annotated``. ``copied_as`` is the type whose binary form COPY sends.

    ``limit`` is the largest absolute value of a clamped column: what is beyond it is written as it.
    """

    name: LiteralString
    copied_as: LiteralString
    limit: int | None = None


BigInt = Annotated[int, SqlType("bigint", "bigint")]
ClampedInt = Annotated[int, SqlType("integer", "integer", 2**31 - 1)]
"""A number that an event states. Events take any integer; a column does not, and COPY would cut it off unseen."""
ClampedBigInt = Annotated[int, SqlType("bigint", "bigint", 10**15)]
"""The same for money and seconds, up to the largest amount of a command: sums of some columns stay a bigint."""
JsonText = Annotated[str, SqlType("json", "text")]
"""JSON that the row holds as text. The type is json and not jsonb: it is read back exactly as it was written."""

_TYPES: Mapping[object, LiteralString] = MappingProxyType(
    {
        UUID: "uuid",
        str: "text",
        int: "integer",
        float: "double precision",
        bool: "boolean",
        date: "date",
        datetime: "timestamptz",
    }
)


class Column(NamedTuple):
    """A column as the type of its field declares it."""

    name: str
    type: SqlType
    nullable: bool


@dataclass(frozen=True)
class Table:
    """``row`` is a dataclass: a column for each field, in order; the first field holds the stream's id.

    ``key`` is the primary key. ``indexes`` are what follows ``create index on <table>``. ``computed`` are definitions
    of columns that the server computes. The rows of an ``append_only`` table are never replaced.
    """

    name: str
    row: type[Any]
    key: tuple[str, ...]
    indexes: tuple[LiteralString, ...] = ()
    computed: tuple[LiteralString, ...] = ()
    append_only: bool = False

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the order of the fields."""
        return tuple(_column(name, hint) for name, hint in get_type_hints(self.row, include_extras=True).items())

    @cached_property
    def copied_types(self) -> list[int]:
        """The numbers of the types that COPY sends: looking their names up costs as much as folding a small batch."""
        return [postgres.types.get_oid(column.type.copied_as) for column in self.columns]

    @cached_property
    def values_of(self) -> Callable[[Any], tuple[Any, ...]]:
        """Gives the values of a row in the order of the columns."""
        names = column_names(self.row)
        get = attrgetter(*names)
        values = get if len(names) > 1 else lambda row: (get(row),)
        limits = [(at, column.type.limit) for at, column in enumerate(self.columns) if column.type.limit]
        return (lambda row: _clamped(values(row), limits)) if limits else values

    def ddl(self, schema: str) -> sql.Composed:
        """The statements that make the table and its indexes."""
        table = sql.Identifier(schema, self.name)
        columns = [
            sql.SQL("    {} {}{}").format(
                sql.Identifier(column.name),
                sql.SQL(column.type.name),
                sql.SQL("" if column.nullable else " not null"),
            )
            for column in self.columns
        ]
        computed = [sql.SQL("    {}").format(sql.SQL(definition)) for definition in self.computed]
        key = sql.SQL("    primary key ({})").format(sql.SQL(", ").join(map(sql.Identifier, self.key)))
        made = sql.SQL("create table {} (\n{}\n);\n").format(table, sql.SQL(",\n").join([*columns, *computed, key]))
        indexes = [sql.SQL("create index on {} {};\n").format(table, sql.SQL(index)) for index in self.indexes]
        return sql.Composed([made, *indexes])


def column_names(row: type[Any]) -> tuple[str, ...]:
    """The columns of a row, or of a read model that holds some of them."""
    return tuple(field.name for field in fields(row))


def selected(row: type[Any]) -> sql.Composed:
    """The same as a list for ``select``."""
    return sql.SQL(", ").join(map(sql.Identifier, column_names(row)))


def _clamped(values: tuple[Any, ...], limits: Sequence[tuple[int, int]]) -> tuple[Any, ...]:
    """The values with those beyond the limit of their column at that limit."""
    beyond = {at: limit if values[at] > 0 else -limit for at, limit in limits if values[at] and abs(values[at]) > limit}
    return tuple(beyond.get(at, value) for at, value in enumerate(values)) if beyond else values


def _column(name: str, hint: Any) -> Column:
    """Raises TypeError for a type that no column has."""
    parts = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    types = {_sql_type(part) for part in parts if part is not NoneType}
    if len(types) != 1 or None in types:
        raise TypeError(f"column {name}: no SQL type is declared for {hint}")
    return Column(name, next(filter(None, types)), NoneType in parts)


def _sql_type(hint: Any) -> SqlType | None:
    if hint in _TYPES:
        return SqlType(_TYPES[hint], _TYPES[hint])
    match get_origin(hint), get_args(hint):
        case origin, (_, SqlType() as declared, *_) if origin is Annotated:
            return declared
        case origin, _ if origin is Literal:
            return SqlType("text", "text")
        case origin, (element,) if origin is list:
            of = _column("element", element).type.name
            return SqlType(f"{of}[]", f"{of}[]")
    return None
