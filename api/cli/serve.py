"""Commands that go on until they are stopped: the API, and the follower alone."""

from typing import Annotated, Literal

import typer

from api.cli.options import DEFAULT_TENANT, Data, Tenant

LogFormat = Annotated[
    Literal["text", "json"],
    typer.Option("--log-format", help="Lines for people, or one JSON object a line with its correlation id."),
]
LogLevel = Annotated[
    Literal["warning", "info", "debug"],
    typer.Option("--log-level", help="info also tells who was refused, with address; debug, clients who left."),
]


def add_to(app: typer.Typer) -> None:
    """The commands of this module."""
    app.command()(serve)
    app.command()(follow)


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
    """Serve the API, and follow the log in a process beside it."""
    from api.api_keys import keys_exist
    from api.cli.printing import say
    from api.cli.tenant_database import connected, open_or_create
    from api.database_roles import under
    from api.http.listen_socket import listening
    from api.logs import configure_logging
    from api.settings import Settings, check_listen
    from api.workers.projection_workers import FollowerProcess
    from domain.event_log.roles import DESK, READER

    configure_logging(log_format, log_level)
    with open_or_create(data, tenant) as login:
        desk, reader = under(login, DESK), under(login, READER)
        with connected(desk) as connection:
            check_listen(host, keys_exist=keys_exist(connection), keyless=keyless)
        with (
            listening(Settings(desk, tenant if keyless else None, reading_dsn=reader), host, port) as (server, address),
            FollowerProcess(login, log=(log_format, log_level)),
        ):
            say(f"Serving {address} (documentation: {address}/docs). Ctrl-C ends it.")
            server.run()


def follow(
    log_format: LogFormat = "text", log_level: LogLevel = "warning", data: Data = None, tenant: Tenant = ""
) -> None:
    """Keep the projections up to the log, of one tenant or of all, until Ctrl-C."""
    import signal
    import threading

    from api.cli.tenant_database import open_or_create
    from api.database import database
    from api.logs import configure_logging
    from api.workers.projection_workers import follow as follow_until

    configure_logging(log_format, log_level)
    stop = threading.Event()
    with open_or_create(data, tenant) if tenant else database(data) as dsn:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        follow_until(dsn, [tenant] if tenant else [], stop)
