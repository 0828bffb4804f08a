"""Counts the facts of a figure: the rows of its groups, and the subjects behind a part."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from psycopg import sql
from psycopg.rows import DictRow

from domain.event_log.sql_files import sql_file
from projections.customers.survivors import is_anybody_merged, survivors_in
from projections.figures.dimensions import OF_CUSTOMERS, customer_dimensions
from projections.figures.figure import CountedFacts, Figure, FigureRow, FigureSubject, Number, Part, SubjectCursor
from projections.figures.group_rows import group_rows
from projections.figures.runs import FEW_PERIODS, changes_of, in_each_period, placed_by_changes
from projections.figures.values import parts_of, value_of
from projections.scope.figure_query import FigureQuery
from projections.scope.filters import all_of
from projections.scope.report_scope import groups

_SQL = sql_file("projections.figures", "counting.sql")
LEFT_OUT = "left_out:"
"""Begins the name of what is behind a count of the left-out, such as left_out:merged."""


def counted_rows(
    figure: Figure, reading: CountedFacts, query: FigureQuery, wanted: Collection[str] | None = None
) -> list[FigureRow]:
    """The groups in order, with the ``wanted`` parts and those of the value; None: all parts.

    Without dimensions, each period has a row, also one without facts.

    Raises PeriodRefused and TooManyGroups.
    """
    if wanted is not None:
        names = {*wanted, *parts_of(figure.value)}
        reading = replace(reading, parts=tuple(part for part in reading.parts if part.name in names))
    facts, are_alike = _facts_to_group(reading, query)
    statement = group_rows(reading, query, facts, leaves_out=bool(figure.left_out), are_alike=are_alike)
    rows = groups(query.connection, statement, query.by)
    keyed: dict[tuple[Any, ...], list[DictRow]] = {}
    if not query.by:
        keyed = {(span.label,): [] for span in query.spans} or {(None,): []}
    for row in rows:
        keyed.setdefault((row["period"], *(row[name] for name in query.by)), []).append(row)
    return [_row(figure, reading, query, key, rows) for key, rows in keyed.items()]


def _facts_to_group(reading: CountedFacts, query: FigureQuery) -> tuple[sql.Composed, bool]:
    """The facts, and whether those that are alike are one row."""
    if reading.runs is not None and len(query.spans) > FEW_PERIODS:
        changes = changes_of(reading.facts(query), reading.runs, query)
        changed = facts_of(replace(reading, facts=lambda _: changes, runs=None), query, "changed")
        return changed + placed_by_changes(reading.runs, query), True
    if (alike := reading.alike(query) if reading.alike else None) is not None:
        return facts_of(replace(reading, facts=lambda _: alike), query), True
    return facts_of(reading, query), False


def subjects_behind(
    reading: CountedFacts, query: FigureQuery, part: str, after: SubjectCursor | None, limit: int
) -> list[FigureSubject]:
    """The facts behind a part, by instant, subject and fact, behind the cursor ``after``.

    Where persons count, the customer of a fact is the person, so that a list has as many as the part.
    """
    counts = sql.SQL("left_out = {}").format(sql.Literal(part.removeprefix(LEFT_OUT)))
    if not part.startswith(LEFT_OUT):
        (chosen,) = (each for each in reading.parts if each.name == part)
        counts = sql.SQL("left_out is null and {}").format(sql.SQL(chosen.belongs or "true"))
    order = sql.SQL("at, coalesce(subject::text, ''), coalesce(fact, '')")
    behind: sql.Composable = sql.SQL("true")
    if after is not None:
        at, subject, fact = after
        cursor = sql.SQL(", ").join(map(sql.Literal, (at, str(subject or ""), fact or "")))
        behind = sql.SQL("({}) > ({})").format(order, cursor)
    statement = _SQL["subjects"].composed(
        query.schema,
        customer=sql.SQL("person" if reading.of_persons else "customer"),
        facts=facts_of(reading, replace(query, by=())),  # a fact in several groups is listed once
        counts=counts,
        behind=behind,
        order=order,
        limit=sql.Literal(limit),
    )
    return [FigureSubject(*row) for row in query.connection.execute(statement).fetchall()]


def facts_of(reading: CountedFacts, query: FigureQuery, name: str = "placed") -> sql.Composed:
    """A common table expression: the facts that meet the question, with their dimensions and periods.

    A fact has a row for each of its groups, and ``once`` is true in one of them.
    """
    facts = reading.facts(query)
    if reading.runs is not None:
        facts = in_each_period(facts, reading.runs, query)
    is_read = "segment" in query.by and any("once" in part.aggregate for part in reading.parts)
    in_groups = "row_number() over (partition by subject, fact) = 1" if is_read else "true"
    columns, joins = customer_dimensions(
        query, {*query.by, *query.where}, organisation_of=reading.organisation_of, happened=reading.happened
    )
    are_any = query.merged() if query.merged else is_anybody_merged(query.connection, query.schema)
    return _SQL["facts"].composed(
        query.schema,
        name=sql.Identifier(name),
        survivors=survivors_in(query.schema, are_any=are_any),
        person=_SQL[_person_in(reading, query, are_any=are_any)].composed(query.schema, counted=facts),
        within=query.within("at"),
        columns=columns,
        joins=joins,
        period=query.scope.period("at"),
        where=all_of(query.where),
        once=sql.SQL(in_groups),
    )


def _person_in(reading: CountedFacts, query: FigureQuery, *, are_any: bool) -> str:
    """The piece of SQL that finds the person, where the parts or a dimension read it.

    Tickets and some facts have an organisation without their person.
    """
    named = {*query.by, *query.where}
    if reading.organisation_of != "person":
        named.discard("organisation")
    if reading.of_persons or not named.isdisjoint(OF_CUSTOMERS):
        return "person" if are_any else "customer"
    return "no person"


def _row(
    figure: Figure, reading: CountedFacts, query: FigureQuery, key: tuple[Any, ...], rows: Sequence[DictRow]
) -> FigureRow:
    counted: Mapping[str, Any] = next((row for row in rows if row["left_out"] is None), {})
    parts = {part.name: _part(part, counted) for part in reading.parts}
    of = {name: None if value is None else str(value) for name, value in zip(query.by, key[1:], strict=True)}
    total, provisional = counted.get("counted", 0), counted.get("provisional", 0)
    left_out = dict.fromkeys(figure.left_out, 0) | {
        row["left_out"]: row["counted"] for row in rows if row["left_out"] is not None
    }
    return FigureRow(key[0], of, *value_of(figure.value, parts), parts, total - provisional, provisional, left_out)


def _part(part: Part, counted: Mapping[str, Any]) -> Number:
    return number(counted[f"part_{part.name}"]) if counted else part.empty


def number(value: Any) -> Number:
    """A number of the server as one of Python; a whole one is an int."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value  # type: ignore[no-any-return]  # the driver gives int, float or None
