"""Counts what a rule would have done, and gives the reason where it would have done nothing."""

from collections import Counter
from datetime import datetime
from typing import Literal
from uuid import UUID

from api.automation.explanation import ExplainedCondition, explained_condition
from domain.automation.firing import NamedRule
from domain.messages import Message
from domain.predicate import Unmet

MOST_LISTED = 100
WhyNothing = Literal["nothing_due", "no_event", "import", "condition", "passed_over", "suspended", "stop"]


class WouldFire(Message):
    """A subject on which the rule would have fired, and what it would have done."""

    subject: UUID
    kind: str
    at: datetime
    trigger: str
    commands: tuple[str, ...]


class RuleWhatIf(Message):
    """What a rule would have done from ``since`` until ``until``.

    ``judged`` counts the events or due instances that its conditions were judged for, ``failed`` by the field of the
    first condition that failed. ``commands`` counts what it would have done. ``fired_on`` names the first subjects.
    ``why_nothing`` is the reason when it would not have fired at all; then ``condition`` is the one that failed most
    often, with the first value that stood there. ``complete``: nothing was left out because of the bounds.
    """

    rule: str
    since: datetime
    until: datetime
    judged: int
    fired: int
    subjects: int
    passed_over: dict[str, int]
    suspended: int
    failed: dict[str, int]
    commands: dict[str, int]
    fired_on: tuple[WouldFire, ...]
    complete: bool
    why_nothing: WhyNothing | None = None
    condition: ExplainedCondition | None = None


class Tally:
    """The counts of one what-if.

    ``imported`` counts events and streams of another system's past, on which nothing fires; ``streams`` the other
    streams on which something may become due; ``ended`` events for which a rule before it let no other one fire.
    """

    def __init__(self) -> None:
        self.judged = self.suspended = self.imported = self.streams = self.ended = 0
        self.passed_over: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._unmet: dict[str, Unmet] = {}
        self._fired = 0
        self._commands: Counter[str] = Counter()
        self._fired_on: list[WouldFire] = []
        self._subjects: set[UUID] = set()

    def failed(self, unmet: Unmet) -> None:
        """Counts the first condition that failed. The first value of each field is kept."""
        self._failed[unmet.condition.field] += 1
        self._unmet.setdefault(unmet.condition.field, unmet)

    def fired(self, on: WouldFire) -> None:
        """Counts a firing. The first ones are kept."""
        self._fired += 1
        self._commands.update(on.commands)
        self._subjects.add(on.subject)
        if len(self._fired_on) < MOST_LISTED:
            self._fired_on.append(on)

    def result(self, rule: NamedRule, since: datetime, until: datetime, *, complete: bool) -> RuleWhatIf:
        """The counts, and why nothing would have fired if so."""
        why = None if self._fired else self._why_nothing(timed=rule.body.at is not None)
        field = self._failed.most_common(1)[0][0] if why == "condition" else None
        return RuleWhatIf(
            rule=rule.name,
            since=since,
            until=until,
            judged=self.judged,
            fired=self._fired,
            subjects=len(self._subjects),
            passed_over=dict(self.passed_over),
            suspended=self.suspended,
            failed=dict(self._failed.most_common()),
            commands=dict(self._commands.most_common()),
            fired_on=tuple(self._fired_on),
            complete=complete,
            why_nothing=why,
            condition=None if field is None else explained_condition(self._unmet[field]),
        )

    def _why_nothing(self, *, timed: bool) -> WhyNothing:
        if self._failed:
            return "condition"
        if self.suspended:
            return "suspended"
        if self.passed_over:
            return "passed_over"
        if self.ended:
            return "stop"
        if self.imported and not self.streams:
            return "import"
        return "nothing_due" if timed else "no_event"
