"""The streams of what is published, and what decisions read of the tenant's settings."""

from datetime import date, datetime

from domain.command_handling.handler import Aggregate
from domain.definitions.settings import SETTINGS
from domain.definitions.state import PublishedDefinition, definition_stream, evolve
from domain.sla.policy.publishing import Published
from domain.sla.policy.publishing import evolve as evolve_sla

DEFINITION = Aggregate("definition", PublishedDefinition(), evolve)
POLICY = Aggregate("policy", Published(), evolve_sla)
CALENDAR = Aggregate("calendar", Published(), evolve_sla)
TENANT_SETTINGS = (definition_stream(SETTINGS.name), DEFINITION)
"""A part of commands whose decision needs the settings."""


def local_day_by(settings: PublishedDefinition, at: datetime) -> date:
    """The local day of an instant by the settings in effect then."""
    return SETTINGS.in_effect(settings.versions, at).body.local_day(at)
