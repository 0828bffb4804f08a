"""The events that publish a version of the policy or of a calendar."""

from pydantic import Field

from domain.messages import Event, Instant
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.policy.policy import Policy


class PolicyPublished(Event):
    """A version of the tenant's policy. It is known from its position in the log on."""

    topic = "policy.published"
    version: int = Field(ge=1)
    effective_from: Instant
    policy: Policy


class CalendarPublished(Event):
    """A version of a calendar with its public holidays written out, which no other release of a library changes."""

    topic = "calendar.published"
    version: int = Field(ge=1)
    effective_from: Instant
    calendar: CalendarDefinition


SlaEvent = PolicyPublished | CalendarPublished
