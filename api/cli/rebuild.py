"""`rebuild`: every projection from the log."""

import typer

from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import bars, say, show_json
from api.cli.tenant_database import connected, open_existing
from api.workers.projection_lag import projection_lags
from domain.event_log import reader
from domain.event_log.roles import OWNER
from domain.event_log.shortened_log import forget_lost_events
from projections.engine.rebuild import rebuild as rebuild_all
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

STOPPED = 1
"""The exit code of a rebuild in which a projection cannot fold an event."""


def rebuild(data: Data = None, tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Rebuild every projection from the log, then switch.

    The live tables answer until the new ones are complete. Where the log was shortened, what lies beyond its end is
    forgotten: answers of commands, snapshots and positions of workers. The exit code is 1 when an event stops a
    projection.
    """
    with open_existing(data, tenant, OWNER) as dsn, bars() as progress:
        with connected(dsn) as connection:
            total = reader.head(connection, tenant)
            forgotten = forget_lost_events(connection, tenant)
        position = rebuild_all(dsn, tenant, PROJECTIONS, progress.counter("folding", total), views=VIEWS)
        with connected(dsn) as connection:
            stopped = [lag for lag in projection_lags(connection, tenant) if lag.stopped_at is not None]
    if as_json:
        names = [projection.name for projection in PROJECTIONS]
        answer = {"position": position, "projections": names, "stopped": [lag.projection for lag in stopped]}
        show_json({**answer, "forgotten_answers": forgotten})
    else:
        if forgotten:
            say(f"The log was shortened: {forgotten} answers of commands beyond its end are forgotten.")
        say(f"{len(PROJECTIONS)} projections are rebuilt, up to position {position}.")
        for lag in stopped:
            say(f"{lag.projection} stopped at event {lag.stopped_at}: {lag.error}.")
        if stopped:
            say("`doctor --proofs` tells whether the log was altered. When that is mended, run `rebuild`.")
    if stopped:
        raise typer.Exit(STOPPED)
