"""`thin-checkpoints`: removes old signed checkpoints but the last of each day."""

from datetime import timedelta

from api.access_journal.entry import AccessEntry
from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import say, show_json
from api.cli.system_user import system_user
from api.cli.tenant_database import tenant_connection
from api.sealing.thinning import thin
from domain.event_log import reader
from domain.event_log.roles import OWNER
from projections.scope.tenant_settings import tenant_settings


def thin_checkpoints(data: Data = None, tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Remove stored checkpoints older than `access_days`, but the last of each day.

    Every proof stays possible, and every checkpoint that somebody kept can still be compared. The removal is recorded
    in the access journal.
    """
    by = AccessEntry("trimmed", "ticketledger thin-checkpoints", actor=system_user(), kind="agent")
    with tenant_connection(data, tenant, OWNER) as connection:
        now = reader.now(connection)
        days = tenant_settings(connection, tenant, now).access_days
        removed = thin(connection, tenant, now, timedelta(days=days), by)
    if as_json:
        show_json({"removed": removed, "days": days})
        return
    say(f"{removed:,} checkpoints older than {days} days were removed; the last of each day stays.")
