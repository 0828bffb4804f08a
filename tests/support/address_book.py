"""Customers, claims of addresses and identity rules, decided on without a service desk."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from domain.command_context import Actor
from domain.command_handling.aggregates import handler_of
from domain.command_handling.customer_stream import CustomerStream
from domain.command_handling.customer_stream import evolve as evolve_customer
from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.address_claim import AddressClaim, address_stream
from domain.customer.address_claim import evolve as evolve_claim
from domain.definitions.events import DefinitionPublished
from domain.definitions.kinds import IDENTITY
from domain.definitions.state import PublishedDefinition, definition_stream
from domain.definitions.state import evolve as evolve_definition
from domain.messages import Command, Event
from domain.refusal import Refusal
from tests.support.events import AGENT, NOON, START

LAN, MINH, VY = CUSTOMERS = [UUID(int=number) for number in (1, 2, 3)]
PHONE, KEY = "0901 234 567", "+84901234567"
ADD = c.AddAddress(channel="phone", handle=PHONE)
VERIFY = c.VerifyAddress(channel="phone", handle=PHONE, method="code")
CLAIM = ADD.model_copy(update={"trust": "claimed"})
SHARE = ADD.model_copy(update={"shared": True})


class AddressBook:
    """Customers, claims and rules, decided on as a service desk does."""

    def __init__(self) -> None:
        self.customers = {stream: CustomerStream() for stream in CUSTOMERS}
        self.claims: dict[UUID, AddressClaim] = {}
        self.rules = PublishedDefinition()
        for stream in CUSTOMERS:
            self.happened(stream, e.CustomerRegistered(name="x"))

    def happened(self, stream: UUID, event: Event) -> None:
        if stream in self.customers:
            self.customers[stream] = evolve_customer(self.customers[stream], event, NOON)
        else:
            self.claims[stream] = evolve_claim(self.claims.get(stream, AddressClaim()), event, NOON)  # type: ignore[arg-type]  # an event of an address

    def blocks(self, **body: object) -> None:
        published = DefinitionPublished(kind="identity", name="tenant", version=1, effective_from=START, body=body)
        self.rules = evolve_definition(self.rules, published, NOON)

    def ask(self, stream: UUID, command: Command, by: Actor = AGENT) -> list[str]:
        """The topics of the events that the command leads to. Raises Refusal."""
        handler = handler_of(command)
        states: list[object] = []
        for part, _ in handler.parts(stream, command):
            rules = self.rules if part == definition_stream(IDENTITY.name) else self.claims.get(part, AddressClaim())
            states.append(self.customers.get(part, rules))
        events = handler.decide(command, stream, states, by, NOON)
        for part, event, _ in events:
            self.happened(part, event)
        return [event.topic for _, event, _ in events]

    def refused(self, stream: UUID, command: Command, by: Actor = AGENT) -> Refusal:
        with pytest.raises(Refusal) as refused:
            self.ask(stream, command, by)
        return refused.value

    def trust(self, stream: UUID) -> list[str | None]:
        return [address.trust for address in self.customers[stream].customer.addresses]

    def owners(self, key: str = KEY) -> Mapping[UUID, bool]:
        return dict(self.claims.get(address_stream("phone", key), AddressClaim()).owners)
