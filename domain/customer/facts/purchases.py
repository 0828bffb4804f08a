"""The decider of a customer's purchases."""

from domain.customer.facts import commands as c
from domain.customer.facts import events as e
from domain.customer.facts.state import Purchase, content_of
from domain.refusal import Refusal

PurchaseCommand = c.RecordPurchase | c.CorrectPurchase | c.ReturnPurchase | c.ServicePurchase


def decide(command: PurchaseCommand, purchase: Purchase | None) -> list[e.CustomerFact]:
    """The events of a command to one purchase; an empty list when what it wants is already so. Raises Refusal."""
    if isinstance(command, c.RecordPurchase):
        return _record(command, purchase)
    if purchase is None:
        raise Refusal("purchase_unknown", "the customer has no such purchase; record it first", "none")
    match command:
        case c.CorrectPurchase():
            return _correct(command, purchase)
        case c.ReturnPurchase():
            return _return(command, purchase)
        case c.ServicePurchase(on=on):
            if on in purchase.serviced:
                return []
            if purchase.whole:
                raise Refusal("purchase_returned", "the purchase was returned as a whole", _state(purchase))
            return [e.PurchaseServiced(purchase_id=command.purchase_id, on=on)]


def _record(command: c.RecordPurchase, purchase: Purchase | None) -> list[e.CustomerFact]:
    recorded = e.PurchaseRecorded(**command.facts())
    if purchase is None:
        return [recorded]
    if purchase.content == content_of(recorded):
        return []
    rule = "a purchase with this id is recorded already, with another content; correct it, or use a new id"
    raise Refusal("purchase_exists", rule, _state(purchase))


def _correct(command: c.CorrectPurchase, purchase: Purchase) -> list[e.CustomerFact]:
    corrected = e.PurchaseCorrected(**command.facts())
    if purchase.content == content_of(corrected):
        return []
    if purchase.returned and purchase.currency != command.currency:
        rule = f"{purchase.returned} {purchase.currency} were given back: the currency cannot change any more"
        raise Refusal("currency_differs", rule, _state(purchase))
    if purchase.returned > command.total:
        rule = f"{purchase.returned} {purchase.currency} were given back: the total cannot be less"
        raise Refusal("returned_more_than_bought", rule, _state(purchase))
    return [corrected]


def _return(command: c.ReturnPurchase, purchase: Purchase) -> list[e.CustomerFact]:
    if purchase.whole:
        if command.whole:
            return []
        raise Refusal("purchase_returned", "the purchase was returned as a whole", _state(purchase))
    if purchase.returned + command.total > purchase.total:
        left = purchase.total - purchase.returned
        rule = f"at most {left} {purchase.currency} of the purchase are left to give back"
        raise Refusal("returned_more_than_bought", rule, _state(purchase))
    return [e.PurchaseReturned(**command.facts())]


def _state(purchase: Purchase) -> str:
    if purchase.whole:
        return "returned"
    return "partly_returned" if purchase.returned else "recorded"
