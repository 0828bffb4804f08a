"""The commands by which an agent, or a telephone system, says whether the agent takes new work.

``agent`` names the agent; the stream is the one of its folded name.
"""

from domain.messages import Command, Instant, Word


class BecomeAvailable(Command):
    """Takes new work during the shift."""

    agent: Word


class GoAway(Command):
    """Takes no new work until ``until``, or until BecomeAvailable."""

    agent: Word
    until: Instant | None = None


class BeginCall(Command):
    """A live call takes all of the agent's capacity."""

    agent: Word


class EndCall(Command):
    agent: Word


AvailabilityCommand = BecomeAvailable | GoAway | BeginCall | EndCall
"""What is said of an agent's availability."""
