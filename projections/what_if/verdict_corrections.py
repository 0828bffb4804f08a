"""The corrections to record: where another policy judges an ended instance otherwise."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.sla.calendar.microseconds import from_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.clock.corrections import correction_of, corrections_in, result_of
from domain.sla.clock.tiers import TierChange
from domain.sla.events import SlaResult
from domain.sla.policy.policy import TargetName
from domain.sla.policy.policy_history import PolicyHistory
from domain.sla.policy.published import policy_history_of
from projections.scope.periods import lies_within
from projections.sla.ticket_histories import ticket_histories


class CorrectionRequest(NamedTuple):
    """Judged anew by ``policy_history``: what had ended when the log held ``up_to`` events and it was ``now``.

    What ended counts if it ended from ``start`` up to but not including ``end``.
    """

    policy_history: PolicyHistory
    up_to: int
    now: datetime
    start: datetime | None = None
    end: datetime | None = None


class ProposedCorrection(NamedTuple):
    """A target instance that counts as it ``was``, and ``now`` should count otherwise.

    Judged on the first ``version`` events of the ticket.
    """

    ticket: UUID
    version: int
    target: TargetName
    instance: int
    activated_by: int
    ended_at: datetime
    was: SlaResult
    now: SlaResult


def corrections(connection: Connection, tenant: str, question: CorrectionRequest) -> Iterator[list[ProposedCorrection]]:
    """For each ticket what is to be corrected, mostly nothing; the connection must be in a transaction.

    What counts is what the last correction says, else what the clock says by the versions of its promise. An instance
    is corrected when its verdict or its deadline is another. An instance that is
    not fulfilled under both policies is left as it is.
    """
    recorded = policy_history_of(reader.rules(connection, tenant, question.up_to))
    for history, tiers in ticket_histories(connection, tenant, question.up_to, (recorded, question.policy_history)):
        yield list(_of_one(history, tiers, recorded, question))


def _of_one(
    history: Sequence[RecordedEvent], tiers: Sequence[TierChange], recorded: PolicyHistory, question: CorrectionRequest
) -> Iterator[ProposedCorrection]:
    made = corrections_in(history)
    anew = {
        (instance.target, instance.activated_by): result_of(instance)
        for instance in clocks(history, question.policy_history, question.now, tiers)
    }
    for instance in clocks(history, recorded, question.now, tiers):
        was, now = result_of(instance), anew.get((instance.target, instance.activated_by))
        if instance.finished_at is None or was is None or now is None:
            continue
        ended_at = from_microseconds(instance.finished_at)
        if correction := correction_of(instance, made):
            was = correction.now
        if lies_within(ended_at, question.start, question.end) and (was.verdict, was.due_at) != (
            now.verdict,
            now.due_at,
        ):
            yield ProposedCorrection(
                ticket=history[0].stream,
                version=len(history),
                target=instance.target,
                instance=instance.number,
                activated_by=instance.activated_by,
                ended_at=ended_at,
                was=was,
                now=now,
            )
