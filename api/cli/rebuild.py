"""`rebuild`: every projection from the log."""

from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import bars, say, show_json
from api.cli.tenant_database import connected, open_existing
from domain.event_log import reader
from domain.event_log.roles import OWNER
from projections.engine.rebuild import rebuild as rebuild_all
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS


def rebuild(data: Data = None, tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Rebuild every projection from the log, then switch.

    The live tables answer until the new ones are complete.
    """
    with open_existing(data, tenant, OWNER) as dsn, bars() as progress:
        with connected(dsn) as connection:
            total = reader.head(connection, tenant)
        done = 0

        def show(events: int) -> None:
            nonlocal done
            done += events
            progress.show("folding", done, total)

        position = rebuild_all(dsn, tenant, PROJECTIONS, show, views=VIEWS)
    if as_json:
        show_json({"position": position, "projections": [projection.name for projection in PROJECTIONS]})
    else:
        say(f"{len(PROJECTIONS)} projections are rebuilt, up to position {position}.")
