"""Customers whose next purchase is due by the interval that is usual for a product over all customers."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import Connection

from api.workers.due import FIRST, Due, DueCandidate, JudgedStream, is_being_entered
from api.workers.due_rules import RuleJudge
from api.workers.passes import ANY_TIME, EVERY, LOOKED_BACK, Passes, sources_at_head
from domain.due.due_function import History
from domain.due.of_purchases import REPURCHASE
from domain.event_log import reader
from projections.timers.table import TIMERS
from projections.timers.timed_rules import RuleInstance, instances_of
from projections.timers.usual_intervals import customers_in_turn, with_usual_intervals


class UsualRepurchases:
    """Looks in passes at the customers whose last purchase of a product is as old as is usual for it.

    An interval moves with the purchases of others, so no row can say when it ends. What a customer's own intervals make
    due stands in the rows of timers.
    """

    def __init__(self) -> None:
        self._passes = Passes(EVERY)
        self._in_turn: dict[str, list[UUID]] = {}

    def candidates(
        self, connection: Connection, tenant: str, now: datetime, after: DueCandidate, limit: int
    ) -> list[DueCandidate]:
        """None while no rule asks, or before the next pass. They are read when a pass begins."""
        if not self._passes.goes_on(tenant, now, after):
            return []
        if after.stream == FIRST:
            self._in_turn[tenant] = _in_turn(connection, tenant, now)
        customers = self._in_turn.get(tenant, [])
        start = bisect_right(customers, after.stream)
        return [DueCandidate(now, customer) for customer in customers[start : start + limit]]

    def judge(
        self, connection: Connection, tenant: str, customers: Sequence[UUID], now: datetime, quiet: timedelta
    ) -> list[JudgedStream]:
        """Of each customer by the log; the intervals alone are those of rows."""
        clock = reader.now(connection)
        sources = sources_at_head(connection, tenant)
        rules = sources.asking(REPURCHASE)
        context = with_usual_intervals(sources.context, connection, tenant, now)
        due: list[tuple[History, list[RuleInstance]]] = []
        for history in reader.streams(connection, tenant, customers, reader.head(connection, tenant)).values():
            of_customer = [each for versions in rules for each in instances_of(versions, history, context)]
            instances = [each for each in of_customer if each.due.due_at <= now]
            first = min((each.due.due_at for each in instances), default=None)
            if first is not None and not is_being_entered(history, first, clock, quiet):
                due.append((history, instances))
        judge = RuleJudge(connection, tenant, due, now)
        return [judge.judged(history, instances, ANY_TIME) for history, instances in due]

    def next_at(self, _connection: Connection, tenant: str, _now: datetime) -> datetime | None:
        """When the next pass begins."""
        return self._passes.next_at(tenant)


def _in_turn(connection: Connection, tenant: str, now: datetime) -> list[UUID]:
    sources = sources_at_head(connection, tenant)
    if not sources.asking(REPURCHASE):
        return []
    return customers_in_turn(connection, tenant, now, sources.context, LOOKED_BACK)


_WATCHED = UsualRepurchases()
USUAL_REPURCHASES = Due("usual repurchases", TIMERS, _WATCHED.candidates, _WATCHED.judge, _WATCHED.next_at)
