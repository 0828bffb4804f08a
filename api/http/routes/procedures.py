"""Procedures: one with its steps, and lists of them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.paging import Cursor, Limit, cursor_key, cursor_of
from api.http.read_session import ReadRequest, reader
from domain.messages import Id, Word
from projections.procedures.queries import (
    ProcedureCursor,
    ProcedureDetails,
    ProcedureFilter,
    one_procedure,
    procedure_in,
    procedures,
)
from projections.procedures.table import PROCEDURES, ProcedureRow

router = APIRouter(prefix="/v1/procedures", tags=["procedures"])

ReadProcedures = Annotated[ReadRequest, Depends(reader(PROCEDURES))]
_KEY: TypeAdapter[tuple[AwareDatetime, UUID]] = TypeAdapter(tuple[AwareDatetime, UUID])


class ProcedureList(BaseModel):
    """Those that started last come first. ``next`` is the cursor of the next page."""

    procedures: list[ProcedureRow]
    next: str | None


@router.get("", summary="Procedures that run or have ended", response_model=ProcedureList)
def procedure_list(
    reader: ReadProcedures,
    procedure: Annotated[Word | None, Query(description="The name of the definition.")] = None,
    state: Annotated[Literal["running", "completed", "abandoned"] | None, Query(description="How they stand.")] = None,
    subject: Annotated[Id | None, Query(description="The id of the ticket, customer or contract.")] = None,
    customer: Annotated[Id | None, Query(description="The id of the customer.")] = None,
    overdue: Annotated[bool, Query(description="Only those with an open step whose due time has passed.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    key = cursor_key(cursor, _KEY)
    wanted = ProcedureFilter(procedure, state, subject, customer, overdue)
    with reader.live() as view:
        page, following = procedures(
            view.connection,
            view.schema,
            wanted,
            view.now,
            after=None if key is None else ProcedureCursor(*key),
            limit=limit,
        )
    return view.answer({"procedures": page, "next": cursor_of(following)})


@router.get("/{procedure_id}", summary="A procedure with its steps", response_model=ProcedureDetails)
def procedure(procedure_id: Id, reader: ReadProcedures) -> Response:
    """The ETag is the version that If-Match takes."""
    return reader.one(procedure_id, one_procedure, lambda rows, _: procedure_in(rows))
