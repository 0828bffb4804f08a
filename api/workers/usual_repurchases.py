"""Customers whose next purchase is due by the interval that is usual for a product over all customers."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import Connection

from api.workers.due import FIRST, Due, DueCandidate, JudgedStream, is_being_entered
from api.workers.due_rules import RuleJudge
from api.workers.limited_firings import LimitedFirings
from api.workers.periodic_scan import ANY_TIME, EVERY, PeriodicScan
from domain.due.due_function import History
from domain.due.of_purchases import REPURCHASE
from domain.due.time_context import TimeContext
from domain.event_log import reader
from projections.timers.due_sources import due_sources_at
from projections.timers.table import TIMERS
from projections.timers.timed_rules import RuleInstance, instances_of
from projections.timers.upcoming import LOOKED_BACK
from projections.timers.usual_intervals import customers_in_turn, usual_intervals

KEPT_FOR = timedelta(hours=1)


class UsualRepurchases:
    """Scans the customers whose last purchase of a product is as old as is usual for it.

    An interval moves with the purchases of others, so no row can say when it ends. What a customer's own intervals make
    due stands in the rows of timers.
    """

    def __init__(self, firings: LimitedFirings) -> None:
        self._firings = firings
        self.scan = PeriodicScan(EVERY)
        self._intervals = KeptIntervals()
        self._in_turn: list[UUID] = []

    def candidates(
        self, connection: Connection, tenant: str, now: datetime, after: DueCandidate, limit: int
    ) -> list[DueCandidate]:
        """None while no rule asks, or before the next scan. They are read when a scan begins."""
        if not self.scan.goes_on(now, after):
            return []
        if after.stream == FIRST:
            self._in_turn = self._customers_in_turn(connection, tenant, now)
        start = bisect_right(self._in_turn, after.stream)
        return [DueCandidate(now, customer) for customer in self._in_turn[start : start + limit]]

    def judge(
        self, connection: Connection, tenant: str, customers: Sequence[UUID], now: datetime, quiet: timedelta
    ) -> list[JudgedStream]:
        """Of each customer by the log; the intervals alone are those of rows."""
        clock = reader.now(connection)
        up_to = reader.head(connection, tenant)
        sources = due_sources_at(connection, tenant, up_to)
        rules = sources.asking(REPURCHASE)
        usual = self._intervals.at(connection, tenant, now, sources.context)
        context = replace(sources.context, usual_intervals=usual)
        due: list[tuple[History, list[RuleInstance]]] = []
        for history in reader.streams(connection, tenant, customers, up_to).values():
            of_customer = [each for versions in rules for each in instances_of(versions, history, context)]
            instances = [each for each in of_customer if each.due.due_at <= now]
            first = min((each.due.due_at for each in instances), default=None)
            if first is not None and not is_being_entered(history, first, clock, quiet):
                due.append((history, instances))
        judge = RuleJudge(connection, tenant, self._firings, due, now)
        return [judge.judged(history, instances, ANY_TIME) for history, instances in due]

    def _customers_in_turn(self, connection: Connection, tenant: str, now: datetime) -> list[UUID]:
        sources = due_sources_at(connection, tenant, reader.head(connection, tenant))
        if not sources.asking(REPURCHASE):
            return []
        usual = self._intervals.at(connection, tenant, now, sources.context)
        today = sources.context.local_day(now)
        return customers_in_turn(connection, tenant, usual, today - LOOKED_BACK, today)


class KeptIntervals:
    """The usual intervals of a tenant, read once an hour: a purchase may count an hour later."""

    def __init__(self) -> None:
        self._read_at: datetime | None = None
        self._intervals: Mapping[str, int] = {}

    def at(self, connection: Connection, tenant: str, now: datetime, context: TimeContext) -> Mapping[str, int]:
        """Those of now, or of up to an hour ago."""
        if self._read_at is None or not timedelta(0) <= now - self._read_at < KEPT_FOR:
            self._intervals, self._read_at = usual_intervals(connection, tenant, now, context), now
        return self._intervals


def usual_repurchases(firings: LimitedFirings) -> Due:
    """The row of the due watch's table; ``firings`` are those that the watch has judged."""
    looked_at = UsualRepurchases(firings)
    return Due("usual repurchases", TIMERS, looked_at.candidates, looked_at.judge, looked_at.scan.next_at)
