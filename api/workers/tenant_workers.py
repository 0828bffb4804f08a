"""The followers, watches, reactors and senders of all tenants, as threads of this process."""

import asyncio
import logging
import threading
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import psycopg

from api.api_keys import desk_tenants
from api.channels.configuration import ChannelsConfig, ConfiguredChannels, configured_channels
from api.database_roles import under
from api.migrations import migrate
from api.sealing.worker import SealingAddresses, sealing_threads
from api.workers.assigner import Assigner
from api.workers.due_watch import DueWatch
from api.workers.reactor import run_reactor
from api.workers.sending.sender import send
from api.workers.watching import watch
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_log.roles import DESK, FOLLOWER, READER, SEALER
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS

NEW_TENANTS_SECONDS = 5.0
_LOG = logging.getLogger(__name__)


def follow(
    dsn: str,
    only: Sequence[str],
    stop: threading.Event,
    seconds: float = NEW_TENANTS_SECONDS,
    *,
    sealing_key: Path | None = None,
) -> None:
    """Runs a follower, the watches and a sender for each tenant in ``only`` until ``stop``; for every tenant when it is
    empty. With the file of a sealing key it runs a sealer too.

    New tenants are looked for every ``seconds``. A tenant without a connection is tried again after as long. Raises
    RuntimeError when a follower or a watch has ended by itself.
    """
    beginning: dict[str, threading.Thread] = {}
    running: dict[str, list[threading.Thread]] = {}

    def begin(tenant: str) -> None:
        if addresses := _made_ready(dsn, tenant, stop, seconds):
            running[tenant] = _started(addresses, tenant, stop, channels, sealing_key)

    channels = _channels()
    try:
        while not stop.is_set():
            for tenant in only or _tenants(dsn):
                if tenant not in beginning:
                    # A daemon, not joined: a rebuild that is cut off leaves everything as it was.
                    starting = threading.Thread(target=begin, args=[tenant], name=f"start of {tenant}", daemon=True)
                    beginning[tenant] = starting
                    starting.start()
            stop.wait(seconds)
            ended = ended_threads(beginning, running)
            if ended and not stop.is_set():
                raise RuntimeError(f"the {ended[0].name} has ended")
    finally:
        stop.set()
        for thread in chain.from_iterable(list(running.values())):
            thread.join()


def ended_threads(
    beginning: Mapping[str, threading.Thread], running: Mapping[str, Sequence[threading.Thread]]
) -> list[threading.Thread]:
    """The threads that have ended, without the starts of tenants that are running.

    A start notes its tenant in ``running`` before it ends, so that ``running`` is read after the thread.
    """
    ended = [thread for tenant, thread in list(beginning.items()) if not thread.is_alive() and tenant not in running]
    threads = chain.from_iterable(list(running.values()))
    return ended + [thread for thread in threads if not thread.is_alive()]


class _Addresses(NamedTuple):
    """The addresses of the database, one for each kind of work."""

    follower: str
    desk: str
    reader: str
    sealer: str


def _made_ready(dsn: str, tenant: str, stop: threading.Event, seconds: float) -> _Addresses | None:
    """Migrates the tenant, however long that takes, and returns its addresses; None when ``stop`` is set by then."""
    while not stop.is_set():
        try:
            migrate(dsn, tenant)
            addresses = _Addresses(*(under(dsn, role) for role in (FOLLOWER, DESK, READER, SEALER)))
        except psycopg.OperationalError as error:
            _LOG.warning("tenant %s is not followed yet: %s", tenant, error)
            stop.wait(seconds)
        else:
            return None if stop.is_set() else addresses
    return None


def _channels() -> ChannelsConfig:
    """The configured channels. Whatever is wrong with some, the projections are followed and the others are used."""
    channels = configured_channels()
    for sentence in channels.sentences:
        _LOG.error("%s", sentence)
    return channels.config


def _started(
    addresses: _Addresses,
    tenant: str,
    stop: threading.Event,
    channels: ChannelsConfig,
    sealing_key: Path | None,
) -> list[threading.Thread]:
    def announce() -> None:
        asyncio.run(watch(addresses.desk, tenant, stop, reading_dsn=addresses.reader, makes=(DueWatch,)))

    def assign() -> None:
        asyncio.run(watch(addresses.desk, tenant, stop, reading_dsn=addresses.reader, makes=(Assigner,)))

    def react() -> None:
        asyncio.run(run_reactor(addresses.desk, tenant, stop, reading_dsn=addresses.reader))

    def send_notifications() -> None:
        asyncio.run(send(addresses.desk, tenant, stop, ConfiguredChannels(channels), reading_dsn=addresses.reader))

    follower = Follower(addresses.follower, tenant, PROJECTIONS)
    threads = [
        threading.Thread(target=follower.run, args=[stop], name=f"follower of {tenant}"),
        threading.Thread(target=announce, name=f"due watch of {tenant}"),
        threading.Thread(target=assign, name=f"assigner of {tenant}"),
        threading.Thread(target=react, name=f"reactor of {tenant}"),
        threading.Thread(target=send_notifications, name=f"sender of {tenant}"),
    ]
    if sealing_key is not None:
        sealing = SealingAddresses(addresses.sealer, addresses.desk)
        threads += sealing_threads(sealing, tenant, sealing_key, channels, stop)
    for thread in threads:
        thread.start()
    return threads


def _tenants(dsn: str) -> list[str]:
    try:
        with connect(dsn, ADMINISTRATION) as connection:
            return desk_tenants(connection)
    except psycopg.OperationalError:  # the followers wait for the database; so does the search for new tenants
        return []
