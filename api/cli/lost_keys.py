"""`keystore report-loss` and `confirm-loss`: data keys that no backup has."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from psycopg import Connection

from api.cli.customer.recording import Who, acting, person
from api.cli.options import DEFAULT_TENANT, Data, Tenant
from api.cli.printing import say, show_table
from api.cli.tenant_database import connected, open_existing
from api.cli.usage_error import UsageError
from api.database import key_store_address
from api.erasing.lost_keys import missing_keys, record_confirmation, record_report
from api.erasing.opened import must_be_encrypted
from api.key_store.setup import KEY_FILE, URL
from api.key_store.store import PostgresKeyStore
from domain.erasure.key_loss import MissingKeys
from domain.event_log.roles import OWNER

SHOWN = 20
"""Streams that a report lists."""


def report_loss(
    why: Annotated[str, typer.Option("--why", help="Why the keys are lost, and which backups were looked through.")],
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Report that data keys are lost: the key store lacks them and no backup has them.

    Nothing changes before another person confirms it.
    """
    by, reason = person(actor, why)
    with _opened(data, tenant) as (connection, _, missing):
        if must_be_encrypted(connection, tenant).key_store != missing.key_store:
            say(f"The log names another key store. After the confirmation {missing.key_store} serves the tenant.")
        record_report(connection, tenant, missing, reason, by)
    listed = [{"stream": each} for each in sorted(missing.streams)[:SHOWN]]
    show_table(f"Streams, the first {len(listed)} of {len(missing.streams):,}", listed, "none")
    say(f"Missing: {len(missing.keys):,} keys. Next: keystore confirm-loss, by another person.")


def confirm_loss(actor: Who = None, data: Data = None, tenant: Tenant = DEFAULT_TENANT) -> None:
    """Confirm a reported loss, as another person: what the keys encrypted reads as lost from then on.

    It cannot be taken back. It can be repeated after a crash.
    """
    by = acting(actor)
    with _opened(data, tenant) as (connection, store, missing):
        record_confirmation(connection, tenant, store, missing, by)
        lost = store.lost(tenant)
    say(f"{lost:,} keys are recorded as lost. Next: rebuild, so that all rows show it.")


@contextmanager
def _opened(data: Data, tenant: str) -> Iterator[tuple[Connection, PostgresKeyStore, MissingKeys]]:
    """The tenant's database, the key store of this program, and the keys that it lacks."""
    with open_existing(data, tenant, OWNER) as dsn, connected(dsn) as connection:
        must_be_encrypted(connection, tenant)
        address = key_store_address(dsn, data)
        if address is None:
            raise UsageError(f"There is no key store: set {URL} and {KEY_FILE}.")
        store = address.store()
        try:
            yield connection, store, missing_keys(connection, tenant, store)
        finally:
            store.close()
