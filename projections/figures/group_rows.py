"""The statement that counts facts in groups: a row for each group and each reason for which facts are left out."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import LiteralString

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.figures.figure import CountedFacts, Part
from projections.scope.figure_query import FigureQuery

_SQL = sql_file("projections.figures", "group_rows.sql")


def group_rows(
    reading: CountedFacts, query: FigureQuery, facts: sql.Composable, *, leaves_out: bool, are_alike: bool
) -> sql.Composed:
    """The rows of facts ``placed``, in the order of the groups; a part of the figure is the column part_NAME.

    The facts of a figure that leaves nothing out are not grouped by the reason: the server cannot tell how many there
    are, and would rather sort the facts than keep so many groups. Where facts ``are_alike``, each row of them says how
    many ``times`` it counts.
    """
    scope = query.scope
    groups = {
        "facts": facts,
        "names": scope.names,
        "left_out": sql.SQL("left_out" if leaves_out else "null"),
        "keys": scope.keys + sql.SQL(", left_out" if leaves_out else ""),
        "keys_again": scope.keys_again,
    }
    if reading.of_persons:
        pieces = _of_persons(reading.parts, reading.settled)
        return _SQL["of persons"].composed(query.schema, **groups, names_again=scope.names_again, **pieces)
    pieces = _of_facts(query.schema, reading.parts, reading.counted, are_alike=are_alike)
    return _SQL["of facts"].composed(query.schema, **groups, columns=scope.columns, **pieces)


@lru_cache(512)
def _of_persons(parts: tuple[Part, ...], settled: LiteralString) -> Mapping[str, sql.SQL]:
    """What a figure of persons puts into its statement, as texts, which are the same in each question."""
    return _texts(
        settled=sql.SQL(settled),
        parts=_columns((_of_one(part), _name(part)) for part in parts if not _is_everybody(part)),
        parts_again=_columns((_of_all(part), _name(part)) for part in parts),
    )


@lru_cache(512)
def _of_facts(
    schema: str, all_parts: tuple[Part, ...], counted: LiteralString, *, are_alike: bool
) -> Mapping[str, sql.SQL]:
    """The same of a figure of facts."""
    parts = [part for part in all_parts if not part.reads_values]
    columns = _by_column(all_parts)
    return _texts(
        counted=sql.SQL("sum(times)" if are_alike else f"count({counted})"),
        provisional=_times("not final") if are_alike else sql.SQL(f"count({counted}) filter (where not final)"),
        parts=_columns((_sum(part) if are_alike else sql.SQL(part.aggregate), _name(part)) for part in parts),
        collected=_columns((_collected(column, are_alike=are_alike), _all_of(column)) for column, _ in columns),
        shown=_columns(
            [
                *((_name(part), _name(part)) for part in parts),
                *((_of_values(of_column, part), _name(part)) for _, of_column in columns for part in of_column),
            ]
        ),
        quantiles=sql.SQL(" ").join(
            _quantiles(schema, column, of_column, are_alike=are_alike) for column, of_column in columns
        ),
    )


def _texts(**pieces: sql.Composable) -> Mapping[str, sql.SQL]:
    return {name: sql.SQL(piece.as_string()) for name, piece in pieces.items()}


def _columns(columns: Iterable[tuple[sql.Composable, sql.Identifier]]) -> sql.Composed:
    """Expressions with their names, behind other columns."""
    return sql.Composed([sql.SQL(", {} as {}").format(*column) for column in columns])


def _name(part: Part) -> sql.Identifier:
    return sql.Identifier(f"part_{part.name}")


def _times(belongs: LiteralString | None, adds: LiteralString | None = None) -> sql.Composed:
    """Counts facts that are alike and meet a condition, or adds a column of them."""
    each = sql.SQL("times" if adds is None else f"times * {adds}")
    return sql.SQL("coalesce(sum({}) filter (where {}), 0)").format(each, sql.SQL(belongs or "true"))


def _sum(part: Part) -> sql.Composed:
    """The part over facts that are alike."""
    return _times(part.belongs, part.adds)


def _is_everybody(part: Part) -> bool:
    """Whether the part counts persons, whatever their facts are."""
    return part.of_persons and part.belongs is None


def _of_one(part: Part) -> sql.Composable:
    """The part over the facts of one person."""
    return sql.SQL(f"bool_or({part.belongs})" if part.of_persons else part.aggregate)


def _of_all(part: Part) -> sql.Composable:
    if _is_everybody(part):
        return sql.SQL("count(*)")
    return sql.SQL("count(*) filter (where {})" if part.of_persons else "sum({})").format(_name(part))


def _by_column(parts: Sequence[Part]) -> list[tuple[str, list[Part]]]:
    """The parts made of the values of each column, which are sorted once."""
    parts = sorted((part for part in parts if part.reads_values), key=lambda part: part.aggregate)
    return [(column, list(of_column)) for column, of_column in groupby(parts, lambda part: part.aggregate)]


def _all_of(column: str) -> sql.Identifier:
    return sql.Identifier(f"all_{column}")


def _collected(column: str, *, are_alike: bool) -> sql.Composed:
    """All values of a column, or rows with an array of them each."""
    collected: LiteralString = "row({0})" if are_alike else "{0}"
    return sql.SQL(f"array_agg({collected}) filter (where {{0}} is not null)").format(sql.Identifier(column))


def _quantiles(schema: str, column: str, parts: Sequence[Part], *, are_alike: bool) -> sql.Composed:
    values = _SQL["values alike" if are_alike else "values"].composed(schema, collected=_all_of(column))
    return _SQL["quantiles"].composed(
        schema,
        fractions=sql.Literal([part.quantile for part in parts]),
        total=sql.SQL("sum(value)" if any(part.sums for part in parts) else "null"),
        values=values,
        name=sql.Identifier(f"of_{column}"),
    )


def _of_values(parts: Sequence[Part], part: Part) -> sql.Composed:
    if part.sums:
        return sql.SQL("coalesce({}.total, 0)").format(sql.Identifier(f"of_{part.aggregate}"))
    return sql.SQL("{}.quantiles[{}]").format(
        sql.Identifier(f"of_{part.aggregate}"), sql.Literal(parts.index(part) + 1)
    )
