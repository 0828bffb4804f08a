"""The desk over HTTP: the one place where its addresses are put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from api import audit, backlog_reports, customers, errors, feed, health, reports, sla_reports, tickets
from api.commands import add_commands
from api.description import describe
from api.house import build
from api.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The application. Nothing is connected before it is served."""
    house = build(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with house.open():
            yield

    app = FastAPI(
        title="ticketledger",
        version="1",
        lifespan=lifespan,
        redirect_slashes=False,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.house = house
    errors.install(app)
    add_commands(app)
    for room in (audit, tickets, customers, reports, backlog_reports, sla_reports, feed, health):
        app.include_router(room.router)
    describe(app)
    return app


def server(settings: Settings, host: str, port: int) -> uvicorn.Server:
    """A server of one process, not yet running. A request under way has a few seconds to end when it stops."""
    return uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            host,
            port,
            loop="uvloop",
            http="httptools",
            ws="none",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
