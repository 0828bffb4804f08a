"""The desk over HTTP: the one place where its addresses are put together."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

import uvicorn
from fastapi import FastAPI

from api.http import problems
from api.http.commands import add_commands
from api.http.connections import Connections
from api.http.container import build_container
from api.http.direct_route import DirectRouting
from api.http.documentation import add_documentation
from api.http.middleware import Front
from api.http.openapi_document import describe
from api.http.protocol import LimitedProtocol
from api.http.routes import audit, conversation, customers, feed, health, reports, sla, sla_reports, tickets, what_if
from api.http.routes import backlog as backlog_reports
from api.settings import Settings

_ROOMS = (
    audit, tickets, conversation, customers, reports, backlog_reports, sla_reports, sla, what_if, feed
)  # fmt: skip
BACKLOG = 128
"""Connections that the system takes before the server does: fewer than the descriptors that are kept for others."""


def create_app(settings: Settings) -> FastAPI:
    """The application. Nothing is connected before it is served."""
    container = build_container(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with container.open():
            yield

    app = FastAPI(
        title="ticketledger",
        version="1",
        lifespan=lifespan,
        redirect_slashes=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # looking for it costs 4 % of each answer
    )
    app.state.container = container
    problems.install(app)
    add_commands(app)
    for room in _ROOMS:
        app.include_router(room.router)
    health.add_health(app)
    describe(app)
    add_documentation(app)
    app.middleware_stack = Front(DirectRouting(app, app.build_middleware_stack()))
    return app


def server(settings: Settings, host: str, port: int) -> uvicorn.Server:
    """A server of one process, not yet running. A request under way has a few seconds to end when it stops."""
    app = create_app(settings)
    protocol = partial(LimitedProtocol, Connections(settings.http), app.state.container.refusals)
    _look_for_garbage_less_often()
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host,
            port,
            loop="uvloop",
            http=cast("Any", protocol),
            ws="none",
            access_log=False,
            log_config=None,  # as the process that serves has it
            log_level="warning",
            backlog=BACKLOG,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
    )


def _look_for_garbage_less_often() -> None:
    """The program itself is no garbage, and what a command leaves behind is found young.

    Looking through everything each time the cache of streams had grown by a quarter made one command in a hundred wait
    60 ms, ten times the median; now it is three times.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)
