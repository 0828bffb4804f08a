"""The events of an agent's availability.

Without any the agent's shift says it.
"""

from datetime import datetime

from domain.messages import Event


class AgentBecameAvailable(Event):
    topic = "agent.became_available"
    in_figures = False
    agent: str


class AgentAway(Event):
    """Until ``until``, or until the agent becomes available."""

    topic = "agent.away"
    in_figures = False
    agent: str
    until: datetime | None = None


class CallBegan(Event):
    """A live call takes all of the agent's capacity."""

    topic = "agent.call_began"
    in_figures = False
    agent: str


class CallEnded(Event):
    topic = "agent.call_ended"
    in_figures = False
    agent: str


AvailabilityEvent = AgentBecameAvailable | AgentAway | CallBegan | CallEnded
"""What is said of an agent's availability."""
