"""`keystore report-loss` and `confirm-loss`: data keys that no backup has."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated
from uuid import UUID

import typer
from psycopg import Connection

from api.cli.agreement import must_agree
from api.cli.keystore import existing_folder
from api.cli.options import DEFAULT_TENANT, Data, Tenant
from api.cli.printing import say, show_table
from api.cli.recording import Who, acting, person
from api.cli.tenant_database import tenant_connection
from api.cli.usage_error import UsageError
from api.database import data_folder, database
from api.erasing.lost_keys import missing_keys, record_confirmation, record_report
from api.erasing.tenant_keys import must_be_encrypted
from api.key_store.setup import (
    KEY_FILE,
    URL,
    configured,
    embedded_address,
    make,
    make_embedded,
    must_be_unused,
    set_aside,
)
from api.key_store.store import PostgresKeyStore
from domain.erasure.key_loss import MissingKeys
from domain.event_log.roles import OWNER
from domain.personal_data.data_keys import stores_in_use

SHOWN = 20
"""Streams that a report lists."""
NewStore = Annotated[
    UUID | None,
    typer.Option("--new-store", help="The id of the key store that takes the place of the one that the log names."),
]


def report_loss(
    why: Annotated[
        str,
        typer.Option("--reason", "--why", help="Why the keys are lost, and which backups were looked through."),
    ],
    new_store: NewStore = None,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Report that data keys are lost: the key store lacks them and no backup has them.

    Nothing changes before another person confirms it.
    """
    by, reason = person(actor, why)
    with _opened(data, tenant, new_store) as (connection, _, missing):
        record_report(connection, tenant, missing, reason, by)
    listed = [{"stream": each} for each in sorted(missing.streams)[:SHOWN]]
    show_table(f"Streams, the first {len(listed)} of {len(missing.streams):,}", listed, "none")
    say(f"Missing: {_counted(missing)}. Next: keystore confirm-loss, by another person.")


def confirm_loss(
    new_store: NewStore = None, actor: Who = None, data: Data = None, tenant: Tenant = DEFAULT_TENANT
) -> None:
    """Confirm a reported loss, as another person: what the keys encrypted reads as lost from then on.

    It cannot be taken back. It can be repeated after a crash.
    """
    by = acting(actor)
    with _opened(data, tenant, new_store) as (connection, store, missing):
        record_confirmation(connection, tenant, store, missing, by)
        lost = store.lost(tenant)
    say(f"{lost:,} keys are recorded as lost. Next: rebuild, so that all rows show it.")


def put_aside(
    data: Data = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: until a loss is confirmed nothing is read.")] = False,
) -> None:
    """Put the key store of a data folder aside, whose file or database is damaged beyond use.

    Its database and its file get other names and stay; a new store takes its place. No other program may use the
    folder meanwhile.
    """
    if os.environ.get("DATABASE_URL") or os.environ.get(URL):
        raise UsageError(f"The key store is not that of a data folder: name another one by {URL} and {KEY_FILE}.")
    folder = existing_folder(data)
    with database(folder) as dsn:
        must_be_unused(dsn)
        if not yes:
            must_agree("The key store is renamed, and a new one takes its place. Go on?")
        address = embedded_address(dsn, data_folder(folder))
        stamp = set_aside(dsn, address)
        make_embedded(dsn, address)
        with closing(address.store()) as store:
            new_store = store.id
    say(f"The key store is put aside: its database and its file end in _{stamp} now.")
    say(f"Next: keystore report-loss --new-store {new_store}")


@contextmanager
def _opened(
    data: Data, tenant: str, new_store: UUID | None
) -> Iterator[tuple[Connection, PostgresKeyStore, MissingKeys]]:
    """The tenant's database, the key store of this program, and the keys that it lacks.

    Raises UsageError for a store that is neither the one that the log names nor ``new_store``.
    """
    with tenant_connection(data, tenant, OWNER) as connection:
        of_log = must_be_encrypted(connection, tenant).key_store
        store = _store_here()
        missing = missing_keys(connection, tenant, store)
        if store.id not in (of_log, new_store):
            raise UsageError(
                f"The log names the key store {of_log}; this program uses {store.id}, which lacks {_counted(missing)}."
                f" Look at {URL}. If {of_log} is lost as a whole, take this one with --new-store {store.id}."
            )
        yield connection, store, missing


def _counted(missing: MissingKeys) -> str:
    return f"{len(missing.keys):,} of {missing.named:,} keys"


def _store_here() -> PostgresKeyStore:
    """The key store of this program, which need not be the one that the log names. Raises UsageError."""
    if (address := configured(os.environ)) is not None:
        make(address)
    stores = [store for store in stores_in_use() if isinstance(store, PostgresKeyStore) and store.is_made]
    if not stores:
        raise UsageError(f"There is no key store: set {URL} and {KEY_FILE}, or run `keystore put-aside`.")
    return stores[-1]
