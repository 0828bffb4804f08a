"""The audit history of a ticket, a customer, an actor, and of policies and calendars."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field, TypeAdapter
from pydantic.dataclasses import dataclass

from api.http.identifiers import Name
from api.http.paging import Cursor, Limit, cursor_key, cursor_of
from api.http.problems import Problem
from api.http.read_session import ReadRequest, reader
from domain.messages import Id
from domain.sla.clock.explain_text import Language
from projections.audit.queries import (
    AuditEntry,
    AuditPage,
    history_of_actor,
    history_of_customer,
    history_of_rules,
    history_of_ticket,
)
from projections.audit.sentences import sentence
from projections.audit.table import AUDIT_HISTORY
from projections.timeline.family import family_of

router = APIRouter(prefix="/v1", tags=["audit"])

_KEY = TypeAdapter(Annotated[int, Field(ge=0, le=2**62)])


@dataclass(slots=True)
class DescribedEntry(AuditEntry):
    """An entry with its sentence."""

    sentence: str


class HistoryPage(BaseModel):
    """Entries in recorded order. ``next`` is the cursor of the next page."""

    entries: list[DescribedEntry]
    next: str | None


class HistoryRequest(NamedTuple):
    """The reader, the language and the page of a history."""

    reader: ReadRequest
    language: Language
    after: int
    limit: int

    def answer(self, history_of: Callable[..., AuditPage], *whose: UUID | str, of_one: bool = False) -> Response:
        """The page. ``of_one``: of a single stream, which is a Problem (not_found) when it has no entry."""
        with self.reader.live() as view:
            page = history_of(
                view.connection,
                view.schema,
                *whose,
                after=self.after,
                limit=self.limit,
                known_at=self.reader.known_at,
                as_of=self.reader.as_of,
            )
        if of_one and not page.entries and not self.after:
            raise Problem("not_found", "nothing has that id, or had it by then")
        entries = [asdict(entry) | {"sentence": sentence(entry, self.language)} for entry in page.entries]
        return view.answer({"entries": entries, "next": cursor_of(page.next_after)})


async def history_request(
    reader: Annotated[ReadRequest, Depends(reader(AUDIT_HISTORY, scope="audit"))],
    language: Annotated[Language, Query(description="The language of the sentences.")] = "en",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> HistoryRequest:
    """A dependency: a caller with the scope audit, and the page."""
    return HistoryRequest(reader, language, cursor_key(cursor, _KEY) or 0, limit)


@router.get("/tickets/{ticket_id}/history", summary="The history of a ticket", response_model=HistoryPage)
def ticket_history(
    ticket_id: Id,
    history: Annotated[HistoryRequest, Depends(history_request)],
    with_absorbed: Annotated[bool, Query(description="Include the tickets merged into it.")] = False,
) -> Response:
    return history.answer(partial(history_of_ticket, with_absorbed=with_absorbed), ticket_id, of_one=True)


@router.get(
    "/customers/{customer_id}/history",
    summary="The history of a customer and their tickets",
    response_model=HistoryPage,
)
def customer_history(customer_id: Id, history: Annotated[HistoryRequest, Depends(history_request)]) -> Response:
    """Of a merged customer the answer is the survivor's, whose address is in the Content-Location."""
    reader = history.reader
    with reader.live() as view:
        instants = {"known_at": reader.known_at, "as_of": reader.as_of}
        survivor = family_of(view.connection, view.schema, customer_id, **instants).survivor
    answer = history.answer(history_of_customer, survivor, of_one=True)
    if survivor != customer_id:
        answer.headers["Content-Location"] = f"/v1/customers/{survivor}/history"
    return answer


@router.get("/actors/{actor_id}/history", summary="What an actor did", response_model=HistoryPage)
def actor_history(actor_id: Name, history: Annotated[HistoryRequest, Depends(history_request)]) -> Response:
    return history.answer(history_of_actor, actor_id)


@router.get("/sla/history", summary="How the policy and the calendars were changed", response_model=HistoryPage)
def sla_history(history: Annotated[HistoryRequest, Depends(history_request)]) -> Response:
    return history.answer(history_of_rules)
