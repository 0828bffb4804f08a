"""What is known of a person at an instant, and what its health is measured by, in plain Python over exported events."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from statistics import fmean
from types import MappingProxyType
from typing import Any
from uuid import UUID

from domain.contract import events as c
from domain.customer import events as e
from domain.customer.facts import events as f
from domain.envelope import RecordedEvent
from domain.text_folding import fold_name
from domain.ticket import events as t
from tests.support.plain_desk_ticket import DeskTicket
from tests.support.plain_periods import DAY
from tests.support.plain_ticket import OPEN

Events = Sequence[RecordedEvent]
Used = dict[tuple[str, str], dict[date, tuple[float, float | None]]]


@dataclass(eq=False)
class KnownOf:
    """The events of a person by ``at``: those of its records, and the histories of what belongs to them."""

    person: UUID
    at: datetime
    day: date
    own: Events
    received: Sequence[Events]
    signed: Sequence[Events]
    used: Sequence[Events]
    late: Collection[UUID]

    def since(self, days: int) -> datetime:
        return self.at - days * DAY

    @cached_property
    def tickets(self) -> list[DeskTicket]:
        return [DeskTicket(history) for history in self.received]

    @cached_property
    def answers(self) -> list[tuple[datetime, float, int]]:
        """The answers to NPS: instant, points, score."""
        of = [event for event in self.own if isinstance(event.payload, f.NpsAnswered)]
        of.sort(key=lambda event: (event.occurred_at, event.position))
        return [(event.occurred_at, 10.0 * event.payload.score, event.payload.score) for event in of]

    @cached_property
    def last_contact(self) -> datetime | None:
        check_ins = [event.occurred_at for event in self.own if isinstance(event.payload, f.CheckInRecorded)]
        said = [
            event.occurred_at
            for history in self.received
            for event in history
            if isinstance(event.payload, t.TicketReceived | t.MessageReceived)
            or (isinstance(event.payload, t.ReplySent) and _is_by_a_person(event))
        ]
        return max((*check_ins, *said), default=None)

    @cached_property
    def contracts(self) -> list[tuple[date, bool]]:
        """The last day of each contract, and whether it is in force."""
        known = []
        for history in self.signed:
            if not isinstance(history[0].payload, c.ContractSigned):
                continue
            terms: list[list[date]] = []
            ended: date | None = None
            for event in history:
                payload = event.payload
                if isinstance(payload, c.ContractSigned | c.ContractRenewed):
                    terms.append([payload.starts_on, payload.ends_on])
                elif isinstance(payload, c.ContractAmended):
                    terms[-1][1] = payload.ends_on
                elif isinstance(payload, c.ContractTerminated):
                    ended = payload.on
                    terms[1:] = [term for term in terms[1:] if term[0] <= payload.on]
            in_force = any(first <= self.day <= last for first, last in terms) and (ended is None or self.day <= ended)
            last_day = max(last for _, last in terms)
            known.append((min(last_day, ended or last_day), in_force))
        return known

    @cached_property
    def usage(self) -> Used:
        """Value and limit by metric and day: the last ones of each record, of all records together."""
        together: Used = {}
        for history in self.used:
            last = {
                (fold_name(each.payload.product), fold_name(each.payload.metric), each.payload.day): each.payload
                for each in history
                if each.payload.day <= self.day
            }
            for (product, metric, day), used in last.items():
                days = together.setdefault((product, metric), {})
                value, limit = days.get(day, (0.0, None))
                limits = [each for each in (limit, used.limit) if each is not None]
                days[day] = value + used.value, sum(limits) if limits else None
        return together

    def field(self, field: str, days: int = 0, metric: str = "", **_rest: Any) -> Any:
        """What stands in a field of segments; None: nothing."""
        contact = self.last_contact
        of: dict[str, Callable[[], Any]] = {
            "tier": self._tier,
            "purchases": lambda: self._purchases(self.since(days)),
            "nps": lambda: self.answers[-1][2] if self.answers else None,
            "open_tickets": lambda: sum(ticket.moves[-1].after in OPEN for ticket in self.tickets),
            "contract_in_force": lambda: any(in_force for _, in_force in self.contracts),
            "usage": lambda: self._used(metric, self.day - days * DAY),
            "days_since_contact": lambda: None if contact is None else (self.at - contact) // DAY,
        }
        return of[field]()

    def _tier(self) -> str | None:
        tier = None
        for event in sorted(self.own, key=lambda event: (event.occurred_at, event.position)):
            if event.stream == self.person and isinstance(event.payload, e.CustomerRegistered | e.TierChanged):
                tier = event.payload.tier
        return tier

    def _used(self, metric: str, after: date) -> float | None:
        of = [
            value
            for (_, name), used in self.usage.items()
            for day, (value, _) in used.items()
            if name == metric and day > after
        ]
        return sum(of) if of else None

    def _purchases(self, since: datetime) -> int:
        bought: dict[tuple[UUID, str], datetime] = {}
        for event in self.own:
            if isinstance(event.payload, f.PurchaseRecorded):
                bought.setdefault((event.stream, event.payload.purchase_id), event.occurred_at)
        given_back = {
            (event.stream, event.payload.purchase_id) for event in self.own
            if isinstance(event.payload, f.PurchaseReturned) and event.payload.whole
        }  # fmt: skip
        return sum(at > since for purchase, at in bought.items() if purchase not in given_back)


def _is_by_a_person(event: RecordedEvent) -> bool:
    actor = event.envelope.actor
    by_a_bot = event.payload.automated or (actor.kind == "system" and not actor.on_behalf_of)
    return not by_a_bot and actor.kind != "customer"


def _usage(known: KnownOf, days: int) -> float | None:
    first = known.day - days * DAY
    percents = []
    for used in known.usage.values():
        now = sum(value for day, (value, _) in used.items() if day > first)
        before = sum(value for day, (value, _) in used.items() if first - days * DAY < day <= first)
        percents.append(round(min(100 * now / before, 200), 1) if before else 100 if now else 0)
    return _mean(percents)


def _usage_of_limit(known: KnownOf, days: int) -> float | None:
    percents = []
    for used in known.usage.values():
        of = [100 * value / limit for day, (value, limit) in used.items() if limit and day > known.day - days * DAY]
        if of:
            percents.append(round(min(fmean(of), 200), 1))
    return _mean(percents)


def _tickets(known: KnownOf, days: int) -> float | None:
    if not known.tickets:
        return None
    total = 0
    for ticket in known.tickets:
        if ticket.moves[-1].after not in {"merged", "cancelled"} and ticket.received_at > known.since(days):
            reopened = any(move.comes_back and move.before != "merged" for move in ticket.moves)
            total += 2 if reopened or ticket.id in known.late else 1
    return total


def _satisfaction(known: KnownOf, days: int) -> float | None:
    ratings = []
    for ticket in known.tickets:
        rated = [event for event in ticket.history if isinstance(event.payload, t.SatisfactionRated)]
        if rated:
            last = max(rated, key=lambda event: (event.occurred_at, event.version))
            ratings.append((last.occurred_at, 25.0 * (last.payload.score - 1)))
    answers = chain(ratings, ((at, points) for at, points, _ in known.answers))
    return _mean([points for at, points in answers if at > known.since(days)])


def _contact(known: KnownOf, _days: int) -> float | None:
    return None if known.last_contact is None else (known.at - known.last_contact) // DAY


def _contract(known: KnownOf, _days: int) -> float | None:
    left = [(last - known.day).days for last, in_force in known.contracts if in_force]
    over = any(last < known.day for last, _ in known.contracts)
    return min(left) if left else 0 if over else None


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 1) if values else None


MEASURES: Mapping[str, Callable[[KnownOf, int], float | None]] = MappingProxyType(
    {
        "usage": _usage, "usage_of_limit": _usage_of_limit, "tickets": _tickets, "satisfaction": _satisfaction,
        "contact": _contact, "contract": _contract,
    }
)  # fmt: skip


def points_of(rule: Mapping[str, Any], value: float) -> float:
    """The points of a value: on the line between two thresholds, or those of the last one that is reached."""
    reached = [each for each in rule["thresholds"] if each["value"] <= value]
    above = [each for each in rule["thresholds"] if each["value"] > value]
    if not reached:
        return float(above[0]["points"])
    low = reached[-1]
    if rule.get("scale") == "steps" or not above:
        return float(low["points"])
    share = (value - low["value"]) / (above[0]["value"] - low["value"])
    return float(low["points"] + share * (above[0]["points"] - low["points"]))
