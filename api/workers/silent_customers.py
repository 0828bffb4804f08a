"""Customers with whom nobody had a word for long, by the tickets and check-ins of all customers that are one person."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import Connection

from api.workers.due import Due, DueCandidate, JudgedStream
from api.workers.due_rules import RuleJudge
from api.workers.limited_firings import LimitedFirings
from api.workers.periodic_scan import ANY_TIME, EVERY, PeriodicScan
from domain.due.due_function import History
from domain.due.of_customers import Silence
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from projections.health.gather import GatheredCustomers, Source
from projections.timers.due_sources import DueSources, due_sources_at
from projections.timers.table import TIMERS
from projections.timers.timed_rules import RuleInstance, instances_of
from projections.timers.upcoming import LOOKED_BACK

_SQL = sql_file("api.workers", "silent_customers.sql")


class SilentCustomers:
    """Scans the customers whose last word is about as old as the rules ask for."""

    def __init__(self, firings: LimitedFirings) -> None:
        self._firings = firings
        self.scan = PeriodicScan(EVERY)

    def candidates(
        self, connection: Connection, tenant: str, now: datetime, after: DueCandidate, limit: int
    ) -> list[DueCandidate]:
        """Customers by the messages in their own tickets; none while no rule asks, or before the next scan."""
        if not self.scan.goes_on(now, after):
            return []
        days = _days(due_sources_at(connection, tenant, reader.head(connection, tenant)))
        if not days:
            return []
        since, until = now - timedelta(days=max(days)) - LOOKED_BACK, now - timedelta(days=min(days) - 1)
        parameters = {"after": after.stream, "since": since, "until": until, "limit": limit}
        rows = connection.execute(_SQL["silent customers"].of(tenant), parameters).fetchall()
        return [DueCandidate(now, customer) for (customer,) in rows]

    def judge(
        self, connection: Connection, tenant: str, customers: Sequence[UUID], now: datetime, _quiet: timedelta
    ) -> list[JudgedStream]:
        """Of each customer, or of the one into whom the customer was merged."""
        up_to = reader.head(connection, tenant)
        sources = due_sources_at(connection, tenant, up_to)
        gathered = GatheredCustomers(Source(connection, tenant, schema_of(tenant), up_to), customers)
        summaries = {each.customer: each for silent in customers if (each := gathered.summary(silent, now)) is not None}
        due: list[tuple[History, list[RuleInstance]]] = []
        for customer, history in reader.streams(connection, tenant, list(summaries), up_to).items():
            last_word = max(summaries[customer].contacts, default=None)
            context = replace(sources.context, last_word=last_word)
            of_customer = [each for versions in sources.across for each in instances_of(versions, history, context)]
            # Of a word that was imported later than the silence was due, another system reminded.
            imported_at = None if last_word is None else gathered.imported_at(customer, now, last_word)
            instances = [
                each
                for each in of_customer
                if each.due.due_at <= now and (not imported_at or each.due.due_at > imported_at)
            ]
            if instances:
                due.append((history, instances))
        judge = RuleJudge(connection, tenant, self._firings, due, now)
        return [judge.judged(history, instances, ANY_TIME) for history, instances in due]


def _days(sources: DueSources) -> list[int]:
    """How many days of silence the rules ask for, all tiers together."""
    return [
        days
        for versions in sources.across
        for version in versions
        if isinstance(version.parameters, Silence)
        for days in version.parameters.days.values()
    ]


def silent_customers(firings: LimitedFirings) -> Due:
    """The row of the due watch's table; ``firings`` are those that the watch has judged."""
    looked_at = SilentCustomers(firings)
    return Due("silent customers", TIMERS, looked_at.candidates, looked_at.judge, looked_at.scan.next_at)
