"""Whether the process lives, and whether it can do its work: for whoever restarts it or sends it callers."""

from typing import Any

from fastapi import APIRouter, Request, Response
from psycopg import Connection, sql
from pydantic import BaseModel
from pydantic_core import to_json

from api.house import house_of
from domain.event_log.schema import schema_of, tenants_with
from domain.event_log.soundness import damage_of


class Readiness(BaseModel):
    """``ready``: the database answers, and every log is as it must be. ``reasons`` say what is wrong with one: commands
    are refused until it is mended, and `doctor` tells more. ``behind`` is how many events the slowest projection of any
    tenant has not read, ``stopped`` how many projections wait for an event to be mended: both are for alerts, and keep
    no command from being served. ``refused`` counts the answers of this process that said no, by status.
    """

    ready: bool
    behind: int
    stopped: int
    reasons: list[str] = []
    refused: dict[str, int] = {}


router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> dict[str, bool]:
    return {"alive": True}


_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"model": Readiness, "description": "A log is damaged"}}


@router.get("/readyz", summary="Can it serve?", response_model=Readiness, responses=_NOT_READY)
def readyz(request: Request) -> Response:
    """Needs no key, and names no tenant and no business fact."""
    with house_of(request).pool.connection() as connection:
        tenants = tenants_with(connection, "projection_positions")
        found = [_projections(connection, tenant) for tenant in tenants]
        damaged = {damage.kind for tenant in tenants if (damage := damage_of(connection, tenant))}
    readiness = Readiness(
        ready=not damaged,
        behind=max((lag for lag, _ in found), default=0),
        stopped=sum(stopped for _, stopped in found),
        reasons=sorted(damaged),
        refused=house_of(request).refusals.by_status(),
    )
    return Response(to_json(readiness), 503 if damaged else 200, media_type="application/json")


def _projections(connection: Connection, tenant: str) -> tuple[int, int]:
    """How many events the slowest has not read, and how many are stopped."""
    statement = sql.SQL(
        "select coalesce(max(h.position - p.position), 0), count(p.stopped_at)"
        " from {0}.log_head h, {0}.projection_positions p"
    ).format(sql.Identifier(schema_of(tenant)))
    row = connection.execute(statement).fetchone()
    return (row[0], row[1]) if row else (0, 0)
