"""Counts facts that count in runs of periods: by their changes, and not in each period."""

from collections.abc import Mapping

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.figures.figure import Runs
from projections.figures.of_customers import periods
from projections.scope.figure_query import FigureQuery
from projections.scope.folded_words import columns_of_groups

_SQL = sql_file("projections.figures", "runs.sql")
FEW_PERIODS = 60
"""Up to so many periods, a row for each of them costs less than the changes."""
_CHANGING = ("tier", "segment")
"""The dimensions in which a customer may change from one period to the next."""


def in_each_period(facts: sql.Composable, runs: Runs, query: FigureQuery) -> sql.Composed:
    """A row for each fact and period in which it counts, as CountedFacts has them."""
    return _SQL["in each period"].composed(query.schema, facts=facts, **_instants(runs, query), **periods(query))


def changes_of(facts: sql.Composable, runs: Runs, query: FigureQuery) -> sql.Composed:
    """A row for each number of a period from which on a fact counts once more, or once less in a group."""
    pieces = {"facts": facts, **_instants(runs, query)}
    names = [name for name in _CHANGING if name in {*query.by, *query.where}]
    if not names:
        return _SQL["changes"].composed(query.schema, **pieces)
    turns = sql.SQL(" union all ").join(_SQL[f"turns of {name}"].composed(query.schema) for name in names)
    return _SQL["changes with turns"].composed(query.schema, turns=turns, **pieces)


def placed_by_changes(runs: Runs, query: FigureQuery) -> sql.Composed:
    """The common table expression ``placed`` behind ``changed``: facts that are alike, for each period."""
    names = [*columns_of_groups(query.by), *map(sql.Identifier, ("left_out", *runs.columns))]
    return _SQL["placed"].composed(
        query.schema,
        columns=sql.SQL(", ").join(names),
        labels=sql.Literal([span.label for span in query.spans]),
        **_instants(runs, query),
        **periods(query),
    )


def _instants(runs: Runs, query: FigureQuery) -> Mapping[str, sql.Composable]:
    instants = sql.Literal([getattr(span, runs.at) for span in query.spans])
    return {"instants": sql.SQL("({}::timestamptz[])").format(instants), "last": sql.Literal(len(query.spans))}
