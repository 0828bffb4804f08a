"""Everything a tenant's schema holds, made once."""

import psycopg

from api.keys import API_KEYS
from domain.event_log.schema import LOG, make_once
from projections.catalogue import PROJECTIONS
from projections.tables import make_tables


def migrate(dsn: str, tenant: str = "default") -> None:
    """Makes or completes the tenant's schema. Any number of processes may call it at once, any number of times."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        make_once(connection, tenant, LOG | {"api keys": API_KEYS})
        make_tables(connection, tenant, PROJECTIONS)
