"""The commands to a task."""

from domain.holder import AssignToHolder
from domain.messages import Command, Id, Instant, Text, Word

OF_ROUTING = "routing"
"""The source of a task for the lead of a team whose ticket nobody can take."""


class OpenTask(Command):
    """Opens a task for a team or an agent, or for nobody yet. ``source`` is ``person`` where a person opens it."""

    begins = True

    title: Word
    about: Id | None = None
    about_kind: Word | None = None
    customer_id: Id | None = None
    team: Word | None = None
    agent: Word | None = None
    due_at: Instant | None = None
    source: Word = "person"


class AssignTask(AssignToHolder):
    """Assigns as ``AssignTicket`` does: a new team without an agent clears the agent."""


class RescheduleTask(Command):
    """Moves the due time; None takes it away."""

    due_at: Instant | None
    reason: Text


class CompleteTask(Command):
    result: Text | None = None


class CancelTask(Command):
    reason: Text


class ReopenTask(Command):
    reason: Text


TaskCommand = AssignTask | RescheduleTask | CompleteTask | CancelTask | ReopenTask
"""What a task decides alone."""
