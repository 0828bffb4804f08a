"""Liveness and readiness."""

from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel
from pydantic_core import to_json

from api.http.container import container_of
from api.http.direct_route import DirectRoute
from api.http.problems import MEDIA_TYPE, Problem
from api.http.readiness_probe import Readiness
from api.http.strict_parameters import only_known_parameters

_NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {
        "model": Readiness,
        "description": "A log is damaged, or the database or a key store does not answer",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


class Liveness(BaseModel):
    """``alive``: the process answers."""

    alive: bool


def add_health(app: FastAPI) -> None:
    """Adds both addresses as direct routes, so that frequent checks cost the other callers little."""
    for endpoint, path, summary, model, responses in (
        (healthz, "/healthz", "Is the process alive?", Liveness, None),
        (readyz, "/readyz", "Can it serve?", Readiness, _NOT_READY),
    ):
        app.router.add_api_route(
            path,
            endpoint,
            summary=summary,
            response_model=model,
            responses=responses,
            tags=["health"],
            route_class_override=DirectRoute,
        )


async def healthz(request: Request) -> Response:
    """Answers as long as the process lives."""
    await only_known_parameters(request)
    return Response(b'{"alive":true}', media_type="application/json")


async def readyz(request: Request) -> Response:
    """It needs no key and names no tenant. An answer may be a second old."""
    await only_known_parameters(request)
    container = container_of(request)
    try:
        readiness = await container.readiness.readiness()
    except TimeoutError:
        raise Problem("unavailable", "the database gives no answer") from None
    answer = readiness.model_copy(update={"refused": container.refusals.by_status()})
    return Response(to_json(answer), 200 if readiness.ready else 503, media_type="application/json")
