"""What automation records on the stream of the subject of a rule."""

from datetime import datetime
from uuid import UUID

from domain.messages import Event, Message


class Outcome(Message):
    """What became of one command of a rule: how many events it led to, or the code of its refusal."""

    command: str
    stream: UUID
    events: int = 0
    refused: str | None = None


class OfRuleAndCause(Event):
    """What became of a rule at one cause.

    ``cause`` is the id of the event that the rule reacts to. ``due`` is the identity of the due instance of a rule with
    a time, ``due_at`` its instant. ``version`` is that of the rule.
    """

    in_figures = False
    rule: str
    version: int
    cause: str | None = None
    due: str | None = None
    due_at: datetime | None = None


class AutomationFired(OfRuleAndCause):
    topic = "automation.fired"
    outcomes: tuple[Outcome, ...] = ()


class AutomationShadowed(OfRuleAndCause):
    """The rule is published to be watched only: it would have given these commands."""

    topic = "automation.shadowed"
    commands: tuple[str, ...] = ()


class AutomationPassedOver(OfRuleAndCause):
    """The rule would have fired. ``why``: stale, missed, stopped, suspended, limit, refused or, at a due instance,
    condition.
    """

    topic = "automation.passed_over"
    why: str


class AutomationSuspended(Event):
    """The rule does not fire for this subject until a person resumes it. ``why``: depth or rate."""

    topic = "automation.suspended"
    in_figures = False
    rule: str
    version: int
    why: str


class AutomationResumed(Event):
    topic = "automation.resumed"
    in_figures = False
    rule: str


AutomationEvent = AutomationFired | AutomationShadowed | AutomationPassedOver | AutomationSuspended | AutomationResumed
"""What automation records on its subjects."""
