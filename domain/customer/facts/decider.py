"""The decider of a customer's facts: events, no events when what the command wants is already so, or a refusal."""

from typing import assert_never
from uuid import UUID

from domain.customer.decider import must_be_registered
from domain.customer.facts import commands as c
from domain.customer.facts import events as e
from domain.customer.facts import purchases
from domain.customer.facts.activity_claim import ActivityClaim
from domain.customer.facts.state import (
    EVERY_CHANNEL,
    AnnualDay,
    CustomerFacts,
    Offer,
    consent_content,
    consent_to,
    content_of,
    survey_key,
)
from domain.customer.state import Customer
from domain.refusal import Refusal
from domain.text_folding import as_known

FactEvents = list[e.CustomerFact]


def decide(command: c.FactCommand, customer: Customer, facts: CustomerFacts) -> FactEvents:  # noqa: PLR0911 -- one case a command
    """The events of a command; an empty list when what it wants is already so. Raises Refusal."""
    must_be_registered(customer)
    match command:
        case c.RecordPurchase() | c.CorrectPurchase() | c.ReturnPurchase() | c.ServicePurchase():
            known_as = as_known(command.purchase_id, facts.purchases)
            spelled = command.model_copy(update={"purchase_id": known_as})
            return purchases.decide(spelled, facts.purchases.get(known_as))
        case c.MakeOffer() | c.AcceptOffer() | c.DeclineOffer():
            return _decide_offer(command, facts)
        case c.AnswerNps():
            answer = e.NpsAnswered(**command.facts())
            key = survey_key(answer)
            return [] if key and facts.answers.get(key) == content_of(answer) else [answer]
        case c.RecordCheckIn():
            return [e.CheckInRecorded(**command.facts())]
        case c.AddCustomerNote():
            return [e.CustomerNoteAdded(**command.facts())]
        case c.GiveConsent() | c.WithdrawConsent():
            return _decide_consent(command, facts)
        case c.RecordDate():
            name = as_known(command.name, facts.dates)
            annual = AnnualDay(command.day, command.month, command.year, command.lunar)
            return [] if facts.dates.get(name) == annual else [e.DateRecorded(**command.facts() | {"name": name})]
        case c.RemoveDate():
            name = as_known(command.name, facts.dates)
            return [e.DateRemoved(name=name)] if name in facts.dates else []
        case _:
            assert_never(command)


def decide_activity(
    command: c.RecordActivity, customer_id: UUID, customer: Customer, claim: ActivityClaim
) -> tuple[FactEvents, list[e.ActivityClaimEvent]]:
    """The events of the customer and of the activity's claim, to be recorded in one transaction. Raises Refusal.

    The first record counts: the same fact again, also of another customer after a merge, stays quiet.
    """
    must_be_registered(customer)
    if claim.customer is not None:
        return [], []
    return [e.ActivityRecorded(**command.facts())], [e.ActivityClaimed(customer_id=customer_id)]


def _decide_offer(command: c.MakeOffer | c.AcceptOffer | c.DeclineOffer, facts: CustomerFacts) -> FactEvents:
    offer_id = as_known(command.offer_id, facts.offers)
    command, offer = command.model_copy(update={"offer_id": offer_id}), facts.offers.get(offer_id)
    if isinstance(command, c.MakeOffer):
        return _make_offer(e.OfferMade(**command.facts()), offer)
    if offer is None:
        raise Refusal("offer_unknown", "there is no such offer to this customer; make it first", "none")
    if isinstance(command, c.AcceptOffer):
        if command.value is not None and offer.currency is None:
            raise Refusal("value_without_currency", "the offer has no value and no currency", offer.state)
        if offer.state == "open":
            return [e.OfferAccepted(**command.facts())]
        if offer.state == "accepted" and offer.agreed == command.value:
            return []
    elif offer.state == "open":
        return [e.OfferDeclined(offer_id=command.offer_id)]
    elif offer.state == "declined":
        return []
    raise Refusal("offer_answered", f"the offer is {offer.state} already; make a new one", offer.state)


def _make_offer(made: e.OfferMade, known: Offer | None) -> FactEvents:
    if known is None:
        return [made]
    if known.content == content_of(made):
        return []
    raise Refusal("offer_exists", "an offer with this id was made, with another content; use a new id", known.state)


def _decide_consent(command: c.GiveConsent | c.WithdrawConsent, facts: CustomerFacts) -> FactEvents:
    event = (
        e.ConsentGiven(**command.facts())
        if isinstance(command, c.GiveConsent)
        else e.ConsentWithdrawn(**command.facts())
    )
    wanted = (isinstance(event, e.ConsentGiven), consent_content(event))
    consents = facts.consents.get(command.purpose, {})
    if not command.channels and set(consents) - {EVERY_CHANNEL}:
        return [event]  # it also ends what was said of single channels
    for channel in command.channels or (EVERY_CHANNEL,):
        known = consent_to(consents, channel)
        earlier = known is not None and command.occurred_at is not None and command.occurred_at < known.since
        if known is None or earlier or known[::2] != wanted:
            return [event]
    return []
