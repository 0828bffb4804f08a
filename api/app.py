"""The desk over HTTP: the one place where its parts are put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from psycopg import Connection
from psycopg_pool import ConnectionPool
from starlette.concurrency import run_in_threadpool

from api import errors
from api.callers import Callers
from api.commands import add_commands
from api.description import describe
from api.feed import feed
from api.health import health
from api.keys import Caller, find_caller
from api.settings import Settings
from api.tenants import Tenants
from api.view import Readings

_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=20s -c lock_timeout=4s -c default_transaction_isolation=repeatable\\ read"
)


def create_app(settings: Settings) -> FastAPI:
    """The application. Nothing is connected before it is served."""
    pool: ConnectionPool[Connection] = ConnectionPool(
        settings.dsn,
        kwargs={"autocommit": True, "options": _OPTIONS, "connect_timeout": 5},
        min_size=1,
        max_size=settings.readers,
        timeout=settings.patience,
        max_waiting=8 * settings.readers,
        check=ConnectionPool.check_connection,
        open=False,
    )
    tenants = Tenants(settings)

    def find(token: str) -> Caller | None:
        with pool.connection() as connection:
            return find_caller(connection, token)

    callers = Callers(find, settings.keyless)
    Readings(settings, callers, tenants, pool)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        pool.open()
        yield
        await tenants.close()
        await run_in_threadpool(pool.close)

    app = FastAPI(
        title="ticketledger",
        version="1",
        lifespan=lifespan,
        redirect_slashes=False,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    errors.install(app)
    add_commands(app, callers, tenants)
    for router in (feed(callers, tenants, pool), health(pool)):
        app.include_router(router)
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
