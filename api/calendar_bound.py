"""The bound on a tenant's calendars, checked before a command that publishes another one."""

from uuid import UUID

from psycopg import Connection

from domain.event_log import reader
from domain.messages import Command
from domain.refusal import Refusal
from domain.sla.policy.bounds import PUBLISHED_CALENDARS
from domain.sla.policy.commands import PublishCalendar


def refuse_another_calendar(connection: Connection, tenant: str, stream: UUID, command: Command) -> None:
    """Raises Refusal when the command would publish one calendar too many; two at once may both pass."""
    if not isinstance(command, PublishCalendar):
        return
    if reader.calendars_besides(connection, tenant, stream) >= PUBLISHED_CALENDARS.most:
        rule = f"there are {PUBLISHED_CALENDARS.most} {PUBLISHED_CALENDARS.what} already: give one of them new hours"
        raise Refusal("too_many_calendars", rule, "none")
