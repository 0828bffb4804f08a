"""The scope of a report: its period, its filters and its groups."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from psycopg import Connection, sql
from psycopg.rows import DictRow, dict_row
from pydantic import BaseModel, ConfigDict, computed_field

from domain.errors import LedgerError
from domain.zones import UTC_ZONE, TimeZone
from projections.scope.filters import all_of
from projections.scope.folded_words import (
    columns_of_groups,
    group_columns,
    group_columns_again,
    grouping,
    grouping_again,
    in_one_spelling,
)
from projections.scope.periods import Every, labelled_periods

Dimension = Literal["team", "agent", "priority", "category", "channel"]
MOST_GROUPS = 10_000


class TooManyGroups(LedgerError):  # noqa: N818 -- names the request
    """A report has more groups than MOST_GROUPS; the message says how to get fewer."""

    kind = "malformed"
    begins_small = True


def groups(
    connection: Connection,
    statement: sql.Composed,
    by: Sequence[str],
    parameters: Mapping[str, Any] | None = None,
) -> list[DictRow]:
    """The rows of a report, one a group of the dimensions ``by``. Raises TooManyGroups."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(statement + sql.SQL(" limit {}").format(MOST_GROUPS + 1), parameters).fetchall()
    if len(rows) > MOST_GROUPS:
        raise TooManyGroups(
            f"more than {MOST_GROUPS:,} groups: ask for longer periods, for fewer dimensions or for a shorter time"
        )
    in_one_spelling(rows, by)
    return rows


@dataclass(frozen=True, slots=True)
class ReportScope:
    """The tickets that meet ``where``, from ``start`` up to but not including ``end``.

    Groups: the local periods ``every`` in ``zone``, weeks from Monday, years from the month ``year_begins``, and the
    dimensions ``by``; with neither, one group.
    """

    start: datetime
    end: datetime
    every: Every | None = None
    zone: TimeZone = UTC_ZONE
    by: tuple[Dimension, ...] = ()
    where: Mapping[Dimension, str | None] = field(default_factory=dict)
    year_begins: int = 1

    @property
    def keys(self) -> sql.Composable:
        """The expressions to group and order by."""
        return _behind_the_period(grouping, self.by)

    @property
    def names(self) -> sql.Composable:
        """The columns to select of a group."""
        return _behind_the_period(group_columns, self.by)

    @property
    def columns(self) -> sql.Composable:
        """The names of the columns that ``names`` selects."""
        return _behind_the_period(columns_of_groups, self.by)

    @property
    def keys_again(self) -> sql.Composable:
        """The expressions to group and order groups by that are groups already."""
        return _behind_the_period(grouping_again, self.by)

    @property
    def names_again(self) -> sql.Composable:
        """The columns to select of groups of groups."""
        return _behind_the_period(group_columns_again, self.by)

    def period(self, instant: str) -> sql.Composable:
        """The column ``period`` of a row, by its column ``instant``.

        The beginnings of periods are computed here: the server's zone files may be of another release.
        """
        if self.every is None:
            return sql.SQL("null::date as period")
        labels, begins = self.periods(self.every)
        return sql.SQL("({})[width_bucket({}, {})] as period").format(labels, sql.Identifier(instant), begins)

    def periods(self, every: Every) -> tuple[sql.SQL, sql.SQL]:
        """The first days of its periods, and the instants at which these begin."""
        return _periods(self.start, self.end, every, self.zone, self.year_begins)

    def covers(self, instant: str) -> sql.Composable:
        """The condition that a row is in the scope by its column ``instant``; a row without the instant is not."""
        return sql.SQL("{instant} >= {start} and {instant} < {end} and {where}").format(
            instant=sql.Identifier(instant),
            start=sql.Literal(self.start),
            end=sql.Literal(self.end),
            where=all_of(self.where),
        )

    def group(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of Figures in a row that begins with ``names``."""
        return {"period": row["period"], "of": {dimension: row[dimension] for dimension in self.by}}


@lru_cache(512)
def _behind_the_period(expressions: Callable[[Sequence[str]], list[sql.Composable]], by: tuple[str, ...]) -> sql.SQL:
    """The period and what is said of the dimensions, as one text, which is the same in many questions."""
    return sql.SQL(sql.SQL(", ").join([sql.Identifier("period"), *expressions(by)]).as_string())


@lru_cache(64)
def _periods(start: datetime, end: datetime, every: Every, zone: TimeZone, year_begins: int) -> tuple[sql.SQL, sql.SQL]:
    """The labels and the beginnings of periods as texts, which are the same in many questions of a day."""
    labels, begins = zip(*labelled_periods(start, end, every, zone, year_begins), strict=True)
    dates = sql.SQL("{}::date[]").format(sql.Literal(list(labels)))
    instants = sql.SQL("{}::timestamptz[]").format(sql.Literal(list(begins)))
    return sql.SQL(dates.as_string()), sql.SQL(instants.as_string())


class Figures(BaseModel):
    """A group: the first day of its period (None without periods) and its value of each dimension (``of``)."""

    model_config = ConfigDict(frozen=True)

    period: date | None
    of: dict[Dimension, str | None]


class Share(BaseModel):
    """A part of a whole, as two counts."""

    model_config = ConfigDict(frozen=True)

    numerator: int
    denominator: int

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own way to publish a property
    @property
    def ratio(self) -> float | None:
        """0 to 1; None when there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None
