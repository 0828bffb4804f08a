"""Which tickets a figure counts and which it leaves out, as SQL over rows with an ``outcome``."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql

from domain.ticket.population import WHO_COUNTS, Outcome

LeftOut = dict[str, int]
"""Tickets that a figure leaves out, by the reason: an outcome, or ``open_again``. They count when they left."""

NOT_AS_RESOLVED: Sequence[Outcome] = [outcome for outcome, counts in WHO_COUNTS.items() if not counts.as_resolved]
NO_CONTACT: Sequence[Outcome] = [outcome for outcome, counts in WHO_COUNTS.items() if not counts.as_contact]


def is_left_out(outcomes: Sequence[Outcome], row: str | None = None) -> sql.Composed:
    """The condition that a ticket has one of the outcomes. ``row``: the name of the row in the statement."""
    column = sql.Identifier(row, "outcome") if row else sql.Identifier("outcome")
    return sql.SQL("coalesce({} = any({}), false)").format(column, sql.Literal(list(outcomes)))


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
    """What a row with ``counts_of`` says."""
    return {outcome: row[f"left_out_{outcome}"] for outcome in outcomes}
