"""The application over HTTP, put together from its routes and its container, and the server that runs it."""

import asyncio
import logging
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any, cast

import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.access_journal.entry import READ
from api.free_memory import bound_arenas, giving_back
from api.http import problems
from api.http.access_recorder import AccessRecorder
from api.http.access_table import ACCESS_TABLE
from api.http.commands import add_commands, command_addresses
from api.http.connections import Connections
from api.http.container import build_container
from api.http.direct_route import DirectRouting
from api.http.documentation import add_documentation
from api.http.middleware import Front
from api.http.openapi_document import describe
from api.http.protocol import LimitedProtocol
from api.http.routes import (
    access,
    assignments,
    audit,
    audit_bundle,
    automation,
    backlog,
    contracts,
    conversation,
    customer_answers,
    customer_facts,
    customer_health,
    customers,
    definitions,
    due,
    erasures,
    feed,
    figures,
    files,
    first_contact,
    health,
    issued_reports,
    notifications,
    procedures,
    profile,
    proofs,
    reports,
    search,
    segments,
    sla,
    sla_reports,
    tasks,
    tickets,
    timeline,
    what_if,
    work,
)
from api.http.routes_by_beginning import RoutesByBeginning
from api.screen.access_table import SCREEN_ACCESS
from api.screen.actions.form_pages import form_addresses
from api.screen.endpoints.actions import action_addresses
from api.screen.routing import add_screen
from api.settings import Settings
from projections.engine.gc_pause import full_collections_rare

_ROUTES = (
    access,
    audit,
    audit_bundle,
    proofs,
    tickets,
    conversation,
    search,
    customers,
    profile,
    timeline,
    erasures,
    customer_facts,
    customer_answers,
    contracts,
    files,
    procedures,
    notifications,
    figures,
    issued_reports,
    reports,
    first_contact,
    backlog,
    sla_reports,
    sla,
    definitions,
    customer_health,
    segments,
    what_if,
    assignments,
    automation,
    due,
    feed,
    tasks,
    work,
)
_LOG = logging.getLogger(__name__)
BACKLOG = 128
"""Connections that wait in the kernel to be accepted; fewer than the file descriptors kept for other purposes."""
TURN_SECONDS = 0.0005
"""After which a thread that reads gives the interpreter up to the event loop. Python's default is ten times as long."""


def create_app(settings: Settings) -> FastAPI:
    """The application. It connects to nothing before it is served."""
    container = build_container(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with giving_back(), container.open():
            yield

    app = FastAPI(
        title="ticketledger",
        version="1",
        lifespan=lifespan,
        redirect_slashes=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # looking for it costs 4 % of each answer
    )
    app.state.container = container
    problems.install(app)
    add_commands(app)
    app.router.routes.extend(_routes())
    health.add_health(app)
    describe(app)
    add_documentation(app)
    add_screen(app)
    table = {**dict.fromkeys(form_addresses(), READ), **SCREEN_ACCESS, **ACCESS_TABLE}
    recorder = AccessRecorder(container.journal.note, table, command_addresses() | action_addresses())
    app.router.middleware_stack = RoutesByBeginning(app.router)
    app.middleware_stack = Front(DirectRouting(app, app.build_middleware_stack()), recorder.record)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The routes of the readings, shared by all applications of the process: FastAPI builds each once, at a request."""
    router = APIRouter(generate_unique_id_function=_operation_id)
    for routes in _ROUTES:
        router.include_router(routes.router)
    router.include_router(erasures.copies)
    return tuple(router.routes)


class _HttpServer(uvicorn.Server):
    """When it stops, it ends streams and waits for positions at once, and other requests after some seconds."""

    def __init__(self, config: uvicorn.Config, connections: Connections) -> None:
        super().__init__(config)
        self._connections = connections

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        cast("FastAPI", self.config.app).state.container.end_waiting()
        breaking_off = asyncio.create_task(self._break_off())
        try:
            await super().shutdown(sockets)
        finally:
            breaking_off.cancel()

    async def _break_off(self) -> None:
        seconds = self._connections.limits.stopping
        await asyncio.sleep(seconds)
        broken_off = self._connections.break_off()
        if broken_off:
            _LOG.warning("the server stops: broke off %d requests after %g s", broken_off, seconds)


def server(settings: Settings, host: str, port: int) -> uvicorn.Server:
    """A server of one process, not yet running."""
    app = create_app(settings)
    connections = Connections(settings.http)
    protocol = partial(LimitedProtocol, connections, app.state.container.refusals)
    full_collections_rare()
    bound_arenas()
    sys.setswitchinterval(TURN_SECONDS)
    return _HttpServer(
        uvicorn.Config(
            app,
            host,
            port,
            loop="uvloop",
            http=cast("Any", protocol),
            ws="none",
            access_log=False,
            log_config=None,  # the process configures its log itself
            log_level="warning",
            backlog=BACKLOG,
            server_header=False,
            proxy_headers=False,
        ),
        connections,
    )


def build_routes(app: FastAPI) -> None:
    """Builds what FastAPI builds at the first request to a route, during which all other callers would wait."""
    for route in app.routes:
        route.matches({"type": "http", "method": "GET", "path": "/", "root_path": ""})
