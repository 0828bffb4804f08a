"""What statements over the facts of customers share: the person behind a customer, and the periods of the question."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from psycopg import sql

from domain.definitions.kind import DefinitionKind
from domain.definitions.overview import versions_of
from domain.definitions.published import definition_in_effect
from domain.messages import Message
from projections.scope.figure_query import FigureQuery

Body = TypeVar("Body", bound=Message)
SURVIVORS = sql.SQL("(select customer as merged_customer, survivor from survivors) survivors")
"""The merged customers as ``merged_customer``, for a statement whose rows have a ``customer`` of their own."""


def with_persons(table: sql.Composable) -> sql.Composed:
    """The rows of a table with a ``customer``, and ``person``: its survivor, or the customer itself."""
    return sql.SQL(
        "(select t.*, coalesce(survivor, t.customer) as person from {} t left join {} on merged_customer = t.customer)"
    ).format(table, SURVIVORS)


def periods(query: FigureQuery) -> Mapping[str, sql.Composable]:
    """The periods of a question for a statement.

    {number} of an instant is that of its period, from 1 on, by the column ``at``; {starts} and {ends} are arrays by
    number. {spans} is a table of number, starts, ends and judged_at.
    """
    spans = query.spans
    starts, ends = (sql.Literal([getattr(span, name) for span in spans]) for name in ("start", "end"))
    judged = sql.Literal([span.judged_at for span in spans])
    return {
        "number": sql.SQL("width_bucket(at, {}::timestamptz[])").format(starts),
        "starts": sql.SQL("({}::timestamptz[])").format(starts),
        "ends": sql.SQL("({}::timestamptz[])").format(ends),
        "spans": sql.SQL(
            "unnest({}::timestamptz[], {}::timestamptz[], {}::timestamptz[])"
            " with ordinality as spans (starts, ends, judged_at, number)"
        ).format(starts, ends, judged),
        "now": sql.SQL("{}::timestamptz").format(sql.Literal(query.now)),
    }


def in_effect_from(query: FigureQuery, kind: DefinitionKind[Body]) -> list[tuple[datetime, Body]]:
    """The bodies of a definition of a tenant, each with the instant from which it is in effect, in order."""
    instants = sorted({version.effective_from for version in versions_of(query.definitions, kind.name)})
    return [(at, definition_in_effect(query.definitions, kind, at).body) for at in instants]
