"""The audit history of a ticket, a customer, an actor, of the rules, and of the whole log."""

from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from pydantic.dataclasses import dataclass

from api.history.page import HistoryFacts, history_page
from api.history.question_words import in_words
from api.http.filters import STORABLE
from api.http.identifiers import Name
from api.http.paging import POSITION_KEY, Cursor, Limit, cursor_key, cursor_of
from api.http.problems import unknown_id
from api.http.read_session import ReadRequest, ReadSession, reader
from api.http.request_access import count_rows
from api.http.zone_parameter import zone_in
from domain.messages import Id, Instant
from domain.readable import Language
from projections.audit.kinds import PUBLISHED_RULES, topics_of
from projections.audit.names import NAMED_IN, names_of_entries
from projections.audit.queries import AuditPage, Axis, HistoryEntry, HistoryFilter, history_of
from projections.audit.sentences import sentence
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.family import family_of
from projections.engine.projection import Projection

router = APIRouter(prefix="/v1", tags=["audit"])

_HTML: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
Kinds = Annotated[
    list[Annotated[str, Field(max_length=100)]] | None,
    Query(
        max_length=20,
        description="Of these kinds alone: a topic such as `ticket.resolved`, its first word, `access` or `rules`.",
    ),
]
Text = Annotated[
    str | None,
    Query(min_length=2, max_length=200, pattern=STORABLE, description="In the payload or the reason, in any spelling."),
]
Begin = Annotated[Instant | None, Query(alias="from", description="Only from this instant on.")]
End = Annotated[Instant | None, Query(alias="to", description="Only before this instant.")]
OfAxis = Annotated[Axis, Query(description="Which time `from` and `to` are of.")]
ActorName = Annotated[
    str | None, Query(max_length=200, pattern=STORABLE, description="By this actor, or on the actor's behalf.")
]


@dataclass(slots=True)
class DescribedEntry(HistoryEntry):
    """An entry with its sentence."""

    sentence: str = ""


class HistoryPage(BaseModel):
    """Entries in recorded order. ``next`` is the cursor of the next page.

    With filters or long texts a page may hold fewer entries than its limit, or none, while others follow.
    """

    entries: list[DescribedEntry]
    next: str | None


class HistoryRequest(NamedTuple):
    """The reader, the language, the page and the conditions of a history."""

    reader: ReadRequest
    language: Language
    after: int
    limit: int
    wanted: HistoryFilter

    def of(self, **whose: Any) -> "HistoryRequest":
        """The same of a ticket, a customer, an actor or other topics."""
        return self._replace(wanted=self.wanted._replace(**whose))

    def page(self, view: ReadSession) -> AuditPage:
        """The page in a snapshot."""
        return history_of(
            view.connection, view.schema, self.wanted, after=self.after, limit=self.limit, **self.reader.instants
        )

    def answer(self, *, of_one: bool = False) -> Response:
        """The page as JSON. ``of_one``: of a single stream, which is a Problem (not_found) when it has no entry."""
        with self.reader.live() as view:
            page = self.page(view)
            if of_one and not page.entries and not self.after and not self._exists(view):
                raise unknown_id()
        entries = [asdict(entry) | {"sentence": sentence(entry, self.language)} for entry in page.entries]
        return view.answer({"entries": entries, "next": cursor_of(page.next_after)})

    def _exists(self, view: ReadSession) -> bool:
        """Whether the ticket or the customer has an entry that other conditions leave out."""
        whose = HistoryFilter(ticket=self.wanted.ticket, customer=self.wanted.customer)
        return self.wanted != whose and bool(self._replace(wanted=whose, limit=1).page(view).entries)


HistoryDependency = Callable[..., Coroutine[Any, Any, HistoryRequest]]


def history_request(*named_in: Projection) -> HistoryDependency:
    """A dependency: a caller with the scope audit, the page and the conditions. It may raise UnknownKind.

    ``named_in`` are the projections that it reads beside the history.
    """

    async def requested(
        reader: Annotated[ReadRequest, Depends(reader(AUDIT_HISTORY, *named_in, scope="audit"))],
        *,
        language: Annotated[Language, Query(description="The language of the sentences.")] = "en",
        kind: Kinds = None,
        text: Text = None,
        begin: Begin = None,
        end: End = None,
        axis: OfAxis = "occurred",
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> HistoryRequest:
        topics = None if kind is None else frozenset().union(*map(topics_of, kind))
        wanted = HistoryFilter(topics=topics, text=text, begin=begin, end=end, axis=axis)
        return HistoryRequest(reader, language, cursor_key(cursor, POSITION_KEY) or 0, limit, wanted)

    return requested


def log_request(history_of_kinds: HistoryDependency) -> HistoryDependency:
    """A dependency: the same with whose history it is; all conditions hold together."""

    async def requested(
        history: Annotated[HistoryRequest, Depends(history_of_kinds)],
        ticket: Annotated[Id | None, Query(description="Of this ticket and those merged into it.")] = None,
        customer: Annotated[Id | None, Query(description="Of this customer and their tickets.")] = None,
        actor: ActorName = None,
    ) -> HistoryRequest:
        return history.of(ticket=ticket, with_absorbed=ticket is not None, customer=customer, actor=actor)

    return requested


_HISTORY = history_request()
RequestedHistory = Annotated[HistoryRequest, Depends(_HISTORY)]
RequestedLog = Annotated[HistoryRequest, Depends(log_request(_HISTORY))]
RequestedPage = Annotated[HistoryRequest, Depends(log_request(history_request(*NAMED_IN)))]


@router.get("/tickets/{ticket_id}/history", summary="The history of a ticket", response_model=HistoryPage)
def ticket_history(
    ticket_id: Id,
    history: RequestedHistory,
    with_absorbed: Annotated[bool, Query(description="Include the tickets merged into it.")] = False,
) -> Response:
    return history.of(ticket=ticket_id, with_absorbed=with_absorbed).answer(of_one=True)


@router.get(
    "/customers/{customer_id}/history",
    summary="The history of a customer and their tickets",
    response_model=HistoryPage,
)
def customer_history(customer_id: Id, history: RequestedHistory) -> Response:
    """Of a merged customer the answer is the survivor's, whose address is in the Content-Location."""
    survivor = _survivor(history.reader, customer_id)
    answer = history.of(customer=survivor).answer(of_one=True)
    if survivor != customer_id:
        answer.headers["Content-Location"] = f"/v1/customers/{survivor}/history"
    return answer


def _survivor(reader: ReadRequest, customer: UUID) -> UUID:
    with reader.live() as view:
        return family_of(view.connection, view.schema, customer, **reader.instants).survivor


@router.get(
    "/actors/{actor_id}/history",
    summary="What an actor did, and what was done on the actor's behalf",
    response_model=HistoryPage,
)
def actor_history(actor_id: Name, history: RequestedHistory) -> Response:
    return history.of(actor=actor_id).answer()


@router.get("/sla/history", summary="How the policy and the calendars were changed", response_model=HistoryPage)
def sla_history(history: RequestedHistory) -> Response:
    topics = history.wanted.topics
    return history.of(topics=PUBLISHED_RULES if topics is None else PUBLISHED_RULES & topics).answer()


@router.get(
    "/audit", summary="The history of the whole log, or what of it meets conditions", response_model=HistoryPage
)
def audit(history: RequestedLog) -> Response:
    """All conditions hold together. `kind=access` and `kind=rules` are who may do what, and what is configured."""
    return history.answer()


@router.get(
    "/audit/page",
    summary="The same as a page of HTML that prints on A4",
    response_class=Response,
    responses=_HTML,
)
def audit_page(
    history: RequestedPage,
    kind: Kinds = None,
    zone: Annotated[str, Query(max_length=64, description="The IANA zone of the times.")] = "UTC",
) -> Response:
    """It is a file to keep: one file without script that loads nothing. It says how it goes on when it is not all."""
    days = zone_in(zone)
    wanted, reader = history.wanted, history.reader
    question = {
        "ticket": wanted.ticket, "customer": wanted.customer, "actor": wanted.actor, "kind": kind, "text": wanted.text,
        "axis": wanted.axis, "from": wanted.begin, "to": wanted.end,
        "known_at": reader.known_at, "as_of": reader.as_of,
    }  # fmt: skip
    with reader.live_for_folds() as view:
        page = history.page(view)
        names = names_of_entries(view.connection, reader.tenant, page.entries, **reader.instants)
        facts = HistoryFacts(in_words(question, history.language, days), view.now, view.position, page.next_after)
    count_rows(len(page.entries))
    return Response(
        history_page(page.entries, facts, history.language, days, names),
        headers={"Content-Disposition": 'attachment; filename="history.html"', "Ledger-Position": str(view.position)},
        media_type="text/html; charset=utf-8",
    )
