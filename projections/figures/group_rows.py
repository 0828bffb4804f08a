"""The statement that counts facts in groups: a row for each group and each reason for which facts are left out."""

from collections.abc import Iterable, Sequence
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
    counted = [part for part in reading.parts if not part.reads_values]
    if reading.of_persons:
        return _SQL["of persons"].composed(
            query.schema,
            **groups,
            settled=sql.SQL(reading.settled),
            parts=_columns((_of_one(part), _name(part)) for part in counted if not _is_everybody(part)),
            names_again=scope.names_again,
            parts_again=_columns((_of_all(part), _name(part)) for part in counted),
        )
    columns = _by_column(reading.parts)
    return _SQL["of facts"].composed(
        query.schema,
        **groups,
        columns=scope.columns,
        counted=sql.SQL("sum(times)" if are_alike else "count({})").format(sql.SQL(reading.counted)),
        provisional=_times("not final") if are_alike else _provisional(reading),
        parts=_columns(
            (_times(part.belongs) if are_alike else sql.SQL(part.aggregate), _name(part)) for part in counted
        ),
        collected=_columns((_collected(column, are_alike=are_alike), _all_of(column)) for column, _ in columns),
        shown=_columns(
            [
                *((_name(part), _name(part)) for part in counted),
                *((_of_values(parts, part), _name(part)) for _, parts in columns for part in parts),
            ]
        ),
        quantiles=sql.SQL(" ").join(
            _quantiles(query.schema, column, parts, are_alike=are_alike) for column, parts in columns
        ),
    )


def _columns(columns: Iterable[tuple[sql.Composable, sql.Identifier]]) -> sql.Composed:
    """Expressions with their names, behind other columns."""
    return sql.Composed([sql.SQL(", {} as {}").format(*column) for column in columns])


def _name(part: Part) -> sql.Identifier:
    return sql.Identifier(f"part_{part.name}")


def _provisional(reading: CountedFacts) -> sql.Composed:
    return sql.SQL("count({}) filter (where not final)").format(sql.SQL(reading.counted))


def _times(belongs: LiteralString | None) -> sql.Composed:
    """Counts facts that are alike and meet a condition."""
    return sql.SQL("coalesce(sum(times) filter (where {}), 0)").format(sql.SQL(belongs or "true"))


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
