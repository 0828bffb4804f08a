"""The commands that say whether an agent takes new work."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.availability import commands as c

AGENTS = Collection(
    "agents",
    "agent",
    "tickets:write",
    (
        CommandEndpoint("become-available", c.BecomeAvailable, "Take new work during the shift", {"agent": "lan"}),
        CommandEndpoint(
            "go-away",
            c.GoAway,
            "Take no new work until an instant, or until the agent is back",
            {"agent": "lan", "until": "2026-03-02T13:00:00+07:00", "reason": "lunch"},
        ),
        CommandEndpoint("begin-call", c.BeginCall, "Begin a call, which takes all of the capacity", {"agent": "lan"}),
        CommandEndpoint("end-call", c.EndCall, "End a call", {"agent": "lan"}),
    ),
)
"""The address names the agent, and so does the command."""
