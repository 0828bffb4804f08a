"""`seal`: the trees of the logs are kept up to the log, and checkpoints are signed."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from api.api_keys import desk_tenants
from api.channels.configuration import configured_channels
from api.cli.options import Data, LogFormat, LogLevel, Tenant
from api.cli.printing import say, show_line
from api.cli.sealing.options import CHANGED
from api.cli.system_user import system_user
from api.cli.tenant_database import connected, no_tenant, open_or_create
from api.cli.usage_error import UsageError
from api.database import database
from api.database_roles import under
from api.logs import configure_logging
from api.migrations import migrate
from api.sealing.key_events import list_key, listed_database, public_keys
from api.sealing.key_file import VARIABLE, SealingKey, WatchedKey, key_path, made_key, read_key, rotated_key
from api.sealing.sealer import Sealer
from api.sealing.signed_heads import SealingStopped
from api.sealing.tree_store import SEALED_LOGS, NotSealed
from api.sealing.worker import SealingAddresses, sealing_threads
from domain.command_context import Actor
from domain.event_log.roles import DESK, OWNER, SEALER
from domain.event_log.tenants import owns

_NEW_TENANTS_SECONDS = 5.0


def seal(
    init: Annotated[
        bool, typer.Option("--init", help="Make the key if there is none, record its public part, and end.")
    ] = False,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Put a new key in the place of the old one, record it, and end.")
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="Seal what the logs hold now, and end.")] = False,
    log_format: LogFormat = "text",
    log_level: LogLevel = "warning",
    data: Data = None,
    tenant: Tenant = "",
) -> None:
    """Keep the trees of one tenant or of all up to their logs, and sign checkpoints, until Ctrl-C.

    `serve` and `follow` do it by themselves where they find the key. The key is a file of this user; it signs for all
    tenants of the database.
    """
    if init + rotate + once > 1:
        raise UsageError("--init, --rotate and --once exclude each other: choose one.")
    path = key_path(data)
    if path is None:
        raise UsageError(f"DATABASE_URL is set, so name the file of the sealing key: {VARIABLE}=/path/of/the/key.")
    configure_logging(log_format, log_level)
    with open_or_create(data, tenant) if tenant and (init or rotate) else database(data) as dsn:
        if init or rotate:
            _list(dsn, _tenants(dsn, tenant), rotated_key(path) if rotate else _first_key(dsn, path))
        elif once:
            read_key(path)
            for name in _tenants(dsn, tenant):
                _seal_once(dsn, name, path)
        else:
            read_key(path)
            _seal_until_ctrl_c(dsn, tenant, path)


def _first_key(dsn: str, path: Path) -> SealingKey:
    """The key in the file, which is made where there is none, with the origin that the logs list already."""
    with connected(dsn) as connection:
        return made_key(path, listed_database(connection))


def _tenants(dsn: str, tenant: str) -> list[str]:
    """All tenants, or the named one. Raises UsageError when there is no such tenant."""
    with connected(dsn) as connection:
        tenants = desk_tenants(connection)
    if tenant and tenant not in tenants:
        raise no_tenant(tenant)
    return [tenant] if tenant else tenants


def _complete(dsn: str, tenant: str) -> None:
    """Completes the tables of a tenant that this login owns. A login that only seals takes them as they are."""
    with connected(under(dsn, OWNER)) as connection:
        is_owner = owns(connection, tenant)
    if is_owner:
        migrate(dsn, tenant)


def _list(dsn: str, tenants: list[str], key: SealingKey) -> None:
    """Records the public key in the log of each tenant, and shows it."""
    by = Actor(id=system_user(), kind="agent")
    with connected(under(dsn, DESK)) as connection:
        for tenant in tenants:
            list_key(connection, tenant, key, by)
            for log in SEALED_LOGS:
                show_line(public_keys(connection, tenant, log)[-1].text)
    say("These are the public keys. Hand them to the auditor by another way than this database.")


def _seal_once(dsn: str, tenant: str, path: Path) -> None:
    _complete(dsn, tenant)
    address = under(dsn, SEALER)
    sealer = Sealer(address, tenant, WatchedKey(path), desk_dsn=under(dsn, DESK))
    try:
        with connected(address) as connection:
            sealed = sealer.catch_up(connection)
    except (SealingStopped, NotSealed) as error:
        say(f"Nothing more of the tenant {tenant} is sealed: {error}.")
        raise typer.Exit(CHANGED) from None
    say(f"{sealed} rows of the tenant {tenant} were sealed.")


def _seal_until_ctrl_c(dsn: str, tenant: str, path: Path) -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    channels = configured_channels()
    for sentence in channels.sentences:
        say(sentence)
    running: dict[str, list[threading.Thread]] = {}
    while not stop.is_set():
        for name in _tenants(dsn, tenant):
            if name not in running:
                _complete(dsn, name)
                addresses = SealingAddresses(under(dsn, SEALER), under(dsn, DESK))
                running[name] = sealing_threads(addresses, name, path, channels.config, stop)
                for thread in running[name]:
                    thread.start()
        stop.wait(_NEW_TENANTS_SECONDS)
    for threads in running.values():
        for thread in threads:
            thread.join()
