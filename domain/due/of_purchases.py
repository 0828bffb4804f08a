"""What becomes due of a customer's purchases: services, warranties, the next purchase.

A purchase stands where it was recorded: of a customer who was merged its service, its warranty and the next purchase
are due as before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Annotated, NamedTuple

from pydantic import Field

from domain.customer.facts import events as f
from domain.days import months_later
from domain.due.due_function import DueFunction, History
from domain.due.instance import Bought, DueInstance, identity_of
from domain.due.of_customers import ANY_TIER, CUSTOMER
from domain.due.schedule import DayCounts, at_wall
from domain.due.time_context import TimeContext
from domain.messages import Message, WallTime, Word
from domain.personal_data.declaration import is_lost
from domain.template.placeholders import day_text
from domain.text_folding import fold_name

ANY_PRODUCT = ANY_TIER
LEAST_PURCHASES = 3
"""From so many purchases of a product on the customer's own interval counts."""
_DAY = timedelta(days=1)


class _Purchase(NamedTuple):
    """What is left of a purchase: its local day, what it says, and its services in order."""

    bought_on: date
    payload: f.PurchaseRecorded | f.PurchaseCorrected
    serviced: tuple[date, ...] = ()

    @property
    def items(self) -> list[f.PurchasedItem]:
        """Its items, without those whose data key is lost."""
        return [item for item in self.payload.items if not is_lost(item.name)]

    @property
    def product(self) -> str:
        """The names of its items."""
        return ", ".join(item.name for item in self.items)


class Maintenance(Message):
    """So many local days before a service of a purchase is due."""

    days: DayCounts = (14,)
    time: WallTime = "09:00"


def _maintenance(history: History, parameters: Maintenance, context: TimeContext) -> Iterator[DueInstance]:
    """The next service, counted from the last one or the purchase; until it is done, or the purchase returned."""
    for purchase_id, purchase in _purchases(history, context).items():
        if purchase.payload.service_every is None:
            continue
        base = max([purchase.bought_on, *purchase.serviced])
        day = months_later(base, purchase.payload.service_every, base.day)
        number = len(purchase.serviced) + 1
        for days in parameters.days:
            due_at = at_wall(day - days * _DAY, parameters.time, context)
            values = {"purchase": purchase_id, "product": purchase.product, "day": day_text(day)}
            yield DueInstance(identity_of("service", purchase_id, number, days), due_at, placeholders=values)


class Warranty(Message):
    """So many local days before the last day of a warranty."""

    days: DayCounts = (14,)
    time: WallTime = "09:00"


def _warranty(history: History, parameters: Warranty, context: TimeContext) -> Iterator[DueInstance]:
    """Unless the purchase is returned."""
    for purchase_id, purchase in _purchases(history, context).items():
        until = purchase.payload.warranty_until
        if until is None:
            continue
        for days in parameters.days:
            due_at = at_wall(until - days * _DAY, parameters.time, context)
            values = {"purchase": purchase_id, "product": purchase.product, "ends_on": day_text(until)}
            yield DueInstance(identity_of("warranty", purchase_id, days), due_at, placeholders=values)


class Repurchase(Message):
    """``products`` says the usual days between purchases of a product by its sku or name; ``*`` is for the others.

    They count where the customer has bought a product less than three times. Of a product that is not named they are
    the median over all customers. Within ``rest_days`` after the customer declined an offer nothing is due.
    """

    products: dict[Word, Annotated[int, Field(strict=True, ge=1, le=3650)]] = Field(default={}, max_length=1000)
    rest_days: Annotated[int, Field(strict=True, ge=0, le=3650)] = 180
    time: WallTime = "09:00"


def _repurchase(history: History, parameters: Repurchase, context: TimeContext) -> Iterator[DueInstance]:
    """The median of the customer's intervals after the last purchase of each product, until the product is bought.

    A request that is about to be sent was due, so it needs no interval any more; an offer that was declined ends it.
    """
    rest = timedelta(days=parameters.rest_days)
    declined = [event.occurred_at for event in history if isinstance(event.payload, f.OfferDeclined)]
    usual = {fold_name(product): days for product, days in parameters.products.items()}
    for product, purchases in purchases_by_product(history, context).items():
        last_day, last_purchase = purchases[-1]
        days: float | None = usual.get(product, usual.get(ANY_PRODUCT, context.usual_intervals.get(product)))
        if len(purchases) >= LEAST_PURCHASES:
            days = median((later - earlier).days for (earlier, _), (later, _) in pairwise(purchases))
        due_at = at_wall(last_day + round(days) * _DAY, parameters.time, context) if days else None
        judged_at = context.sending_at or due_at
        if judged_at is None or any(judged_at - rest < at <= judged_at for at in declined):
            continue
        values = {"purchase": last_purchase, "product": product}
        identity, bought = identity_of("purchase", last_purchase, product), Bought(product, last_day, last_purchase)
        yield DueInstance(identity, due_at or judged_at, placeholders=values, bought=bought)


def purchases_by_product(history: History, context: TimeContext) -> dict[str, list[tuple[date, str]]]:
    """The local days on which a customer bought each product, by its folded sku or name, in order, with the ids."""
    bought: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    for purchase_id, purchase in _purchases(history, context).items():
        for product in {fold_name(item.sku or item.name) for item in purchase.items}:
            bought[product].append((purchase.bought_on, purchase_id))
    return {product: sorted(purchases) for product, purchases in bought.items()}


def is_bought_later(bought: Bought, histories: Iterable[History], context: TimeContext) -> bool:
    """Whether any of these customers bought the product behind a purchase of it."""
    of_others = (purchases_by_product(history, context).get(bought.product, []) for history in histories)
    return any(purchase > (bought.on, bought.purchase) for purchases in of_others for purchase in purchases)


def _purchases(history: History, context: TimeContext) -> dict[str, _Purchase]:
    """The purchases of a customer that are not returned as a whole, by id."""
    purchases: dict[str, _Purchase] = {}
    for event in history:
        match event.payload:
            case f.PurchaseRecorded(purchase_id=purchase_id):
                purchases[purchase_id] = _Purchase(context.local_day(event.occurred_at), event.payload)
            case f.PurchaseCorrected(purchase_id=purchase_id) if purchase_id in purchases:
                purchases[purchase_id] = purchases[purchase_id]._replace(payload=event.payload)
            case f.PurchaseServiced(purchase_id=purchase_id, on=on) if purchase_id in purchases:
                known = purchases[purchase_id]
                purchases[purchase_id] = known._replace(serviced=(*known.serviced, on))
            case f.PurchaseReturned(purchase_id=purchase_id, whole=True):
                purchases.pop(purchase_id, None)
            case _:
                pass
    return purchases


MAINTENANCE = DueFunction(
    "maintenance", CUSTOMER, Maintenance, _maintenance, gives=frozenset({"purchase", "product", "day"})
)
WARRANTY = DueFunction("warranty", CUSTOMER, Warranty, _warranty, gives=frozenset({"purchase", "product", "ends_on"}))
REPURCHASE = DueFunction("repurchase", CUSTOMER, Repurchase, _repurchase, gives=frozenset({"purchase", "product"}))
