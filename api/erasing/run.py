"""Runs approved erasures: each step can be repeated, so that a run that was killed goes on where it was.

Streams are closed before their keys are destroyed: a closed stream gets no event, so no key is missed.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg import Connection

from api.erasing.keys_of_events import KeysOfEvents, keys_of_events
from api.erasing.open_work import ENDINGS
from api.erasing.persons_streams import SQL, PersonsStream, closed_streams, streams_of_person
from api.erasing.retained import retained_of_customer
from api.key_store.store import PostgresKeyStore
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.service_desk import ServiceDesk
from domain.erasure import commands as c
from domain.erasure.state import erasure_stream
from domain.errors import LedgerError
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.messages import Command
from domain.refusal import Refusal
from projections.engine.checkpoints import position_of
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS
from projections.timeline.family import family_of

KEYS_IN_MEMORY = 2.0
"""Seconds after which no process can use a destroyed key: each asks for the epoch every second."""
PATIENCE = 120.0
"""Seconds in which the projections have to catch up."""
A_MOMENT = 0.05
"""Seconds between two looks at the projections."""
AT_ONCE = 500
"""Commands that wait for their answers together."""
_ORIGIN = Origin(channel="erasure")


class NotCaughtUp(LedgerError):  # noqa: N818 -- names the state of things
    """The projections did not reach the head of the log in time."""

    kind = "unavailable"


@dataclass(frozen=True, slots=True)
class ErasureRunner:
    """Runs erasures in one tenant. ``connection`` and ``follower`` may write the tables of projections and snapshots.

    ``pause`` waits so many seconds.
    """

    connection: Connection
    desk: ServiceDesk
    follower: Follower
    keys: PostgresKeyStore
    tenant: str
    by: Actor
    pause: float = KEYS_IN_MEMORY

    async def run(self, customers: Sequence[UUID]) -> None:
        """Erases customers whose erasures are approved, or have been started. Raises Refusal of any of them.

        Their steps are done together: one wait for the projections and for the keys in memory serves all.
        """
        await self._catch_up()
        for customer in customers:
            await self._start(customer)
        await self._close_streams(customers)
        closed = {customer: self._closed(customer) for customer in customers}
        await self._destroy_keys(closed)
        await asyncio.sleep(self.pause)
        await self._catch_up()
        everything = [stream for streams in closed.values() for stream in streams]
        self.connection.execute(SQL["forget snapshots"].of(self.tenant), {"streams": everything})
        position = reader.head(self.connection, self.tenant)
        for customer, streams in closed.items():
            certified = c.CertifyErasure(position=position, streams=dict(sorted(Counter(streams.values()).items())))
            await self._give(erasure_stream(customer), certified, "certify")

    async def _start(self, customer: UUID) -> None:
        kept = retained_of_customer(self.connection, self.tenant, customer)
        await self._give(erasure_stream(customer), c.StartErasure(customer_id=customer, retained=kept), "start")

    async def _close_streams(self, customers: Sequence[UUID]) -> None:
        """Closes the survivors first: nobody can be merged with them then, and no stream can begin for them.

        Then it closes what the projections know of, until they know of nothing more.
        """
        new = {PersonsStream(customer, "customer", customer): customer for customer in customers}
        known: set[PersonsStream] = set()
        while new:
            await self._end_open_work(new)
            await self._close(new)
            known |= new.keys()
            await self._catch_up()
            new = {
                stream: customer
                for customer in customers
                for stream in streams_of_person(self.connection, self.tenant, self._members(customer))
                if stream not in known
            }

    async def _end_open_work(self, streams: Mapping[PersonsStream, UUID]) -> None:
        """Ends what is open on some streams; nothing is open where it is refused."""
        given = [
            self._give(each.stream, ENDINGS[each.kind], f"{erasure_stream(customer)}/end/{each.stream}", tolerant=True)
            for each, customer in streams.items()
            if each.kind in ENDINGS
        ]
        await _in_turns(given)

    async def _close(self, streams: Mapping[PersonsStream, UUID]) -> None:
        """Closes some streams; one that is closed already refuses it."""
        given = []
        for each, customer in streams.items():
            erasure = erasure_stream(customer)
            command = c.EraseStream(erasure=erasure, customer_id=each.customer, stream_kind=each.kind)
            word = f"{erasure}/close/{each.stream}/{each.customer}"
            given.append(self._give(each.stream, command, word, tolerant=True))
        await _in_turns(given)

    def _closed(self, customer: UUID) -> dict[UUID, str]:
        return closed_streams(self.connection, self.tenant, erasure_stream(customer))

    def _members(self, customer: UUID) -> list[UUID]:
        return family_of(self.connection, schema_of(self.tenant), customer).members

    async def _destroy_keys(self, closed: Mapping[UUID, Mapping[UUID, str]]) -> None:
        """Destroys the keys of the events before the erasures and records their fingerprints."""
        found = {customer: self._keys_of(customer, list(streams)) for customer, streams in closed.items()}
        destroyed = self.keys.destroy([key for each in found.values() for key in each.keys])
        fingerprint_of = {each.key_id: each.fingerprint for each in destroyed}
        for customer, each in found.items():
            fingerprints = {str(key): fingerprint_of[key] for key in each.keys if key in fingerprint_of}
            command = c.RecordKeysDestroyed(fingerprints=fingerprints, readable=tuple(each.readable))
            await self._give(erasure_stream(customer), command, "keys")

    def _keys_of(self, customer: UUID, streams: Sequence[UUID]) -> KeysOfEvents:
        rows = self.connection.execute(SQL["erased events"].of(self.tenant), {"streams": streams}).fetchall()
        return keys_of_events(self.tenant, rows, set(self._members(customer)))

    async def _give(self, stream: UUID, command: Command, word: str, *, tolerant: bool = False) -> None:
        """Gives a command under an id that a repetition has too. Raises Refusal unless ``tolerant``."""
        command_id = f"erasure/{stream}/{word}" if "/" not in word else f"erasure/{word}"
        try:
            await self.desk.handle(stream, command, CommandContext(self.by, command_id, _ORIGIN))
        except Refusal:
            if not tolerant:
                raise

    async def _catch_up(self) -> None:
        """Waits until every projection has read what is recorded now. Raises NotCaughtUp."""
        head = reader.head(self.connection, self.tenant)
        deadline = time.monotonic() + PATIENCE
        while position_of(self.connection, self.tenant, PROJECTIONS) < head:
            await asyncio.to_thread(self.follower.catch_up, head)
            if time.monotonic() > deadline:
                raise NotCaughtUp(f"the projections have not reached position {head}: `doctor` says which one stands")
            await asyncio.sleep(A_MOMENT)


async def _in_turns(given: Sequence[Coroutine[None, None, None]]) -> None:
    """Waits for commands, so many at once that the desk takes them all."""
    for first in range(0, len(given), AT_ONCE):
        await asyncio.gather(*given[first : first + AT_ONCE])
