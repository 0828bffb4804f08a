"""The facts of customers.

Tables of facts that never change are append-only: a customer may have very many of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from domain.customer.events import CustomerJoined, CustomerLeft, CustomerRegistered
from domain.customer.facts import events as e
from domain.customer.memberships import organisation_at
from domain.customer.state import Customer, evolve
from domain.envelope import RecordedEvent
from projections.customers.facts.rows import (
    CheckIn,
    CustomerNote,
    NpsAnswer,
    StoredActivity,
    StoredConsent,
    StoredDate,
    StoredFact,
    StoredOffer,
    StoredPurchase,
)
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table
from projections.scope.folded_words import key_of

_OF_ORGANISATIONS = frozenset({CustomerRegistered, CustomerJoined, CustomerLeft})


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[StoredFact]:
    """Purchases, offers, NPS answers and dates as they are, and a row for each new fact of the other kinds."""
    purchases: dict[str, StoredPurchase] = {}
    offers: dict[str, StoredOffer] = {}
    dates: dict[str, StoredDate] = {}
    answers: list[RecordedEvent] = []
    for event in [event for event in stream.all if type(event.payload) in _FOLDED]:
        if change := _CHANGES.get(type(event.payload)):
            change(event, purchases, offers, dates)
        else:
            answers.append(event)
    yield from purchases.values()
    yield from offers.values()
    yield from dates.values()
    if answers:
        yield from _nps(stream, answers)
    for event in stream.new:
        if row := _ROWS.get(type(event.payload)):
            yield row(event)


Changes = Callable[[RecordedEvent, dict[str, StoredPurchase], dict[str, StoredOffer], dict[str, StoredDate]], None]


def _bought(event: RecordedEvent, purchases: dict[str, StoredPurchase], *_: object) -> None:
    payload: e.PurchaseRecorded | e.PurchaseCorrected = event.payload
    known = purchases.get(payload.purchase_id)
    purchases[payload.purchase_id] = StoredPurchase(
        customer=event.stream,
        version=event.version if known is None else known.version,
        at=event.occurred_at if known is None else known.at,
        purchase_id=payload.purchase_id,
        items=to_json(payload.items).decode(),
        total=payload.total,
        currency=payload.currency,
        warranty_until=payload.warranty_until,
        service_every=payload.service_every,
        returned=known.returned if known else 0,
        whole=known.whole if known else False,
        serviced_on=known.serviced_on if known else [],
        corrected=known is not None,
        begun_at=min(event.occurred_at, known.begun_at) if known else event.occurred_at,
        settled_at=max(event.occurred_at, known.settled_at) if known else event.occurred_at,
    )


def _returned(event: RecordedEvent, purchases: dict[str, StoredPurchase], *_: object) -> None:
    if known := purchases.get(event.payload.purchase_id):
        known.returned += event.payload.total
        known.whole = known.whole or event.payload.whole
        known.begun_at = min(known.begun_at, event.occurred_at)
        known.settled_at = max(known.settled_at, event.occurred_at)


def _serviced(event: RecordedEvent, purchases: dict[str, StoredPurchase], *_: object) -> None:
    if known := purchases.get(event.payload.purchase_id):
        known.serviced_on = sorted([*known.serviced_on, event.payload.on])


def _offered(event: RecordedEvent, _purchases: object, offers: dict[str, StoredOffer], *_: object) -> None:
    payload: e.OfferMade = event.payload
    offers[payload.offer_id] = StoredOffer(
        customer=event.stream,
        version=event.version,
        at=event.occurred_at,
        offer_id=payload.offer_id,
        product=payload.product,
        value=payload.value,
        currency=payload.currency,
        recurring=payload.recurring,
        valid_until=payload.valid_until,
        answer=None,
        answered_at=None,
        agreed=None,
    )


def _answered(event: RecordedEvent, _purchases: object, offers: dict[str, StoredOffer], *_: object) -> None:
    if known := offers.get(event.payload.offer_id):
        accepted = isinstance(event.payload, e.OfferAccepted)
        known.answer = "accepted" if accepted else "declined"
        known.answered_at = event.occurred_at
        known.agreed = (known.value if event.payload.value is None else event.payload.value) if accepted else None


def _dated(event: RecordedEvent, _purchases: object, _offers: object, dates: dict[str, StoredDate]) -> None:
    payload: e.DateRecorded = event.payload
    if not payload.is_known:
        dates.pop(payload.name, None)
        return
    dates[payload.name] = StoredDate(
        *_where(event), payload.name, payload.day, payload.month, payload.year, payload.lunar
    )


def _undated(event: RecordedEvent, _purchases: object, _offers: object, dates: dict[str, StoredDate]) -> None:
    dates.pop(event.payload.name, None)


def _where(event: RecordedEvent) -> tuple[UUID, int, datetime]:
    return event.stream, event.version, event.occurred_at


def _nps(stream: Stream, answers: Sequence[RecordedEvent]) -> Iterator[NpsAnswer]:
    """The answers of a stream. The organisation depends on memberships that may be recorded later."""
    customer = Customer()
    for event in stream.all:
        if type(event.payload) in _OF_ORGANISATIONS:
            customer = evolve(customer, event.payload, event.occurred_at)
    for event in answers:
        payload: e.NpsAnswered = event.payload
        organisation = organisation_at(customer.memberships, event.occurred_at)
        yield NpsAnswer(
            *_where(event),
            payload.score,
            payload.comment,
            payload.wave,
            key_of(payload.wave),
            payload.ticket,
            stream.id if customer.party == "organisation" else organisation,
        )


def _consent(event: RecordedEvent) -> StoredConsent:
    payload: e.ConsentGiven | e.ConsentWithdrawn = event.payload
    evidence, valid_until = None, None
    if isinstance(payload, e.ConsentGiven):
        evidence, valid_until = payload.evidence, payload.valid_until
    given, channels = isinstance(payload, e.ConsentGiven), list(payload.channels)
    return StoredConsent(*_where(event), payload.purpose, given, channels, evidence, valid_until)


def _activity(event: RecordedEvent) -> StoredActivity:
    payload: e.ActivityRecorded = event.payload
    data = to_json(payload.data).decode()
    return StoredActivity(*_where(event), payload.source, payload.external_id, payload.kind, payload.title, data)


def _check_in(event: RecordedEvent) -> CheckIn:
    return CheckIn(*_where(event), event.payload.channel, event.payload.summary)


def _note(event: RecordedEvent) -> CustomerNote:
    return CustomerNote(*_where(event), event.payload.about, event.payload.body)


_CHANGES: Mapping[type[Any], Changes] = MappingProxyType(
    {
        e.PurchaseRecorded: _bought,
        e.PurchaseCorrected: _bought,
        e.PurchaseReturned: _returned,
        e.PurchaseServiced: _serviced,
        e.OfferMade: _offered,
        e.OfferAccepted: _answered,
        e.OfferDeclined: _answered,
        e.DateRecorded: _dated,
        e.DateRemoved: _undated,
    }
)
_FOLDED = frozenset({*_CHANGES, e.NpsAnswered})
"""The events that change rows of others. A customer may have very many that do not."""
_ROWS: Mapping[type[Any], Callable[[RecordedEvent], StoredFact]] = MappingProxyType(
    {
        e.ConsentGiven: _consent,
        e.ConsentWithdrawn: _consent,
        e.ActivityRecorded: _activity,
        e.CheckInRecorded: _check_in,
        e.CustomerNoteAdded: _note,
    }
)


def _table(name: str, row: type[StoredFact], *, append_only: bool = False) -> Table:
    return Table(name, row, key=("customer", "version"), indexes=("(customer, at, version)",), append_only=append_only)


CUSTOMER_FACTS = Projection(
    name="customer_facts",
    version=4,
    kinds=frozenset({"customer"}),
    tables=(
        _table("purchases", StoredPurchase),
        _table("offers", StoredOffer),
        _table("customer_dates", StoredDate),
        _table("nps_answers", NpsAnswer),
        _table("consents", StoredConsent, append_only=True),
        _table("activities", StoredActivity, append_only=True),
        _table("check_ins", CheckIn, append_only=True),
        _table("customer_notes", CustomerNote, append_only=True),
    ),
    fold=fold,
)
