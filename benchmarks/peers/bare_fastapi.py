"""What FastAPI alone can do with the same body: answer it, or put it into one table by one statement."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import uvicorn
from fastapi import FastAPI
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

CONNECTIONS = 10


def prepare(dsn: str) -> None:
    """The one table."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create table posted (id bigint generated always as identity primary key, body jsonb)")


def bare_server(dsn: str) -> uvicorn.Server:
    """One process with uvloop and httptools, as ours."""
    pool = AsyncConnectionPool(dsn, kwargs={"autocommit": True}, min_size=CONNECTIONS, max_size=CONNECTIONS, open=False)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/nothing", status_code=201)
    async def nothing(body: dict[str, Any]) -> dict[str, int]:
        return {"fields": len(body)}

    @app.post("/insert", status_code=201)
    async def insert(body: dict[str, Any]) -> dict[str, int]:
        async with pool.connection() as connection:
            await connection.execute("insert into posted (body) values (%s)", [Jsonb(body)])
        return {"fields": len(body)}

    config = uvicorn.Config(app, loop="uvloop", http="httptools", ws="none", access_log=False, log_level="warning")
    return uvicorn.Server(config)
