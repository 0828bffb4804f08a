"""What a simulated desk publishes of itself: its teams, its agents, and which team gets which tickets."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from api.simulation.phrases import AGENTS, OUTAGE, SECOND_LEVEL, SHIPPED_TEAMS, TOPICS
from api.simulation.schedule import ZONE
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream

CAPACITY = 40
"""The open tickets of an agent. A simulated agent finishes a ticket within hours."""


def own_definitions(first: date) -> list[tuple[UUID, PublishDefinition]]:
    """The workforce and the routing of a desk in effect from its first day on, each with its stream."""
    bodies = {"workforce": _workforce(), "routing": _routing()}
    since = datetime.combine(first, time(), ZONE)
    reason = "Bàn hỗ trợ mô phỏng"
    return [
        (definition_stream(kind), PublishDefinition(kind=kind, effective_from=since, body=body, reason=reason))
        for kind, body in bodies.items()
    ]


def _workforce() -> dict[str, Any]:
    return {
        "teams": [{"name": team, "lead": agents[0]} for team, agents in {**AGENTS, **SHIPPED_TEAMS}.items()],
        "agents": [
            {
                "name": agent,
                "team": team,
                "teams": [name for name, members in SHIPPED_TEAMS.items() if agent in members],
                "capacity": CAPACITY,
                "addresses": {"email": f"{agent}@desk.example.vn"},
            }
            for team, agents in AGENTS.items()
            for agent in agents
        ],
    }


def _routing() -> dict[str, Any]:
    rules = [
        {"name": topic.category, "when": {"category": [topic.category]}, "team": topic.team}
        for topic in (*TOPICS, OUTAGE)
    ]
    return {"rules": rules, "default_team": SECOND_LEVEL}
