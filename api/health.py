"""Whether the process lives, and whether it can do its work: for whoever restarts it or sends it callers."""

from fastapi import APIRouter, Depends, Request, Response
from pydantic_core import to_json

from api.errors import RETRY_AFTER, Problem
from api.house import house_of
from api.known_parameters import only_known_parameters
from api.readiness import Readiness

router = APIRouter(tags=["health"], dependencies=[Depends(only_known_parameters)])


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> dict[str, bool]:
    return {"alive": True}


@router.get("/readyz", summary="Can it serve?", response_model=Readiness)
async def readyz(request: Request) -> Response:
    """Needs no key, and names no tenant and no business fact. An answer may be a second old."""
    try:
        readiness = await house_of(request).readiness.readiness()
    except TimeoutError:
        raise Problem("unavailable", "the database gives no answer", headers=RETRY_AFTER) from None
    return Response(to_json(readiness), media_type="application/json")
