"""The reminders whose due instance does not stand any more: a late fact, or what happened since, has ended it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from psycopg import Connection

from api.workers.due_customers import DueCustomers
from api.workers.sending.logged_notification import LoggedNotification
from domain.due.due_function import History
from domain.due.instance import DueInstance
from domain.due.time_context import TimeContext
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.text_folding import fold_name
from projections.health.gather import GatheredCustomers, Source
from projections.sla.ticket_histories import histories_with_tiers
from projections.timers.due_sources import due_sources
from projections.timers.timed_rules import TimedRule, settled_of


def no_longer_due(
    connection: Connection,
    tenant: str,
    waiting: Iterable[LoggedNotification],
    definitions: Sequence[RecordedEvent],
    up_to: int,
    now: datetime,
) -> set[UUID]:
    """Those of some notifications whose due instance their subject does not have by the log up to a position.

    A rule that is not published any more says nothing.
    """
    reminders = [
        notification
        for notification in waiting
        if notification.request.due is not None and notification.request.about is not None
    ]
    if not reminders:
        return set()
    sources = due_sources(reader.rules(connection, tenant, up_to), definitions)
    subjects = {notification.request.about for notification in reminders if notification.request.about is not None}
    with_tiers = list(histories_with_tiers(connection, tenant, subjects, up_to, sources.context.policy_history))
    known = {history[0].stream: (history, tiers) for history, tiers in with_tiers}
    histories = [history for history, _ in with_tiers]
    customers = DueCustomers(connection, tenant, histories)
    words = _LastWords(Source(connection, tenant, schema_of(tenant), up_to), histories, now)
    gone = set()
    for notification in reminders:
        history, tiers = known.get(notification.request.about or notification.id, ((), ()))
        context = replace(sources.context, sending_at=now, tiers=tiers)
        versions = sources.versions_of(fold_name(notification.request.rule or ""), history)
        if not versions:
            continue
        if any(version.function.across for version in versions):
            context = replace(context, last_word=words.of(history[0].stream))
        standing = _standing(versions, history, context).get(notification.request.due or "")
        if standing is None or not customers.concerns(history[0].stream, standing._replace(among=None), now):
            gone.add(notification.id)
    return gone


class _LastWords:
    """The last word with each customer among some subjects, by all streams of the person; read when it is needed."""

    def __init__(self, source: Source, subjects: Iterable[History], at: datetime) -> None:
        self._source = source
        self._customers = [history[0].stream for history in subjects if history[0].kind == "customer"]
        self._at = at

    def of(self, customer: UUID) -> datetime | None:
        """None: nobody ever had a word with the customer."""
        summary = self._gathered.summary(customer, self._at)
        return None if summary is None else max(summary.contacts, default=None)

    @cached_property
    def _gathered(self) -> GatheredCustomers:
        return GatheredCustomers(self._source, self._customers)


def _standing(versions: Sequence[TimedRule], history: History, context: TimeContext) -> dict[str, DueInstance]:
    """The instances that stand by any version of a rule, recorded ones as well, by their identities."""
    settled = settled_of(versions[0].named.key, history)
    return {
        due.identity: due
        for version in versions
        for due in version.function.due(
            history, version.parameters, replace(context, since=version.since, settled=settled)
        )
    }
