"""Liveness and readiness."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic_core import to_json

from api.http.container import container_of
from api.http.problems import MEDIA_TYPE, Problem
from api.http.readiness_probe import Readiness
from api.http.strict_parameters import only_known_parameters

router = APIRouter(tags=["health"], dependencies=[Depends(only_known_parameters)])
_NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {
        "model": Readiness,
        "description": "A log is damaged, or the database does not answer",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> dict[str, bool]:
    return {"alive": True}


@router.get("/readyz", summary="Can it serve?", response_model=Readiness, responses=_NOT_READY)
async def readyz(request: Request) -> Response:
    """It needs no key and names no tenant. An answer may be a second old."""
    container = container_of(request)
    try:
        readiness = await container.readiness.readiness()
    except TimeoutError:
        raise Problem("unavailable", "the database gives no answer") from None
    answer = readiness.model_copy(update={"refused": container.refusals.by_status()})
    return Response(to_json(answer), 200 if readiness.ready else 503, media_type="application/json")
