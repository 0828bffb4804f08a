"""The facts of the caller's tenant."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from api.sealing.tree_store import Window, sealed_window
from domain.event_log import reader
from projections.engine.checkpoints import checkpoints_of
from projections.registry import PROJECTIONS


@dataclass(frozen=True, slots=True)
class TenantFacts:
    """How much a tenant's log has, and how far its projections, its encryption and its seals reach.

    ``events`` is how many the log has, ``newest_at`` when the last was recorded; ``behind`` is how many of them the
    slowest projection has yet to read. ``encrypted_since`` is the position after which personal data is encrypted,
    None without encryption. ``window`` is what the newest signed checkpoint does not cover, None without one.
    """

    events: int
    newest_at: datetime | None
    behind: int
    encrypted_since: int | None
    window: Window | None


def tenant_facts(connection: Connection, tenant: str) -> TenantFacts:
    """The facts as they are now."""
    slowest, _ = checkpoints_of(connection, tenant, PROJECTIONS)
    head = reader.head(connection, tenant)
    encryption = reader.encryption(connection, tenant)
    return TenantFacts(
        events=head,
        newest_at=reader.recorded_at(connection, tenant, head) if head else None,
        behind=head - slowest,
        encrypted_since=None if encryption is None else encryption.since,
        window=sealed_window(connection, tenant),
    )
