"""The addresses of agents and teams, by the workforce."""

from domain.contact_rules.recipient_address import KIND_OF_ADDRESS, NoAddress
from domain.text_folding import fold_code
from domain.workforce.definition import Workforce


def staff_address(workforce: Workforce, kind: str, name: str, channel: str) -> str | NoAddress:
    """The address of an agent, or of the lead of a team, on a channel."""
    person = workforce.lead_of(name) if kind == "team" else name
    agent = None if person is None else workforce.agent(person)
    if agent is None:
        return NoAddress("recipient_unknown")
    kinds = {channel, KIND_OF_ADDRESS.get(channel, channel)}
    addresses = (address for of, address in agent.addresses.items() if fold_code(of) in kinds)
    return next(addresses, None) or NoAddress("address_unknown")
