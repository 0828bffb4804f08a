"""The columns that views share: instants with their local days, customers with their survivors, folded words."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from psycopg import sql

from domain.event_log.sql_files import Statement
from domain.zones import TZDATA
from projections.customers.survivors import survivors
from projections.engine.view import View
from projections.reporting.local_days import built_in_offsets, local_day_in_view
from projections.scope.folded_words import WORDS


class ViewColumn(NamedTuple):
    """``expression`` is SQL over the rows of the view's source, with ``:"schema"`` for the schema of the tables."""

    name: str
    expression: str
    comment: str


def view(
    name: str,
    comment: str,
    *columns: ViewColumn | Iterable[ViewColumn],
    source: str,
    personal: bool = False,
) -> View:
    """A view of these columns, one by one or in groups. ``source`` follows the columns in the statement.

    The source may join ``survivors (customer, survivor)``, which has a row for each merged customer.
    """
    listed = [column for group in columns for column in ([group] if isinstance(group, ViewColumn) else group)]
    text = f"with recursive :survivors select {', '.join(column.expression for column in listed)} {source}"
    statement = Statement(name, comment, text)

    def select(schema: str) -> sql.Composable:
        return statement.composed(schema, survivors=survivors(schema), **built_in_offsets())

    definition = f"{TZDATA} {survivors('').as_string()} {text}"
    return View(name, comment, {column.name: column.comment for column in listed}, select, definition, personal)


def instant(name: str, expression: str, comment: str) -> Iterator[ViewColumn]:
    """The instant ``NAME_at`` and its day in the tenant's zone, ``NAME_local_date``."""
    yield ViewColumn(f"{name}_at", expression, comment)
    yield ViewColumn(f"{name}_local_date", local_day_in_view(expression), f"The day of {name}_at in the tenant's zone.")


def customer(expression: str, comment: str = "The customer, as it was recorded.") -> Iterator[ViewColumn]:
    """The customer, and whom it was merged into; the source joins ``survivors s`` on the same expression."""
    yield ViewColumn("customer_id", expression, comment)
    yield ViewColumn(
        "survivor_id",
        f"coalesce(s.survivor, {expression})",
        "The customer that it was merged into, directly or through others; the same customer when it was not.",
    )


def words(row: str, *names: str) -> Iterator[ViewColumn]:
    """Dimensions of a ticket in the form in which figures group them."""
    for name in names:
        folded = f"coalesce({row}.folded[{WORDS.index(name) + 1}], {row}.{name})"
        yield ViewColumn(name, folded, _MEANINGS[name])


def minor_units(name: str, expression: str, comment: str) -> ViewColumn:
    """An amount of money as an integer."""
    return ViewColumn(f"{name}_minor_units", expression, f"{comment} In minor units of the currency.")


_MEANINGS = {
    "team": "The team; null: none.",
    "agent": "The word by which the agent is known; null: none.",
    "priority": "The priority; null: none.",
    "category": "The category; null: none.",
    "channel": "The channel of the receipt.",
}
