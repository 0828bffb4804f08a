"""How many tickets the logs of tenants have, up to a bound."""

from threading import Lock
from typing import NamedTuple

from psycopg import Connection

from projections.what_if.judging import how_many_tickets


class _Counted(NamedTuple):
    """The tickets of a log up to a position."""

    up_to: int
    tickets: int


class TicketCounts:
    """Counts the tickets of each log once: a later count reads what was recorded since."""

    def __init__(self) -> None:
        self._counted: dict[str, _Counted] = {}
        self._lock = Lock()

    def is_above(self, most: int, connection: Connection, tenant: str, up_to: int) -> bool:
        """Whether the log has more than ``most`` tickets up to a position. Counting ends where it has.

        Positions go on; for one before that of the last count, the answer is that of the last count.
        """
        before = self._counted.get(tenant, _Counted(0, 0))
        if before.tickets > most or before.up_to >= up_to:
            return before.tickets > most
        new = how_many_tickets(connection, tenant, up_to, most + 1 - before.tickets, after=before.up_to)
        with self._lock:
            counted = _Counted(up_to, before.tickets + new)
            self._counted[tenant] = max(counted, self._counted.get(tenant, counted))
        return counted.tickets > most
