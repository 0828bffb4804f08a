"""The predicate of a segment as a condition in SQL on the rows of all customers at an instant.

It is null where rows do not say it: the logic of SQL then gives null where such a part would decide.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from domain.definitions.settings import settings_in_effect
from domain.event_log.sql_files import sql_file
from domain.health.summary import CustomerSummary
from domain.local_time import local_day
from domain.predicate import AllOf, AnyOf, NotOf, Value
from domain.segment.fields import FIELDS, Customer360
from domain.segment.predicate import Condition
from domain.text_folding import fold_name
from domain.zones import zone_named
from projections.backlog.interval_index import open_between
from projections.scope.figure_query import FigureQuery

_SQL = sql_file("projections.figures", "segments.sql")
_UNKNOWN = sql.SQL("null::boolean")
_COMPARED: Mapping[str, LiteralString] = MappingProxyType(
    {"is": "=", "at_least": ">=", "at_most": "<=", "above": ">", "below": "<"}
)


class SegmentSql:
    """The condition on ``c``, and the joins of what it compares. ``schema`` holds the rows."""

    def __init__(self, query: FigureQuery, schema: str, predicate: Any, at: datetime) -> None:
        self._connection, self._schema, self._at = query.connection, schema, at
        day = local_day(at, zone_named(settings_in_effect(query.definitions, at).zone))
        self._nothing = CustomerSummary(UUID(int=0), at, day)
        self._joins: list[sql.Composable] = []
        self.condition = self._of(predicate)

    @property
    def joins(self) -> sql.Composable:
        """What stands behind the table of customers."""
        return sql.SQL(" ").join(self._joins)

    def _of(self, predicate: Any) -> sql.Composable:
        match predicate:
            case NotOf(not_=part):
                return sql.SQL("(not {})").format(self._of(part))
            case AllOf(all=parts):
                return self._joined(" and ", parts)
            case AnyOf(any=parts):
                return self._joined(" or ", parts)
            case _:
                return self._condition(predicate)

    def _joined(self, by: LiteralString, parts: Sequence[Any]) -> sql.Composable:
        return sql.SQL("({})").format(sql.SQL(by).join(map(self._of, parts)))

    def _condition(self, condition: Condition) -> sql.Composable:
        if condition.field not in _SQL:
            return _UNKNOWN
        table = sql.Identifier(f"field_{len(self._joins)}")
        has = _SQL[condition.field].composed(self._schema, **self._parts(condition))
        self._joins.append(sql.SQL("left join ({0}) {1} on {1}.customer = c.customer").format(has, table))
        return sql.SQL("case when {0}.unsaid then null else coalesce({0}.has {1}, {2}) end").format(
            table, self._comparison(condition), sql.Literal(condition.is_met_by(self._without_rows(condition)))
        )

    def _parts(self, condition: Condition) -> Mapping[str, sql.Composable]:
        """What a statement may name of a condition."""
        at, day, days = self._at, self._nothing.day, condition.days
        parts = {
            "at": sql.Literal(at),
            "since": sql.SQL("'-infinity'") if days is None else sql.Literal(self._nothing.since(days)),
            "open_then": open_between(sql.Literal(at), sql.Literal(at)),
            "day": sql.Literal(day),
            "first_day": sql.Literal(day - timedelta(days=days or 0)),
            "value": sql.Literal(condition.value),
        }
        parts |= {name: sql.Literal(getattr(condition, name) or "") for name in ("currency", "purpose", "channel")}
        return parts | (self._metrics(condition) if condition.metric else {})

    def _metrics(self, condition: Condition) -> dict[str, sql.Composable]:
        """The reported metrics that the condition means, as they were written."""
        metric, product = fold_name(condition.metric or ""), condition.product and fold_name(condition.product)
        rows = self._connection.execute(_SQL["metrics"].composed(self._schema)).fetchall()
        meant = [each for each in rows if fold_name(each[1]) == metric and product in {None, fold_name(each[0])}]
        return {
            "products": sql.Literal([product for product, _ in meant]),
            "metrics": sql.Literal([metric for _, metric in meant]),
            "folded": sql.Literal([fold_name(product) for product, _ in meant]),
        }

    def _comparison(self, condition: Condition) -> sql.Composable:
        if FIELDS[condition.field].kind != "text":
            return sql.SQL(_COMPARED[condition.comparison] + " {}").format(sql.Literal(condition.value))
        words = self._connection.execute(_SQL[f"words of {condition.field}"].composed(self._schema)).fetchall()
        return sql.SQL("&& {}::text[]").format(sql.Literal([word for (word,) in words if condition.is_met_by(word)]))

    def _without_rows(self, condition: Condition) -> Value:
        """What the field of a customer holds of whom there is no row."""
        return FIELDS[condition.field].read(Customer360(self._nothing, _no_health), condition.parameters)


def _no_health() -> Any:
    raise LookupError("health has no statement")
