"""A reaction: a table row of the reactor, which turns events into commands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from psycopg import Connection

from domain.command_handling.service_desk import ServiceDesk
from domain.envelope import RecordedEvent
from domain.switches.state import Switches


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of the log. ``events`` are those of the topics that the reaction asks for, in order.

    ``head`` is the position up to which the log is read, ``now`` the present instant. ``switches`` reads what is
    stopped now.
    """

    connection: Connection
    tenant: str
    desk: ServiceDesk
    events: Sequence[RecordedEvent]
    definitions: Sequence[RecordedEvent]
    switches: Callable[[], Switches]
    head: int
    now: datetime


class Reaction(Protocol):
    """Any number of reactors may run at once, and each may see an event again: what it gives has a command id that
    says what it is given for, and the version that it was judged on.
    """

    def topics(self, definitions: Sequence[RecordedEvent]) -> frozenset[str]:
        """The topics of the events that may lead to commands."""

    async def react(self, page: EventPage) -> None:
        """Gives the commands of a page and waits for their answers. Raises LogUnavailable, Overloaded, LogDamaged:
        then the page comes again.
        """
