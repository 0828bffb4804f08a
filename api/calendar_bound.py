"""The bound on a tenant's calendars, checked before a command that publishes another one."""

from uuid import UUID

from psycopg import Connection

from domain.event_log import reader
from domain.refusal import Refusal
from domain.sla.policy.bounds import PUBLISHED_CALENDARS


def refuse_another_calendar(connection: Connection, tenant: str, stream: UUID) -> None:
    """Raises Refusal when the calendar of ``stream`` would be one too many; two at once may both pass."""
    if reader.calendars_besides(connection, tenant, stream) >= PUBLISHED_CALENDARS.most:
        rule = f"there are {PUBLISHED_CALENDARS.most} {PUBLISHED_CALENDARS.what} already: give one of them new hours"
        raise Refusal("too_many_calendars", rule, "none")
