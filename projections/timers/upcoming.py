"""What becomes due next: the rows of timers, and the next purchases that only the usual intervals of products tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, cast

from psycopg import Connection, sql

from domain.due.of_purchases import ANY_PRODUCT, REPURCHASE, Repurchase
from domain.due.time_context import TimeContext
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.text_folding import fold_name
from projections.timers.due_sources import DueSources, due_sources_at
from projections.timers.queries import TimerKey, due_from, first_key, overdue_rows, timer_key
from projections.timers.table import Timer, source_of
from projections.timers.timed_rules import TimedRule
from projections.timers.usual_intervals import SQL, with_usual_intervals

LOOKED_BACK = timedelta(days=31)
"""What a pass of the due watch does not find within these days is no longer looked for."""
_VERSIONS = SQL["versions"].composed()


class DuePage(NamedTuple):
    """A page in the order of time, and the key behind which the next one begins; None: nothing follows."""

    timers: list[Timer]
    following: TimerKey | None


@dataclass(frozen=True)
class DueQuery:
    """What is asked ``now``. The rows of another ``schema`` than the live one are those of a past instant."""

    connection: Connection
    tenant: str
    schema: str
    now: datetime

    @cached_property
    def sources(self) -> DueSources:
        """What makes things due."""
        return due_sources_at(self.connection, self.tenant, reader.head(self.connection, self.tenant))

    @cached_property
    def context(self) -> TimeContext:
        """With the usual intervals of now; at a past instant nothing says what was usual."""
        context = self.sources.context
        if self.schema == schema_of(self.tenant) and self.sources.asking(REPURCHASE):
            return with_usual_intervals(context, self.connection, self.tenant, self.now)
        return context


def upcoming_timers(query: DueQuery, at: datetime, *, after: TimerKey | None = None, limit: int = 50) -> DuePage:
    """What is due at or after an instant unless something happens, the earliest first, behind ``after``."""
    timers = due_from(query.connection, query.schema, at, after=after, limit=limit + 1)
    expected = _expected(query, at, after or first_key(at), limit + 1)
    first, rest = (both := sorted([*timers, *expected], key=timer_key))[:limit], both[limit:]
    return DuePage(first, timer_key(first[-1]) if rest else None)


def overdue(query: DueQuery, at: datetime) -> int:
    """How many instances were due before an instant, and wait to be recorded.

    Of those that a usual interval tells the ones of the days to which the due watch looks back.
    """
    begun = query.now - LOOKED_BACK
    of_intervals = _by_usual_intervals(query, "overdue", {"at": begun, "until": at}, begun, at)
    return overdue_rows(query.connection, query.schema, at) + sum(int(count) for (count,) in of_intervals)


def _expected(query: DueQuery, at: datetime, after: TimerKey, limit: int) -> list[Timer]:
    """The next purchases that only the usual intervals tell, which no rule has recorded."""
    begins = max(at, after.due_at)
    rows = _by_usual_intervals(query, "due", {"at": at, "limit": limit, **after._asdict()}, begins)
    return [Timer(stream, source, identity, at, "customer", number) for stream, source, identity, at, number in rows]


def _by_usual_intervals(
    query: DueQuery, name: str, parameters: Mapping[str, Any], begins: datetime, ends: datetime | None = None
) -> list[tuple[Any, ...]]:
    """The rows of a statement over what stands by the usual intervals from the day of one instant to that of another;
    none where no rule asks.
    """
    context = query.context
    usual = context.usual_intervals
    asking = [version for versions in query.sources.asking(REPURCHASE) for version in versions]
    waits = [(version, product) for version in asking for product in _not_named(version, usual)]
    if not waits:
        return []
    versions = [version for version, _ in waits]
    standing = {
        "sources": list(map(source_of, versions)),
        "numbers": [version.named.version for version in versions],
        "products": [product for _, product in waits],
        "days": [usual[product] for _, product in waits],
        "times": [_parameters(version).time for version in versions],
        "since": [version.since for version in versions],
        "ends": [version.until for version in versions],
        "rests": [timedelta(days=_parameters(version).rest_days) for version in versions],
        "zone": context.zone_at(query.now).key,
        "first": context.local_day(begins),
        "last": ends and context.local_day(ends),
    }
    statement = SQL[f"{name} by usual intervals"].composed(versions=_VERSIONS, standing=_standing(query.schema))
    return query.connection.execute(statement, {**standing, **parameters}).fetchall()


def _standing(schema: str) -> sql.Composed:
    version, earlier = sql.Identifier("version"), sql.Identifier("earlier")
    return SQL["standing by usual intervals"].composed(
        schema,
        versions=_VERSIONS,
        ending=SQL["ending"].composed(version=version),
        stands=SQL["stands"].composed(version=version),
        ending_earlier=SQL["ending"].composed(version=earlier),
        stands_earlier=SQL["stands"].composed(version=earlier),
    )


def _not_named(rule: TimedRule, usual: Mapping[str, int]) -> Iterable[str]:
    """The products whose interval a rule does not say itself."""
    named = set(map(fold_name, _parameters(rule).products))
    return () if ANY_PRODUCT in named else usual.keys() - named


def _parameters(rule: TimedRule) -> Repurchase:
    return cast("Repurchase", rule.parameters)
