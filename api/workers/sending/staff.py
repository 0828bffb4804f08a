"""The addresses of agents and teams, by the workforce."""

from domain.contact_rules.recipient_address import KIND_OF_ADDRESS, NoAddress
from domain.text_folding import fold_name
from domain.workforce.definition import Workforce


def staff_address(workforce: Workforce, kind: str, name: str, channel: str) -> str | NoAddress:
    """The address of an agent, or of the lead of a team, on a channel."""
    agent = workforce.agent(name)
    if kind == "team":
        team = next((each for each in workforce.teams if fold_name(each.name) == fold_name(name)), None)
        lead = getattr(team, "lead", None)
        agent = None if lead is None else workforce.agent(lead)
    if agent is None:
        return NoAddress("recipient_unknown")
    address: str | None = getattr(agent, "addresses", {}).get(KIND_OF_ADDRESS.get(channel, channel))
    return NoAddress("address_unknown") if address is None else address
