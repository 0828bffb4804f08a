"""Runs approved erasures: each step can be repeated, so that a run that was killed goes on where it was.

Streams are closed before their keys are destroyed: a closed stream gets no event, so no key is missed.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from psycopg import Connection

from api.erasing.keys_of_events import KeysOfEvents, keys_of_events
from api.erasing.open_work import ENDINGS
from api.erasing.persons_streams import PersonsStream, closed_streams, own_stream, streams_of_persons
from api.erasing.retained import retained_of_customer
from api.erasing.tenant_keys import key_store_of
from api.key_store.store import PostgresKeyStore
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.service_desk import ServiceDesk
from domain.erasure import commands as c
from domain.erasure.state import erasure_stream
from domain.errors import LedgerError
from domain.event_log import reader
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.event_log.store import PATIENT_SETTINGS, LogConnection
from domain.ids import new_id
from domain.messages import Command
from domain.personal_data.data_keys import KeysUnavailable, missing_keys_text
from domain.personal_data.encrypted import key_id_of, key_ids_of
from domain.refusal import Refusal
from projections.customers.family import family_of
from projections.engine.checkpoints import position_of
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS

_SQL = sql_file("api.erasing", "erasing.sql")
KEYS_IN_MEMORY = 2.0
"""Seconds after which no process can use a destroyed key: each asks for the epoch every second."""
PATIENCE = 120.0
"""Seconds in which the projections have to catch up."""
A_MOMENT = 0.05
"""Seconds between two looks at the projections."""
AT_ONCE = 500
"""Commands that wait for their answers together."""
_ORIGIN = Origin(channel="erasure")

Reason = Refusal | str
"""Why an erasure is left: the rule that refuses it, or a sentence."""


class NotCaughtUp(LedgerError):  # noqa: N818 -- names the state of things
    """The projections did not reach the head of the log in time."""

    kind = "unavailable"


@dataclass(frozen=True, slots=True)
class ErasureRunner:
    """Runs erasures in one tenant. ``connection`` and ``follower`` may write the tables of projections and snapshots.

    ``pause`` waits so many seconds. ``begun`` is told how many erasures begin.
    """

    connection: Connection
    desk: ServiceDesk
    follower: Follower
    keys: PostgresKeyStore
    tenant: str
    by: Actor
    pause: float
    begun: Callable[[int], object] = lambda _: None

    async def run(self, customers: Sequence[UUID]) -> dict[UUID, Reason]:
        """Erases customers whose erasures are approved, or have been started; gives why each of the others was left.

        Their steps are done together: one wait for the projections and for the keys in memory serves all.
        """
        await self._catch_up()
        left = self._lacking_keys(customers)
        await _in_turns([self._start(customer, left) for customer in customers if customer not in left])
        started = [customer for customer in customers if customer not in left]
        if not started:
            return left
        self.begun(len(started))
        known = await self._close_streams(started, left)
        left |= self._still_open(known)
        closed = self._closed([customer for customer in started if customer not in left])
        await self._destroy_keys(closed)
        await asyncio.sleep(self.pause)
        await self._catch_up()
        everything = [stream for streams in closed.values() for stream in streams]
        self.connection.execute(_SQL["forget snapshots"].of(self.tenant), {"streams": everything})
        position = reader.head(self.connection, self.tenant)
        certificates = {
            customer: c.CertifyErasure(position=position, streams=dict(sorted(Counter(streams.values()).items())))
            for customer, streams in closed.items()
        }
        await _in_turns([self._give(erasure_stream(each), certificate) for each, certificate in certificates.items()])
        return left

    async def _start(self, customer: UUID, left: dict[UUID, Reason]) -> None:
        erasure = erasure_stream(customer)
        try:
            kept = retained_of_customer(self.connection, self.tenant, customer)
            started = c.StartErasure(customer_id=customer, retained=kept)
            await self._give(erasure, started, f"erasure/{erasure}/start")
        except Refusal as refused:
            left[customer] = refused
        except KeysUnavailable as error:
            left[customer] = str(error)

    def _lacking_keys(self, customers: Sequence[UUID]) -> dict[UUID, Reason]:
        """The persons of whom the key store lacks a key, with these keys: another copy of it may hold them."""
        persons: dict[UUID, list[UUID]] = {}
        for customer, streams in self._streams_of(customers).items():
            for each in streams:
                persons.setdefault(each.stored, []).append(customer)
        rows = self.connection.execute(_SQL["encrypted texts"].of(self.tenant), {"streams": list(persons)})
        named = {(customer, key) for stream, state in rows if (key := key_id_of(state)) for customer in persons[stream]}
        lacking: dict[UUID, list[UUID]] = {}
        missing = set(self.keys.missing({key for _, key in named}))
        for customer, key in named:
            if key in missing:
                lacking.setdefault(customer, []).append(key)
        return {customer: missing_keys_text(sorted(keys)) for customer, keys in lacking.items()}

    def _streams_of(self, customers: Sequence[UUID]) -> dict[UUID, list[PersonsStream]]:
        persons = {customer: self._members(customer) for customer in customers}
        return streams_of_persons(self.connection, self.tenant, persons)

    async def _close_streams(self, customers: Sequence[UUID], left: dict[UUID, Reason]) -> dict[PersonsStream, UUID]:
        """The known streams of customers, closed; why one is not goes to ``left``.

        It closes the survivors first: nobody can be merged with them then, and no stream can begin for them. Then it
        closes what the projections know of, until they know of nothing more.
        """
        new = {own_stream(customer, "customer", customer): customer for customer in customers}
        known: dict[PersonsStream, UUID] = {}
        while new:
            await self._end_open_work(new)
            await self._close(new, left)
            known |= new
            await self._catch_up()
            new = {
                stream: customer
                for customer, streams in self._streams_of(customers).items()
                for stream in streams
                if stream not in known
            }
        return known

    async def _end_open_work(self, streams: Iterable[PersonsStream]) -> None:
        """Ends what is open on some streams; nothing is open where it is refused."""

        async def end(each: PersonsStream) -> None:
            with suppress(Refusal):
                await self._give(each.stream, ENDINGS[each.kind])

        await _in_turns([end(each) for each in streams if each.kind in ENDINGS])

    async def _close(self, streams: Mapping[PersonsStream, UUID], left: dict[UUID, Reason]) -> None:
        """Closes some streams; one that is closed already refuses it."""

        async def close(each: PersonsStream, customer: UUID) -> None:
            erasure = erasure_stream(customer)
            command = c.EraseStream(customer_id=each.customer, stream=each.stream, stream_kind=each.kind)
            try:
                await self._give(erasure, command, f"erasure/{erasure}/{each.stream}/{each.customer}")
            except Refusal as refused:
                if refused.code != "erased":
                    left[customer] = f"its stream {each.stream} ({each.kind}) cannot be closed: {refused}"

        await _in_turns([close(each, customer) for each, customer in streams.items()])

    def _still_open(self, known: Mapping[PersonsStream, UUID]) -> dict[UUID, Reason]:
        """Why customers are left whose streams are not all closed, by the log alone."""
        parameters = {"streams": [each.stored for each in known]}
        closed = set(self.connection.execute(_SQL["closed for"].of(self.tenant), parameters).fetchall())
        closed_at_all = {stream for stream, _ in closed}
        return {
            customer: f"its stream {each.stored} ({each.kind}) is not closed; run the erasure again"
            for each, customer in known.items()
            if (each.stored, str(each.customer)) not in closed
            and (each.kind == "address" or each.stored not in closed_at_all)
        }

    def _closed(self, customers: Sequence[UUID]) -> dict[UUID, dict[UUID, str]]:
        erasures = {customer: erasure_stream(customer) for customer in customers}
        closed = closed_streams(self.connection, self.tenant, erasures.values())
        return {customer: closed[erasure] for customer, erasure in erasures.items()}

    def _members(self, customer: UUID) -> list[UUID]:
        return family_of(self.connection, schema_of(self.tenant), customer).members

    async def _destroy_keys(self, closed: Mapping[UUID, Mapping[UUID, str]]) -> None:
        """Destroys the keys of the events before the erasures and records their fingerprints."""
        by_customer = {customer: self._keys_of(customer, list(streams)) for customer, streams in closed.items()}
        destroyed = self.keys.destroy([key for each in by_customer.values() for key in each.keys])
        fingerprint_of = {each.key_id: each.fingerprint for each in destroyed}
        records = {
            customer: c.RecordKeysDestroyed(
                fingerprints={str(key): fingerprint_of[key] for key in each.keys}, readable=tuple(each.readable)
            )
            for customer, each in by_customer.items()
        }
        await _in_turns([self._give(erasure_stream(customer), record) for customer, record in records.items()])

    def _keys_of(self, customer: UUID, streams: Sequence[UUID]) -> KeysOfEvents:
        rows = self.connection.execute(_SQL["erased events"].of(self.tenant), {"streams": streams}).fetchall()
        keys = keys_of_events(self.tenant, rows, set(self._members(customer)))
        snapshots = self.connection.execute(_SQL["snapshots"].of(self.tenant), {"streams": streams})
        keys.keys.extend(key_ids_of(state for (state,) in snapshots) - set(keys.keys))
        return keys

    async def _give(self, stream: UUID, command: Command, once: str | None = None) -> None:
        """Gives a command, under the id ``once`` where a repetition acts again or is refused. Raises Refusal."""
        await self.desk.handle(stream, command, CommandContext(self.by, once or str(new_id()), _ORIGIN))

    async def _catch_up(self) -> None:
        """Waits until every projection has read what is recorded now. Raises NotCaughtUp."""
        head = reader.head(self.connection, self.tenant)
        deadline = time.monotonic() + PATIENCE
        await asyncio.to_thread(self.follower.catch_up, head)
        while position_of(self.connection, self.tenant, PROJECTIONS) < head:
            if time.monotonic() > deadline:
                raise NotCaughtUp(f"the projections have not reached position {head}: `doctor` says which one stands")
            await asyncio.sleep(A_MOMENT)
            await asyncio.to_thread(self.follower.catch_up, head)


async def _in_turns(given: Sequence[Coroutine[None, None, None]]) -> None:
    """Waits for commands, so many at once that the desk takes them all."""
    for first in range(0, len(given), AT_ONCE):
        await asyncio.gather(*given[first : first + AT_ONCE])


def follow(dsn: str, tenant: str) -> None:
    """Lets the projections catch up with what is recorded now, also where no follower runs."""
    follower = Follower(dsn, tenant, PROJECTIONS)
    try:
        with connect(dsn, ADMINISTRATION) as connection:
            follower.catch_up(reader.head(connection, tenant))
    finally:
        follower.close()


def run_erasures(
    dsn: str, tenant: str, by: Actor, customers: Sequence[UUID], begun: Callable[[int], object]
) -> dict[UUID, Reason]:
    """Runs the erasures of some customers, and gives why each of the others was left.

    ``begun`` is told how many begin.

    Raises NotEncrypted, KeysUnavailable, NotCaughtUp.
    """

    async def run(connection: Connection, follower: Follower) -> dict[UUID, Reason]:
        desk = ServiceDesk(LogConnection(dsn, tenant, PATIENT_SETTINGS))
        try:
            keys = key_store_of(connection, tenant)
            runner = ErasureRunner(connection, desk, follower, keys, tenant, by, KEYS_IN_MEMORY, begun)
            return await runner.run(customers)
        finally:
            await desk.close()

    follower = Follower(dsn, tenant, PROJECTIONS)
    with connect(dsn, ADMINISTRATION) as connection:
        try:
            return asyncio.run(run(connection, follower))
        finally:
            follower.close()
