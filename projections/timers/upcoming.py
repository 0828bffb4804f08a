"""What becomes due next: the rows of timers, and the next purchases that only the usual intervals of products tell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple, cast

from psycopg import Connection

from domain.due.instance import identity_of
from domain.due.of_purchases import ANY_PRODUCT, REPURCHASE, Repurchase
from domain.due.time_context import TimeContext
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.text_folding import fold_name
from projections.timers.due_sources import DueSources, due_sources
from projections.timers.queries import TimerKey, due_from, first_key, key_of, overdue_rows
from projections.timers.table import Timer, source_of
from projections.timers.timed_rules import TimedRule, instances_of
from projections.timers.usual_intervals import SQL, with_usual_intervals

LOOKED_BACK = timedelta(days=31)
"""What a pass of the due watch does not find within these days is no longer looked for."""
MOST_JUDGED = 1_000
"""So much of what is overdue by usual intervals is judged on the log."""


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
        up_to = reader.head(self.connection, self.tenant)
        rules = reader.rules(self.connection, self.tenant, up_to)
        return due_sources(rules, reader.definitions(self.connection, self.tenant, up_to))

    @cached_property
    def context(self) -> TimeContext:
        """With the usual intervals of now; at a past instant nothing says what was usual."""
        context = self.sources.context
        if self.schema == schema_of(self.tenant) and self.sources.asking(REPURCHASE):
            return with_usual_intervals(context, self.connection, self.tenant, self.now)
        return context


def upcoming_timers(query: DueQuery, at: datetime, *, after: TimerKey | None = None, limit: int = 50) -> DuePage:
    """What is due at or after an instant unless something happens, the earliest first, behind ``after``.

    What a usual interval makes due is judged on the log as well, so that a page may be shorter than ``limit``.
    """
    timers = due_from(query.connection, query.schema, at, after=after, limit=limit + 1)
    expected = _expected(query, at, after or first_key(at), limit + 1)
    page = sorted([*timers, *expected], key=key_of)[:limit]
    following = key_of(page[-1]) if len(timers) + len(expected) > limit else None
    keys = set(map(key_of, expected))
    gone = keys - _standing(query, [key_of(each) for each in page if key_of(each) in keys])
    return DuePage([timer for timer in page if key_of(timer) not in gone], following)


def overdue(query: DueQuery, at: datetime) -> int:
    """How many instances were due before an instant, and wait to be recorded.

    Of what a usual interval tells the first `MOST_JUDGED` of the days to which the due watch looks back are looked at.
    """
    begun = query.now - LOOKED_BACK
    expected = _expected(query, begun, first_key(begun), MOST_JUDGED, until=at)
    standing = _standing(query, [key_of(each) for each in expected])
    return overdue_rows(query.connection, query.schema, at) + len(standing)


def _expected(query: DueQuery, at: datetime, after: TimerKey, limit: int, until: datetime | None = None) -> list[Timer]:
    """The next purchases by the rows and the usual intervals, which no rule has recorded."""
    context = query.context
    rules = {source_of(versions[-1]): versions[-1] for versions in query.sources.asking(REPURCHASE)}
    usual = context.usual_intervals
    if not rules or not usual:
        return []
    waits = [(source, product) for source, rule in rules.items() for product in _not_named(rule, usual)]
    parameters = {
        "sources": [source for source, _ in waits],
        "products": [product for _, product in waits],
        "days": [usual[product] for _, product in waits],
        "times": [_parameters(rules[source]).time for source, _ in waits],
        "zone": context.zone_at(query.now).key,
        "today": context.local_day(at),
        "at": at,
        "until": until,
        "limit": limit,
        **after._asdict(),
    }
    rows = query.connection.execute(SQL["due by usual intervals"].of(query.tenant), parameters).fetchall()
    return [
        Timer(stream, source, identity, due_at, "customer", rules[source].named.version)
        for stream, source, identity, due_at in rows
    ]


def _not_named(rule: TimedRule, usual: Mapping[str, int]) -> Iterable[str]:
    """The products whose interval a rule does not say itself."""
    named = set(map(fold_name, _parameters(rule).products))
    return () if rule.until is not None or ANY_PRODUCT in named else usual.keys() - named


def _parameters(rule: TimedRule) -> Repurchase:
    return cast("Repurchase", rule.parameters)


def _standing(query: DueQuery, expected: Sequence[TimerKey]) -> set[TimerKey]:
    """Those of some next purchases that stand by the log."""
    if not expected:
        return set()
    up_to = reader.head(query.connection, query.tenant)
    histories = reader.streams(query.connection, query.tenant, {key.stream for key in expected}, up_to)
    instances = {
        (stream, source_of(instance.rule), instance.due.identity)
        for stream, history in histories.items()
        for versions in query.sources.asking(REPURCHASE)
        for instance in instances_of(versions, history, query.context)
    }
    return {key for key in expected if (key.stream, key.source, identity_of(key.identity)) in instances}
