"""Migration: making or completing a tenant's schema, and the database roles."""

import sys
from contextlib import closing

from psycopg import Connection

from api.access_journal.tables import ACCESS_JOURNAL
from api.address_claims import ADDRESSES_CLAIMED, claim_addresses
from api.api_keys import API_KEYS, desk_tenants
from api.database_roles import make_roles, under
from api.embedded_postgres.server_socket import is_embedded
from api.key_store.setup import KeyStoreAddress, make
from api.role_grants import grant_roles, grant_roles_again
from api.screen_sessions import SCREEN_SESSIONS
from api.sealing.tree_store import TREES
from domain.event_log import reader
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_log.roles import OWNER, roles_exist
from domain.event_log.tables import LOG, are_made, make_once
from domain.event_log.tenants import owns
from projections.engine.rebuild import make_current
from projections.engine.view_writer import grant_views
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

PROGRESS_EVERY = 100_000
"""Events between two lines of progress on the error output."""
_TABLES = LOG | API_KEYS | SCREEN_SESSIONS | ACCESS_JOURNAL | ADDRESSES_CLAIMED | TREES


def migrate(dsn: str, tenant: str = "default", keys: KeyStoreAddress | None = None) -> None:
    """Makes or completes the tenant's schema with its views, and rebuilds projections whose definition has changed.

    Personal data of a new tenant is encrypted with keys of the key store ``keys``; None: it is not encrypted. Any
    number of processes may call it at once, any number of times.
    """
    if is_embedded(dsn):
        make_roles(dsn)
        if keys is not None:
            make(keys)  # gives the role its rights
    owner = under(dsn, OWNER)
    with connect(owner, ADMINISTRATION) as connection:
        made = make_once(connection, tenant, _TABLES)
        if keys is not None and "log" in made:
            with closing(keys.store()) as store:
                reader.begin_encryption(connection, tenant, store.id)
        if owns(connection, tenant):
            claim_addresses(connection, tenant)
        total = reader.head(connection, tenant)
    done = 0

    def report(events: int) -> None:
        nonlocal done
        before, done = done, done + events
        if before // PROGRESS_EVERY < done // PROGRESS_EVERY:
            sys.stderr.write(f"ticketledger: projections of {tenant} made anew: {done:,} of {total:,} events read\n")

    make_current(owner, tenant, PROJECTIONS, report, views=VIEWS)
    with connect(owner, ADMINISTRATION) as connection:
        if roles_exist(connection):
            grant_roles(connection, tenant)


def is_complete(connection: Connection, tenant: str) -> bool:
    """Whether the tenant has every table and function of this release."""
    return are_made(connection, tenant, _TABLES)


def migrate_roles(dsn: str) -> list[str]:
    """Makes the roles and grants their rights in every tenant of the database; returns the tenants."""
    make_roles(dsn)
    with connect(dsn, ADMINISTRATION) as connection:
        tenants = desk_tenants(connection)
    for tenant in tenants:
        migrate(dsn, tenant)
        with connect(under(dsn, OWNER), ADMINISTRATION) as connection:
            grant_roles_again(connection, tenant)
            grant_views(connection, tenant)
    return tenants
