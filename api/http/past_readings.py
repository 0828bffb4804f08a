"""What bounds long readings: turns for those that fold much, and a pace for those that fold single streams.

Those that fold much are readings of the past, what issues and examines reports of record, audit bundles, the copy of a
person, and whatever judges the history of many.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from api.api_keys import Principal
from api.http.fair_slots import FairSlots
from api.http.giving_way import GivingWay
from api.http.key_pace import KeyPace

Snapshot = TypeVar("Snapshot")
MOST_CALLERS = 24
"""Threads that read the past or wait for it. Other readings have the rest of the 40 that serve readings."""
MOST_OF_A_TENANT = 8
"""How many of them one tenant has, whatever number of keys."""


class PastReadings:
    """Bounds how many there are at once, and how much of the time those of a key, of a tenant and of all take."""

    def __init__(self) -> None:
        self.slots = FairSlots("readings of the past", total=3, each=2)
        self.of_tenants = FairSlots("readings of the past", total=MOST_CALLERS, each=MOST_OF_A_TENANT, waiting=1)
        self.of_keys = FairSlots("readings of the past", total=MOST_CALLERS, each=1)
        self.giving_way = GivingWay()
        self._pace = KeyPace()

    @contextmanager
    def turn(self, caller: Principal, patience: float) -> Iterator[None]:
        """A reading in this thread. Each wait ends after ``patience`` seconds. Raises SlotsTaken."""
        key = key_of(caller)
        with self.of_tenants.slot(caller.tenant, patience), self.of_keys.slot(key, patience):
            self._pace.wait(key, patience)
            with (
                self.slots.slot(caller.tenant, patience),
                self.giving_way.turn(caller.tenant, patience),
                self._pace.charged(key),
            ):
                yield

    @contextmanager
    def paced(self, caller: Principal, snapshot: AbstractContextManager[Snapshot]) -> Iterator[Snapshot]:
        """A snapshot for a reading of single streams, each of which may be long. It has no turn.

        Its key pays for the time after it has waited for the snapshot's connection. Raises SlotsTaken at once for a key
        without credit: whoever waits here would hold a thread of other readings.
        """
        key = key_of(caller)
        self._pace.wait(key, 0)
        with snapshot as taken, self._pace.charged(key):
            yield taken

    def charged(self, caller: Principal) -> AbstractContextManager[None]:
        """What another process does for a caller, whose key pays for the time."""
        return self._pace.charged(key_of(caller))


def key_of(caller: Principal) -> str:
    """The key among those of all tenants."""
    return f"{caller.tenant} {caller.key_id}"
