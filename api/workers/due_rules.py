"""Judges the rules with a time whose instances are due, and gives what is recorded of each."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from psycopg import Connection

from api.workers.automation_facts import gather
from api.workers.due import DueCommand, GivenBy, Judged
from domain.automation.commands import AutomationCommand, FireRule, PassedOverWhy, PassOverRule
from domain.automation.firing import Judgement, Trigger, judge_rule
from domain.command_context import Origin
from domain.due.due_function import History
from projections.timers.timed_rules import RuleInstance

WAIT = timedelta(minutes=1)
"""How long a stream is left alone whose rule waits for a calendar to open."""
_ORIGIN = Origin(channel="automation")


class RuleJudge:
    """Judges the instances of some subjects by facts that are gathered for all of them at once."""

    def __init__(self, connection: Connection, tenant: str, histories: Sequence[History], now: datetime) -> None:
        self._now = now
        self._facts = gather(connection, tenant, histories, now) if histories else {}

    def judged(self, history: History, instances: Sequence[RuleInstance], position: int) -> Judged:
        """What is recorded of the instances of one subject, in turn, up to the first that may change the subject.

        What follows is judged on what that leaves, by the next look.
        """
        stream, version = history[0].stream, len(history)
        commands: list[DueCommand] = []
        waits = False
        for instance in instances:
            rule = instance.rule.named
            judgement = judge_rule(rule, Trigger(due=instance.due), history, self._facts[stream], self._now)
            command = judgement.command
            if command is None and judgement.verdict != "done":
                command = self._of_unmet(history, instance, judgement)
                waits = waits or command is None
            if command is None:
                continue
            command_id = judgement.command_id or f"auto/{rule.key}/{stream}/{instance.due.identity}"
            by = GivenBy(rule.actor, _ORIGIN, judgement.depth)
            commands.append(DueCommand(stream, version, command_id, command, by))
            if isinstance(command, FireRule):
                return Judged(stream, 0 if instance is not instances[-1] else position, commands)
        return Judged(stream, position, commands, self._now + WAIT if waits else None)

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
