"""`serve`: the screen and the API."""

from typing import Annotated

import typer

from api.api_keys import keys_exist
from api.channels.configuration import configured_channels
from api.cli.options import DEFAULT_TENANT, Data, LogFormat, LogLevel, Tenant
from api.cli.tenant_database import connected, open_or_create
from api.database_roles import under
from api.logs import announce, configure_logging
from api.sealing.key_events import usual_key
from api.serving.listen_socket import listening
from api.settings import Settings, check_listen
from api.workers.worker_process import WorkerProcess
from domain.event_log.roles import DESK, OWNER, READER
from domain.program_version import versions_in_use


def serve(
    host: Annotated[str, typer.Option(help="Where to listen; beyond this computer only with keys.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535)] = 8000,
    keyless: Annotated[
        bool, typer.Option("--keyless", help="Let everybody on this computer use the tenant's desk without a key.")
    ] = False,
    log_format: LogFormat = "text",
    log_level: LogLevel = "warning",
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Serve the desk to browsers and the API, and follow the log in a process beside it."""
    configure_logging(log_format, log_level)
    check_listen(host, keys_exist=True, keyless=keyless)  # what no key mends is an error before anything starts
    announce("Starting " + " with ".join(versions_in_use()))
    with open_or_create(data, tenant) as login:
        desk, reader = under(login, DESK), under(login, READER)
        with connected(desk) as connection:
            check_listen(host, keys_exist=keys_exist(connection), keyless=keyless)
        settings = Settings(desk, tenant if keyless else None, reading_dsn=reader, owning_dsn=under(login, OWNER))
        with (
            listening(settings, host, port) as (server, address),
            WorkerProcess(login, log=(log_format, log_level), sealing_key=usual_key(login, data)),
        ):
            for sentence in configured_channels().sentences:
                announce(sentence)
            announce(f"Serving {address}: the desk, and its API at /docs. Ctrl-C ends it.")
            server.run()
