"""Judges the rules with a time whose instances are due, and gives what is recorded of each."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

import psycopg
from psycopg import Connection

from api.workers.automation_facts import gather
from api.workers.due import DueCommand, GivenBy, JudgedStream, Rest
from api.workers.due_customers import DueCustomers
from api.workers.faults import Faults
from api.workers.limited_firings import LimitedFirings
from domain.automation.commands import AutomationCommand, FireRule, PassedOverWhy, PassOverRule
from domain.automation.firing import Judgement, Trigger, judge_rule, opening_of
from domain.command_context import Origin
from domain.due.due_function import History
from domain.event_log.advisory_locks import timed_limits_lock
from projections.timers.timed_rules import RuleInstance

_UNKNOWN_OPENING = timedelta(minutes=1)
"""How long a stream rests whose rule waits for a calendar without a known opening, or cannot be judged here."""
_LONGEST_REST = timedelta(hours=1)
"""A calendar may be published anew meanwhile."""
_ORIGIN = Origin(channel="automation")
_FAULTS = Faults(logging.getLogger(__name__))


class RuleJudge:
    """Judges the instances of some subjects by facts that are gathered for all of them at once."""

    def __init__(
        self,
        connection: Connection,
        tenant: str,
        firings: LimitedFirings,
        due: Sequence[tuple[History, Sequence[RuleInstance]]],
        now: datetime,
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._now = now
        self._firings = firings
        self._facts = gather(connection, tenant, [history for history, _ in due], now) if due else {}
        self._customers = DueCustomers(connection, tenant, [history for history, _ in due])

    def judged(self, history: History, instances: Sequence[RuleInstance], position: int) -> JudgedStream:
        """What is recorded of the instances of one subject, in turn, up to the first that may change the subject.

        What follows is judged on what that leaves, by the next look.
        """
        stream, version = history[0].stream, len(history)
        commands: list[DueCommand] = []
        waits: list[datetime] = []
        for instance in instances:
            judgement = self._judgement_or_none(history, instance)
            if judgement is None:
                waits.append(self._now + _UNKNOWN_OPENING)
                continue
            command = judgement.command
            if command is None and judgement.verdict != "done":
                command = self._of_unmet(history, instance, judgement)
                if command is None:
                    waits.append(self._waits_until(stream, instance, judgement))
            if command is None:
                continue
            rule = instance.rule.named
            command_id = judgement.command_id or f"auto/{rule.key}/{stream}/{instance.due.identity}"
            by = GivenBy(rule.actor, _ORIGIN, judgement.depth)
            refused = command.refused() if isinstance(command, FireRule) else None
            commands.append(DueCommand(stream, version, command_id, command, by, refused))
            if isinstance(command, FireRule):
                return JudgedStream(stream, 0 if instance is not instances[-1] else position, commands)
        return JudgedStream(stream, position, commands, Rest(version, min(waits)) if waits else None)

    def _waits_until(self, stream: UUID, instance: RuleInstance, judgement: Judgement) -> datetime:
        """When an instance that waits for a calendar is judged again: at its opening, or when it is too late."""
        until = opening_of(judgement, self._facts[stream], self._now) or self._now + _UNKNOWN_OPENING
        return min(until, self._now + _LONGEST_REST, max(instance.latest, self._now) + timedelta.resolution)

    @cached_property
    def _judges_limits(self) -> bool:
        """Whether this connection judges the rules with a limit. One does so until it closes, so that limits hold."""
        return timed_limits_lock(self._tenant).is_taken(self._connection)

    def _judgement_or_none(self, history: History, instance: RuleInstance) -> Judgement | None:
        """The judgement. None when it is tried again later: another connection judges the rules with a limit, or the
        judgement of a single subject failed, which is logged once.

        Raises what fails of several subjects: the scanner then has each judged alone.
        """
        if instance.rule.named.body.limit is not None and not self._judges_limits:
            return None
        try:
            return self._judgement(history, instance)
        except psycopg.Error:
            raise
        except Exception as error:
            if len(self._facts) > 1:
                raise
            stream, name = history[0].stream, instance.rule.named.name
            _FAULTS.log_once(stream, f"the rule {name} cannot be judged on {stream}: {error!r}")
            return None

    def _judgement(self, history: History, instance: RuleInstance) -> Judgement:
        """The judgement of the rule. A customer whom the instance does not concern meets no condition."""
        stream, due, now = history[0].stream, instance.due, self._now
        if not self._customers.concerns(stream, due, now):
            return Judgement("not_fired", "condition")
        rule = instance.rule.named
        return self._firings.judge(
            rule,
            f"{stream}/{due.identity}",
            self._facts[stream],
            now,
            lambda facts: judge_rule(rule, Trigger(due=due), history, facts, now),
        )

    def _of_unmet(self, history: History, instance: RuleInstance, judgement: Judgement) -> AutomationCommand | None:
        """An instance whose conditions do not hold is passed over; in closed hours it waits until it is stale."""
        if judgement.unmet is not None and judgement.unmet.condition.field == "calendar.open":
            if self._now <= instance.latest:
                return None
            why: PassedOverWhy = "missed"
        else:
            why = "condition"
        rule, due = instance.rule.named, instance.due
        return PassOverRule(
            subject_kind=history[0].kind,
            rule=rule.name,
            version=rule.version,
            due=due.identity,
            due_at=due.due_at,
            why=why,
        )
