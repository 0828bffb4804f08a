"""Which tickets a figure counts and which it leaves out, as SQL over rows with an ``outcome``."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql

from domain.ticket.population import WHO_COUNTS, Outcome
from projections.scope.report_scope import ReportScope

LeftOut = dict[str, int]
"""Tickets that a figure leaves out, by reason (an outcome, or ``open_again``), in the period in which they left."""

NOT_AS_RESOLVED: Sequence[Outcome] = [outcome for outcome, counts in WHO_COUNTS.items() if not counts.as_resolved]
NO_CONTACT: Sequence[Outcome] = [outcome for outcome, counts in WHO_COUNTS.items() if not counts.as_contact]


def is_left_out(outcomes: Sequence[Outcome], row: str | None = None) -> sql.Composed:
    """The condition that a ticket has one of the outcomes; never null. ``row``: the name of the row in the statement.

    The server finds such tickets by the index over those that were not resolved.
    """
    column = sql.Identifier(row, "outcome") if row else sql.Identifier("outcome")
    return sql.SQL("({0} is not null and {0} = any({1}))").format(column, sql.Literal(list(outcomes)))


def counts_of(outcomes: Sequence[Outcome]) -> sql.Composed:
    """How many rows are left out for each reason; ``left_out`` is null in a row that counts."""
    counts = [
        sql.SQL("count(*) filter (where left_out = {}) as {}").format(
            sql.Literal(outcome), sql.Identifier(f"left_out_{outcome}")
        )
        for outcome in outcomes
    ]
    return sql.SQL(", ").join(counts)


def left_out(row: Mapping[str, Any], outcomes: Sequence[Outcome]) -> LeftOut:
    """The counts of a row that was selected with ``counts_of``."""
    return {outcome: row[f"left_out_{outcome}"] for outcome in outcomes}


def populations(scope: ReportScope) -> dict[str, sql.Composable]:
    """The parts of a statement over the tickets that count as resolved, and those left out beside them.

    A ticket that counts lies in the scope by the instant at which it was resolved ({covers}, {period}, not
    {uncounted}); one left out by the instant at which it left the backlog ({left}, {left_period}, {uncounted}).
    {left_out} counts the latter.
    """
    return {
        "names": scope.names,
        "keys": scope.keys,
        "covers": scope.covers("resolved_at"),
        "period": scope.period("resolved_at"),
        "left": scope.covers("left_at"),
        "left_period": scope.period("left_at"),
        "uncounted": is_left_out(NOT_AS_RESOLVED),
        "left_out": counts_of(NOT_AS_RESOLVED),
    }
