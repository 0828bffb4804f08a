"""The state that an export reads: every table at one position of the log, in one snapshot of the database."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from psycopg import Connection, IsolationLevel

from domain.errors import LedgerError
from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.engine.checkpoints import checkpoints_of, position_of
from projections.engine.past_histories import HistoriesThen
from projections.engine.projection import Projection
from projections.engine.replay import ReplayProgress
from projections.engine.temporary_tables import TEMPORARY, fold_temporarily
from projections.point_in_time.readings import fold_changed
from projections.point_in_time.table_locks import hold_tables
from projections.scope.periods import Every, RequestedPeriod


class ExportRefused(LedgerError):  # noqa: N818 -- names the state of things
    """The words ask for an export that cannot be made; the message says how to mend them."""

    kind = "malformed"


class ExportFailed(LedgerError):  # noqa: N818 -- names the state of things
    """A file could not be written; the message says why."""

    kind = "unavailable"


@dataclass(frozen=True, slots=True)
class Moment:
    """What an export shows: the log up to a position, and only what changed after another one.

    ``at`` of None is the newest position that the projections have reached. ``known_at`` names the position by an
    instant, ``as_of`` leaves out what happened later. Figures are those of a period, in rows of ``every`` one.
    """

    at: int | None = None
    known_at: datetime | None = None
    as_of: datetime | None = None
    after: int = 0
    period: RequestedPeriod = field(default_factory=RequestedPeriod)
    every: Every | None = None


NOW = Moment()


EMPTY_LOG = datetime(2000, 1, 1, tzinfo=UTC)
"""The instant of position 0, at which nothing has been recorded."""


@dataclass(frozen=True, slots=True)
class ExportSnapshot:
    """An open transaction. ``schema`` holds the projections' rows at ``position``.

    ``instant`` is the one at which running clocks are judged: ``as_of``, ``known_at``, or the recording of the event at
    the position. So the same position always gives the same rows.
    """

    connection: Connection
    tenant: str
    schema: str
    position: int
    instant: datetime
    moment: Moment

    @property
    def after(self) -> int:
        """The position after which changes are exported; 0: everything is."""
        return self.moment.after

    @property
    def as_of(self) -> datetime | None:
        """The instant behind which events are left out."""
        return self.moment.as_of


@contextmanager
def snapshot_of(
    connection: Connection,
    tenant: str,
    projections: Collection[Projection],
    moment: Moment = NOW,
    progress: ReplayProgress = lambda _: None,
) -> Iterator[ExportSnapshot]:
    """Opens a snapshot; its transaction is rolled back at the end, with all temporary tables.

    The tables stay locked against the switch of a rebuild, which would show them empty. Rows of another position are
    folded from the log. Raises ExportRefused and ProjectionOutdated.
    """
    used = list({projection.name: projection for projection in (AUDIT_HISTORY, *projections)}.values())
    position_of(connection, tenant, used)
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    with connection.transaction(force_rollback=True):
        hold_tables(connection, tenant, used)
        slowest, furthest = checkpoints_of(connection, tenant, used)
        position = _position(connection, tenant, moment, slowest)
        if moment.after > position:
            raise ExportRefused(f"--after {moment.after:,} lies after the position of the export, {position:,}.")
        schema = schema_of(tenant)
        if slowest != furthest:
            schema = TEMPORARY
            then = HistoriesThen(connection, tenant, position, moment.as_of)
            fold_temporarily(connection, tenant, used, position, then=then, progress=progress)
        elif position != slowest or moment.as_of is not None:
            schema = TEMPORARY
            fold_changed(connection, tenant, used, position, moment.as_of)
        instant = moment.as_of or moment.known_at or reader.recorded_at(connection, tenant, position)
        yield ExportSnapshot(connection, tenant, schema, position, instant or EMPTY_LOG, moment)


def _position(connection: Connection, tenant: str, moment: Moment, projected: int) -> int:
    if moment.known_at is not None:
        return reader.position_at(connection, tenant, moment.known_at)
    if moment.at is None:
        return projected
    head = reader.head(connection, tenant)
    if moment.at > head:
        raise ExportRefused(f"--at {moment.at:,} lies after the newest position, {head:,}.")
    return moment.at
