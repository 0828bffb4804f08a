"""`follow`: the projections of one tenant or of all kept up to the log, and what happens by itself done."""

import signal
import threading

from api.cli.options import Data, LogFormat, LogLevel, Tenant
from api.cli.tenant_database import open_or_create
from api.database import database
from api.free_memory import begin_giving_back
from api.logs import announce, configure_logging
from api.sealing.key_events import usual_key
from api.workers.tenant_workers import follow as follow_until
from domain.program_version import versions_in_use
from projections.engine.gc_pause import full_collections_rare


def follow(
    log_format: LogFormat = "text", log_level: LogLevel = "warning", data: Data = None, tenant: Tenant = ""
) -> None:
    """Keep the projections of one tenant or of all up to the log, and act by itself, until Ctrl-C.

    Rules fire, reminders and procedures go on, tickets are assigned, notifications are sent, checkpoints are
    signed.
    """
    configure_logging(log_format, log_level)
    announce("Following with " + " and ".join(versions_in_use()))
    stop = threading.Event()
    with open_or_create(data, tenant) if tenant else database(data) as dsn:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        full_collections_rare()
        begin_giving_back(stop)
        follow_until(dsn, [tenant] if tenant else [], stop, sealing_key=usual_key(dsn, data))
