"""What an exported table is, and how one is made of a table of a projection."""

from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import sql

from api.exporting.changes import CHANGED, CHANGED_CUSTOMERS
from api.exporting.snapshot import ExportSnapshot
from domain.event_log.sql_files import sql_file
from projections.customers.survivors import survivors
from projections.customers.table import CUSTOMERS
from projections.engine.projection import Projection
from projections.engine.table import Column, SqlType, Table, column_names

_SQL = sql_file("api.exporting", "exporting.sql")
ROWS_AT_ONCE = 5_000
TEXT, UUID_TYPE = SqlType("text", "text"), SqlType("uuid", "uuid")

Expression = tuple[Column, sql.Composable]
"""A column of an export, and the expression in SQL that gives its value."""


@dataclass(frozen=True)
class ExportedTable:
    """``grain`` says what a row is, ``key`` names the columns that identify one.

    ``select`` gives the statement whose rows have these columns; it may first put what SQL cannot compute into
    temporary tables.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    projections: tuple[Projection, ...]
    select: Callable[[ExportSnapshot], sql.Composed]


@dataclass(frozen=True, slots=True)
class AddedColumns:
    """Columns beside those of a projection's table ``t``, and the joins that their expressions need."""

    columns: tuple[Expression, ...]
    joins: Callable[[ExportSnapshot], sql.Composable]
    projections: tuple[Projection, ...]


def exported(
    projection: Projection,
    table: Table,
    grain: str,
    *,
    name: str | None = None,
    row: type[Any] | None = None,
    order: LiteralString | None = None,
    source: str | None = None,
    added: AddedColumns | None = None,
) -> ExportedTable:
    """The table of a projection, or those columns of it that the read model ``row`` has, with names beside ids.

    The column ``customer`` names the survivor. In a table of customers' own facts it is a part of the key: there it
    stays as recorded, with the survivor beside. ``source`` names the statement that stands for the table where not all
    of its rows count.
    """
    shown = [column for column in table.columns if column.name in column_names(row or table.row)]
    stream = table.columns[0].name
    columns = [part for column in shown for part in _with_name(column, owned=stream == "customer")]
    columns += added.columns if added else ()
    people = [column.name for column in shown if column.name in _JOINS]

    def select(snapshot: ExportSnapshot) -> sql.Composed:
        return sql.SQL(
            "with recursive {survivors} select {columns} from {source} t {joins} {more} where {where} order by {order}"
        ).format(
            survivors=survivors(snapshot.schema),
            columns=sql.SQL(", ").join(
                sql.SQL("{} as {}").format(expression, sql.Identifier(column.name)) for column, expression in columns
            ),
            source=_SQL[source].composed(snapshot.schema) if source else sql.Identifier(snapshot.schema, table.name),
            joins=sql.SQL(" ").join(_SQL[_JOINS[person]].composed(snapshot.schema) for person in people),
            more=added.joins(snapshot) if added else sql.SQL(""),
            where=_changed(stream, people) if snapshot.after else sql.SQL("true"),
            order=sql.SQL(order) if order else sql.SQL(", ").join(map(_of_row, table.key)),
        )

    return ExportedTable(
        name=name or table.name,
        grain=grain,
        key=table.key,
        columns=tuple(column for column, _ in columns),
        projections=(projection, CUSTOMERS, *(added.projections if added else ())),
        select=select,
    )


def rows_of(snapshot: ExportSnapshot, table: ExportedTable) -> Generator[tuple[Any, ...]]:
    """The rows, some thousand at a time from the server. JSON is text. Raises at once what ``select`` raises."""
    return _read(snapshot, table.name, with_texts(table, table.select(snapshot), lists=False))


def _read(snapshot: ExportSnapshot, name: str, statement: sql.Composed) -> Generator[tuple[Any, ...]]:
    with snapshot.connection.cursor(f"export_{name}", binary=True) as cursor:
        cursor.itersize = ROWS_AT_ONCE
        yield from cursor.execute(statement)


def with_texts(table: ExportedTable, statement: sql.Composed, *, lists: bool) -> sql.Composed:
    """The statement with JSON as text, and with ``lists`` as texts of JSON arrays."""

    def column(of: Column) -> sql.Composed:
        expression = sql.SQL("{}")
        if of.type.name == "json":
            expression = sql.SQL("{}::text")
        elif lists and is_list(of):
            expression = sql.SQL("to_json({})::text")
        return expression.format(sql.Identifier(of.name))

    return sql.SQL("select {} from ({}) exported").format(sql.SQL(", ").join(map(column, table.columns)), statement)


def is_list(column: Column) -> bool:
    """Whether the values of a column are lists."""
    return column.type.name.endswith("[]")


def _with_name(column: Column, *, owned: bool) -> Iterator[Expression]:
    """The column, and the name of a customer or an organisation beside its id."""
    if column.name == "customer":
        if owned:
            yield column, _of_row(column.name)
        yield column._replace(name="survivor" if owned else "customer"), sql.SQL(_SURVIVOR)
        yield Column("survivor_name" if owned else "customer_name", TEXT, nullable=True), sql.SQL("of_customer.name")
    else:
        yield column, _of_row(column.name)
        if column.name == "organisation":
            yield Column("organisation_name", TEXT, nullable=True), sql.SQL("of_organisation.name")


def _of_row(name: str) -> sql.Composed:
    return sql.SQL("t.{}").format(sql.Identifier(name))


def _changed(stream: str, people: Collection[str]) -> sql.Composed:
    """The condition that a row, or what it says of a customer, may have changed after the position."""
    conditions = [sql.SQL("{} in (select stream from {})").format(_of_row(stream), sql.SQL(CHANGED))]
    conditions += [
        sql.SQL("{} in (select customer from {})").format(_of_row(person), sql.SQL(CHANGED_CUSTOMERS))
        for person in people
    ]
    return sql.SQL("({})").format(sql.SQL(" or ").join(conditions))


_SURVIVOR: LiteralString = "coalesce(customer_survivor.survivor, t.customer)"
_JOINS = {"customer": "customer of a row", "organisation": "organisation of a row"}
