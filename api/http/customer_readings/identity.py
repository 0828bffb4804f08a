"""The rules of identity, and the channels of which a customer has more addresses than by rule."""

from api.http.read_session import ReadRequest, ReadSession
from domain.customer.identity_rules import IdentityRules
from domain.definitions.kinds import IDENTITY
from domain.definitions.state import PublishedDefinition, definition_stream, evolve
from domain.event_log import reader as log_reader
from projections.customers.queries import CustomerRow


def identity_rules(reader: ReadRequest, view: ReadSession) -> IdentityRules:
    """The rules of identity in effect."""
    stream = definition_stream(IDENTITY.name)
    published = PublishedDefinition()
    for event in log_reader.stream(view.connection, reader.tenant, stream, view.position):
        published = evolve(published, event.payload, event.occurred_at)
    return IDENTITY.in_effect(published.versions, view.now).body


def over_limit(rules: IdentityRules, customer: CustomerRow) -> list[str]:
    """The channels of which the customer has more addresses than by rule; withdrawn ones do not count."""
    return rules.exceeded_by(address.channel for address in customer.addresses if address.trust != "withdrawn")
