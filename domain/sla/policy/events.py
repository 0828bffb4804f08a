"""What was promised, from when on: every version of the policy and of the calendars is an event."""

from pydantic import Field

from domain.messages import Event, Instant
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.policy.policy import Policy


class PolicyPublished(Event):
    """A version of the tenant's policy. Its place in the log is when it became known."""

    topic = "policy.published"
    version: int = Field(ge=1)
    effective_from: Instant
    policy: Policy


class CalendarPublished(Event):
    """A version of one calendar, its public holidays written out: a library's upgrade cannot change it."""

    topic = "calendar.published"
    version: int = Field(ge=1)
    effective_from: Instant
    calendar: CalendarDefinition


SlaEvent = PolicyPublished | CalendarPublished
