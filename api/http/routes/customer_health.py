"""The health of customers: explained for one, by band for all, and tested against what became of contracts."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field, TypeAdapter
from starlette.concurrency import run_in_threadpool

from api.http.covered_instant import CoveredInstant
from api.http.customer_readings.health import health_of, numbered_health_version, source_of, summary_of_customer
from api.http.paging import Cursor, Limit, cursor_key, cursor_of
from api.http.read_session import ReadRequest, ReadSession, reader
from api.http.report_request import Day
from api.http.request_body import read_body
from domain.definitions.kind import BUILT_IN_FROM, InEffect
from domain.event_log import reader as log_reader
from domain.health.definition import DEFAULT_HEALTH, HealthDefinition
from domain.health.health import Health, health
from domain.health.summary import CustomerSummary
from domain.messages import Id, Message
from domain.zones import ZoneName, zone_named
from projections.audit_history.table import AUDIT_HISTORY
from projections.contracts.table import CONTRACTS
from projections.customers.table import CUSTOMERS
from projections.health.gather import GatheredCustomers
from projections.health.outcomes import BandOutcome, outcomes
from projections.health.readings import health_at, health_page

router = APIRouter(prefix="/v1", tags=["health"])

MOST_INSTANTS = 60
MOST_TERMS = 2_000
"""The ended terms that one report judges over HTTP; on the command line there is no such bound."""

_KEY = TypeAdapter(UUID)
ReadHealth = Annotated[ReadRequest, Depends(reader(AUDIT_HISTORY))]
ReadPages = Annotated[ReadRequest, Depends(reader(AUDIT_HISTORY, CUSTOMERS))]
ReadOutcomes = Annotated[ReadRequest, Depends(reader(AUDIT_HISTORY, CONTRACTS))]
Version = Annotated[
    int | None,
    Query(ge=0, le=2**31, description="By this version of the definition; else by the one in effect at the instant."),
]


class CustomerHealth(Health):
    """The health of the survivor of the customer who was ``asked`` for. ``text`` explains it in sentences."""

    asked: UUID
    text: str


class HealthRow(BaseModel):
    """A customer with score and band."""

    customer: UUID
    name: str | None
    tier: str | None
    band: str
    score: float | None
    coverage: int


class HealthPage(BaseModel):
    """A page may hold fewer customers than asked for, even none, and still have a ``next``."""

    customers: list[HealthRow]
    next: str | None


class HealthWhatIf(Message):
    """Another definition, and the instants of the history at which it judges the customer."""

    definition: HealthDefinition
    instants: tuple[CoveredInstant, ...] = Field(min_length=1, max_length=MOST_INSTANTS)


class OutcomeWhatIf(Message):
    """Another definition of health."""

    definition: HealthDefinition


class HealthBeside(BaseModel):
    """The health at an instant by the definition in effect then, and by the given one; None before the customer."""

    at: datetime
    published: Health | None
    given: Health | None


class OutcomesBeside(BaseModel):
    """The outcomes by band, by the definitions in effect and by the given one."""

    published: list[BandOutcome]
    given: list[BandOutcome]


async def health_what_if_body(request: Request, _caller: ReadHealth) -> HealthWhatIf:
    """The body, read once the caller is known."""
    return await read_body(request, HealthWhatIf.model_validate_json)


async def outcome_what_if_body(request: Request, _caller: ReadOutcomes) -> OutcomeWhatIf:
    """The body, read once the caller is known."""
    return await read_body(request, OutcomeWhatIf.model_validate_json)


_DEFINITION = DEFAULT_HEALTH.model_dump(mode="json")
HEALTH_WHAT_IF_EXAMPLE: dict[str, Any] = {"definition": _DEFINITION, "instants": ["2026-03-31T17:00:00Z"]}
OUTCOME_WHAT_IF_EXAMPLE: dict[str, Any] = {"definition": _DEFINITION}


@router.get("/customers/{customer_id}/health", summary="The health of a customer", response_model=CustomerHealth)
def customer_health(
    customer_id: Id,
    reader: ReadHealth,
    version: Version = None,
    language: Annotated[Literal["en", "vi"], Query(description="The language of `text`.")] = "en",
    zone: Annotated[ZoneName, Query(description="The zone of times in `text`.")] = "Asia/Ho_Chi_Minh",
) -> Response:
    """Facts, thresholds, weights and arithmetic. A merged customer has the health of the survivor."""
    with reader.live_paced() as view:
        gathered = GatheredCustomers(source_of(reader, view), [customer_id])
        summary = summary_of_customer(gathered, customer_id, view)
        judged, text = health_of(gathered, summary, language, zone_named(zone), version)
        return view.answer(dict(judged) | {"asked": customer_id, "text": text})


@router.post(
    "/customers/{customer_id}/health/what-if",
    summary="The health of a customer under another definition, along the history",
    response_model=list[HealthBeside],
)
async def health_what_if(
    customer_id: Id, reader: ReadHealth, body: Annotated[HealthWhatIf, Depends(health_what_if_body)]
) -> Response:
    """Nothing is recorded."""
    return await run_in_threadpool(_health_beside, customer_id, reader, body)


@router.get("/health", summary="Customers by the band of their health", response_model=HealthPage)
def health_by_band(
    reader: ReadPages,
    band: Annotated[str | None, Query(max_length=200, description="A band, or unknown; else all customers.")] = None,
    version: Version = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Each page looks at a bounded number of customers, in the order of their ids."""
    after = cursor_key(cursor, _KEY)
    with reader.live_in_slot() as view:
        source = source_of(reader, view)
        events = log_reader.definitions(view.connection, reader.tenant, source.up_to)
        page = health_page(source, view.now, band, after, limit, numbered_health_version(events, version))
    rows = [row_of(summary, judged) for summary, judged in page.customers]
    return view.answer({"customers": rows, "next": cursor_of(page.behind)})


@router.get(
    "/health/outcomes",
    summary="How many contract terms lapsed, by the band of health 90 days before their end",
    response_model=list[BandOutcome],
)
def health_outcomes(reader: ReadOutcomes, first: Day, last: Day, version: Version = None) -> Response:
    """Of the terms that end in these days and were renewed, lapsed or terminated; at most 2,000 of them."""
    with _view_in_slot(reader) as view:
        source = source_of(reader, view)
        events = log_reader.definitions(view.connection, reader.tenant, source.up_to)
        return view.answer(
            outcomes(source, first, last, view.now, numbered_health_version(events, version), MOST_TERMS)
        )


@router.post(
    "/health/what-if",
    summary="The outcomes by band under another definition, beside those under the published ones",
    response_model=OutcomesBeside,
)
async def outcome_what_if(
    reader: ReadOutcomes, first: Day, last: Day, body: Annotated[OutcomeWhatIf, Depends(outcome_what_if_body)]
) -> Response:
    """Nothing is recorded."""

    def beside() -> Response:
        with _view_in_slot(reader) as view:
            source = source_of(reader, view)
            published = outcomes(source, first, last, view.now, most=MOST_TERMS)
            given = outcomes(source, first, last, view.now, _unpublished(body.definition), MOST_TERMS)
            return view.answer({"published": published, "given": given})

    return await run_in_threadpool(beside)


def _view_in_slot(reader: ReadRequest) -> AbstractContextManager[ReadSession]:
    """The snapshot for outcomes: the histories of many customers are judged, at the present as well."""
    return reader.view() if reader.is_point_in_time else reader.live_in_slot()


def row_of(summary: CustomerSummary, judged: Health) -> HealthRow:
    """A customer's row on a page."""
    return HealthRow(
        customer=summary.customer,
        name=summary.name,
        tier=summary.tier,
        band=judged.band,
        score=judged.score,
        coverage=judged.coverage,
    )


def _health_beside(customer_id: UUID, reader: ReadRequest, body: HealthWhatIf) -> Response:
    with reader.live_paced() as view:
        gathered = GatheredCustomers(source_of(reader, view), [customer_id])
        summary_of_customer(gathered, customer_id, view)
        rows = []
        for at in body.instants:
            summary = gathered.summary(customer_id, at)
            published = None if summary is None else health_at(gathered, summary)
            tried = None if summary is None else health(summary, body.definition)
            rows.append(HealthBeside(at=at, published=published, given=tried))
        return view.answer(rows)


def _unpublished(definition: HealthDefinition) -> InEffect[HealthDefinition]:
    return InEffect(None, BUILT_IN_FROM, definition)
