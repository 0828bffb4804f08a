"""The predicate of a segment as a condition in SQL on the rows of all customers at an instant.

It is null where rows do not say it: the logic of SQL then gives null where such a part would decide.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, LiteralString

from psycopg import Connection, sql

from domain.event_log.sql_files import sql_file
from domain.predicate import AllOf, AnyOf, NotOf
from domain.segment.fields import FIELDS, FieldName
from domain.segment.predicate import Condition

_SQL = sql_file("projections.figures", "segments.sql")
_UNKNOWN = sql.SQL("null::boolean")
_COMPARED: Mapping[str, LiteralString] = MappingProxyType(
    {"is": "=", "at_least": ">=", "at_most": "<=", "above": ">", "below": "<"}
)
_WORDS: Mapping[FieldName, str] = MappingProxyType({"tier": "tiers", "party": "parties"})
"""The fields of few words, each with the statement of those: which of them meet a condition is judged once."""
_COUNTS = frozenset[FieldName]({"open_tickets", "tickets", "purchases", "purchased"})
"""The fields that are 0 of a customer of whom there is no row."""


class SegmentSql:
    """The condition on ``c``, and the joins of what it compares. ``schema`` holds the rows."""

    def __init__(self, connection: Connection, schema: str, predicate: Any, at: datetime) -> None:
        self._connection, self._schema, self._at = connection, schema, at
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
        days = condition.days
        table = sql.Identifier(f"field_{len(self._joins)}")
        has = _SQL[condition.field].composed(
            self._schema,
            at=sql.Literal(self._at),
            since=sql.SQL("'-infinity'") if days is None else sql.Literal(self._at - timedelta(days=days)),
            currency=sql.Literal(condition.currency),
        )
        self._joins.append(sql.SQL("left join ({0}) {1} on {1}.customer = c.customer").format(has, table))
        return sql.SQL("coalesce({}.has {}, {})").format(
            table, self._comparison(condition), sql.Literal(condition.field in _COUNTS and condition.is_met_by(0.0))
        )

    def _comparison(self, condition: Condition) -> sql.Composable:
        if FIELDS[condition.field].kind == "number":
            return sql.SQL(_COMPARED[condition.comparison] + " {}").format(sql.Literal(condition.value))
        words = self._connection.execute(_SQL[_WORDS[condition.field]].composed(self._schema)).fetchall()
        return sql.SQL("= any({}::text[])").format(
            sql.Literal([word for (word,) in words if condition.is_met_by(word)])
        )
