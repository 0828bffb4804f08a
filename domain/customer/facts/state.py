"""What decisions need to know of a customer's facts, and how each event changes it.

Check-ins, notes and external activities leave no trace here: a customer may have very many of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import blake2b
from typing import Literal, NamedTuple, assert_never

from domain.customer.facts import events as e
from domain.messages import Message

EVERY_CHANNEL = "*"


class Purchase(NamedTuple):
    """``content`` is the digest of what was bought. Money is in minor units of ``currency``.

    ``returned`` is what was given back so far; ``whole``: nothing of the purchase is left.
    """

    content: str
    total: int
    currency: str
    returned: int = 0
    whole: bool = False
    serviced: tuple[date, ...] = ()


class Offer(NamedTuple):
    """``agreed`` is the value that was accepted, where it differs from the offer."""

    content: str
    currency: str | None = None
    state: Literal["open", "accepted", "declined"] = "open"
    agreed: int | None = None


class Consent(NamedTuple):
    """What the customer said last of one purpose and channel, ``since`` when."""

    given: bool
    since: datetime
    content: str = ""


class AnnualDay(NamedTuple):
    day: int
    month: int
    year: int | None
    lunar: bool


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """Purchases and offers by their ids, answers to NPS surveys by wave or ticket, consents by purpose and channel."""

    purchases: dict[str, Purchase] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    consents: dict[str, dict[str, Consent]] = field(default_factory=dict)
    dates: dict[str, AnnualDay] = field(default_factory=dict)


def evolve(facts: CustomerFacts, event: e.CustomerFact, at: datetime) -> CustomerFacts:  # noqa: PLR0911 -- one case a kind of fact
    """The facts after one more event that happened ``at``. Total: any history folds."""
    match event:
        case (
            e.PurchaseRecorded(purchase_id=purchase)
            | e.PurchaseCorrected(purchase_id=purchase)
            | e.PurchaseReturned(purchase_id=purchase)
            | e.PurchaseServiced(purchase_id=purchase)
        ):
            known = _purchase_after(facts.purchases.get(purchase), event)
            return replace(facts, purchases={**facts.purchases, purchase: known}) if known else facts
        case e.OfferMade(offer_id=offer) | e.OfferAccepted(offer_id=offer) | e.OfferDeclined(offer_id=offer):
            made = _offer_after(facts.offers.get(offer), event)
            return replace(facts, offers={**facts.offers, offer: made}) if made else facts
        case e.NpsAnswered():
            key = survey_key(event)
            return replace(facts, answers={**facts.answers, key: content_of(event)}) if key else facts
        case e.ConsentGiven(purpose=purpose) | e.ConsentWithdrawn(purpose=purpose):
            consents = _consents_after(facts.consents.get(purpose, {}), event, at)
            return replace(facts, consents={**facts.consents, purpose: consents})
        case e.DateRecorded(name=name):
            annual = AnnualDay(event.day, event.month, event.year, event.lunar)
            return replace(facts, dates={**facts.dates, name: annual})
        case e.DateRemoved(name=name):
            return replace(facts, dates={known: day for known, day in facts.dates.items() if known != name})
        case e.CheckInRecorded() | e.CustomerNoteAdded() | e.ActivityRecorded():
            return facts
        case _:
            assert_never(event)


def content_of(message: Message) -> str:
    """A digest of what an event or a command says: equal for a repetition."""
    content = message.model_dump_json(exclude={"occurred_at", "reason"}).encode()
    return blake2b(content, digest_size=8).hexdigest()


def consent_content(event: e.ConsentGiven | e.ConsentWithdrawn) -> str:
    """A digest of what is said of each channel."""
    return content_of(event.model_copy(update={"channels": ()})) if isinstance(event, e.ConsentGiven) else ""


def survey_key(answer: e.NpsAnswered) -> str | None:
    """What an answer belongs to: a ticket or a wave; None when neither is known."""
    return str(answer.ticket) if answer.ticket else answer.wave


def consent_to(consents: Mapping[str, Consent], channel: str) -> Consent | None:
    """What the customer said last that covers a channel; None: nothing."""
    covering = [consent for consent in (consents.get(channel), consents.get(EVERY_CHANNEL)) if consent]
    return max(covering, key=lambda consent: consent.since, default=None)


def _purchase_after(
    known: Purchase | None,
    event: e.PurchaseRecorded | e.PurchaseCorrected | e.PurchaseReturned | e.PurchaseServiced,
) -> Purchase | None:
    match event:
        case e.PurchaseRecorded(total=total, currency=currency):
            return Purchase(content_of(event), total, currency)
        case e.PurchaseCorrected(total=total, currency=currency):
            before = known or Purchase("", 0, currency)
            return before._replace(content=content_of(event), total=total, currency=currency)
        case e.PurchaseReturned(total=total, whole=whole):
            return known and known._replace(returned=known.returned + total, whole=known.whole or whole)
        case e.PurchaseServiced(on=on):
            return known and known._replace(serviced=(*known.serviced, on))


def _offer_after(known: Offer | None, event: e.OfferMade | e.OfferAccepted | e.OfferDeclined) -> Offer | None:
    match event:
        case e.OfferMade():
            return Offer(content_of(event), event.currency)
        case e.OfferAccepted(value=value):
            return known and known._replace(state="accepted", agreed=value)
        case e.OfferDeclined():
            return known and known._replace(state="declined", agreed=None)


def _consents_after(
    consents: dict[str, Consent], event: e.ConsentGiven | e.ConsentWithdrawn, at: datetime
) -> dict[str, Consent]:
    """A word about every channel replaces those about single ones; a late one replaces nothing newer."""
    now = Consent(isinstance(event, e.ConsentGiven), at, consent_content(event))
    if event.channels:
        newer = {channel: now for channel in event.channels if channel not in consents or consents[channel].since <= at}
        return {**consents, **newer}
    older = consents.get(EVERY_CHANNEL)
    kept = {channel: known for channel, known in consents.items() if known.since > at}
    return kept if older and older.since > at else {**kept, EVERY_CHANNEL: now}
