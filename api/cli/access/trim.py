"""`access trim`: removes old entries of the access journal."""

from datetime import timedelta

from api.access_journal.entry import AccessEntry
from api.access_journal.retention import trim as trim_journal
from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import say, show_json
from api.cli.system_user import system_user
from api.cli.tenant_database import tenant_connection
from domain.event_log import reader
from domain.event_log.roles import OWNER
from projections.scope.tenant_settings import tenant_settings


def trim(data: Data = None, tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Remove entries of the access journal that are older than the setting `access_days` says.

    Only what the tree covers is removed: its hash stays, so every proof stays possible. The removal is recorded.
    """
    by = AccessEntry("trimmed", "ticketledger access trim", actor=system_user(), kind="agent")
    with tenant_connection(data, tenant, OWNER) as connection:
        now = reader.now(connection)
        days = tenant_settings(connection, tenant, now).access_days
        trimmed = trim_journal(connection, tenant, now, timedelta(days=days), by)
    if as_json:
        show_json(trimmed._asdict() | {"days": days})
        return
    say(f"{trimmed.removed} entries older than {days} days were removed.")
    if trimmed.uncovered:
        say(f"{trimmed.uncovered} more are older, and the tree does not cover them yet: run `seal`, then this again.")
