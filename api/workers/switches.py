"""The stop switches of a tenant, read again only when their stream has moved on."""

from datetime import datetime

from psycopg import Connection

from domain.event_log import reader
from domain.switches.state import SWITCHES, Switches, evolve


class SwitchBoard:
    """The switches as they are now. A reading takes one look-up in an index while nothing has changed."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant
        self._version = 0
        self._switches = Switches()

    def read(self, connection: Connection) -> Switches:
        """The switches by everything that is recorded."""
        version = reader.versions(connection, self._tenant, [SWITCHES]).get(SWITCHES, 0)
        if version != self._version:
            self._version, self._switches = version, switches_of(connection, self._tenant)
        return self._switches


def switches_of(
    connection: Connection, tenant: str, up_to: int | None = None, as_of: datetime | None = None
) -> Switches:
    """The switches by what is recorded up to a position and happened by ``as_of``, folded anew; None: by everything."""
    switches = Switches()
    position = reader.head(connection, tenant) if up_to is None else up_to
    for event in reader.stream(connection, tenant, SWITCHES, position):
        if as_of is None or event.occurred_at <= as_of:
            switches = evolve(switches, event.payload, event.occurred_at)
    return switches
