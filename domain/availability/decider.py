"""The decider of an agent's availability."""

from datetime import datetime
from typing import assert_never

from domain.availability import commands as c
from domain.availability import events as e
from domain.availability.state import Availability
from domain.refusal import Refusal


def decide(command: c.AvailabilityCommand, availability: Availability, at: datetime) -> list[e.AvailabilityEvent]:
    """The event of a change; nothing when it is so already. Raises Refusal for an absence that is over."""
    match command:
        case c.BecomeAvailable(agent=agent):
            return [] if availability.said == "available" else [e.AgentBecameAvailable(agent=agent)]
        case c.GoAway(agent=agent, until=until):
            if until is not None and until <= at:
                raise Refusal("until_in_the_past", "until lies in the past; give a later instant", availability.state)
            same = availability.said == "away" and availability.until == until
            return [] if same else [e.AgentAway(agent=agent, until=until)]
        case c.BeginCall(agent=agent):
            return [] if availability.in_call else [e.CallBegan(agent=agent)]
        case c.EndCall(agent=agent):
            return [e.CallEnded(agent=agent)] if availability.in_call else []
        case _:
            assert_never(command)
