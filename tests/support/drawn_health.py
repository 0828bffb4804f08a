"""Facts by which customers are well or unwell, drawn at random with definitions that change: health and a segment.

Facts of customers, contracts and tickets stand beside usage with limits, check-ins and surveys.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.command_context import Actor
from domain.customer.facts.commands import RecordCheckIn
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.messages import Command
from domain.notification import commands as n
from domain.notification import sending as s
from domain.notification.state import notification_stream
from domain.usage.commands import RecordUsage
from tests.support import drawn_facts, drawn_tickets
from tests.support.drawn_facts import LONG_AGO, Draw, Drawn, hand_in
from tests.support.drawn_tickets import TicketDraw

SENDER = Actor(id="sender", kind="system")
SEGMENT = "Khách tốt"


def _day(month: int, day: int, year: int = 2021) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def _line(*points: tuple[float, float]) -> list[dict[str, float]]:
    return [{"value": value, "points": given} for value, given in points]


HEALTH: tuple[tuple[datetime, dict[str, Any]], ...] = (
    (
        LONG_AGO,
        {
            "measures": [
                {"measure": "usage", "weight": 20, "thresholds": _line((0, 0), (50, 30), (100, 100))},
                {"measure": "tickets", "weight": 20, "days": 90, "thresholds": _line((0, 100), (3, 70), (10, 0))},
                {"measure": "satisfaction", "weight": 20, "days": 60, "thresholds": _line((0, 0), (100, 100))},
                {"measure": "contact", "weight": 20, "scale": "steps", "thresholds": _line((0, 100), (9, 50), (31, 0))},
                {"measure": "contract", "weight": 20, "thresholds": _line((0, 0), (30, 40), (90, 100))},
            ],
            "bands": [{"name": "red", "below": 40}, {"name": "amber", "below": 70}, {"name": "green"}],
            "least_coverage": 40,
        },
    ),
    (
        _day(12, 20, 2020),
        {
            "measures": [
                {"measure": "usage_of_limit", "weight": 25, "days": 20, "thresholds": _line((10, 0), (80, 100))},
                {"measure": "tickets", "weight": 35, "days": 45, "scale": "steps",
                 "thresholds": _line((0, 90), (1, 60), (4, 5))},
                {"measure": "satisfaction", "weight": 40, "days": 120, "thresholds": _line((40, 0), (90, 100))},
            ],
            "bands": [{"name": "poor", "below": 55}, {"name": "fine"}],
            "least_coverage": 60,
        },
    ),
)  # fmt: skip
"""The versions of health, each with the instant from which it is in effect."""
ELIGIBLE: tuple[tuple[datetime, dict[str, Any]], ...] = (
    (LONG_AGO, {"field": "tier", "value": ["gold"]}),
    (
        _day(12, 15, 2020),
        {
            "any": [
                {"field": "purchases", "days": 40, "comparison": "at_least", "value": 1},
                {"field": "nps", "comparison": "at_least", "value": 8},
            ]
        },
    ),
    (
        _day(2, 10),
        {
            "all": [
                {"not": {"field": "open_tickets", "comparison": "above", "value": 1}},
                {
                    "any": [
                        {"field": "contract_in_force", "value": True},
                        {"field": "band", "value": ["Fine"]},
                        {"field": "usage", "days": 45, "metric": "logins", "comparison": "above", "value": 4},
                    ]
                },
            ]
        },
    ),
    (_day(4, 3), {"field": "days_since_contact", "comparison": "at_most", "value": 20}),
)
"""The versions of the segment of those to whom offers can be made."""
NOT_YET = _day(11, 5, 2020)
"""Until then everybody can be made an offer."""


def record(dsn: str, seed: int, number: int) -> None:
    """Records so many drawn facts."""
    draw = HealthDraw(random.Random(seed))  # noqa: S311 -- no secret
    hand_in(dsn, [*published(), *drawn_facts.registered(draw), *drawn(draw, number)])


def published() -> Iterator[Drawn]:
    yield from drawn_tickets.published()
    rules: list[dict[str, Any]] = [
        {"valid_days": drawn_facts.VALID_DAYS},
        {"valid_days": drawn_facts.VALID_DAYS, "eligible": SEGMENT},
    ]
    bodies: list[tuple[str, str, datetime, dict[str, Any]]] = [
        ("upselling", "tenant", LONG_AGO, rules[0]),
        ("upselling", "tenant", NOT_YET, rules[1]),
    ]
    bodies += [("health", "tenant", since, body) for since, body in HEALTH]
    bodies += [("segment", SEGMENT, since, {"members": members}) for since, members in ELIGIBLE]
    for kind, name, since, body in bodies:
        command = PublishDefinition(kind=kind, name=name, effective_from=since, body=body, reason="decided")
        yield Drawn(definition_stream(kind, name), command)


class HealthDraw(TicketDraw):
    """Draws what happens to customers, and the surveys about their tickets."""

    surveys = 0


def drawn(draw: HealthDraw, number: int) -> Iterator[Drawn]:
    chance = draw.chance
    for _ in range(number):
        if chance.random() < 0.5:
            yield from drawn_tickets.drawn_tickets(draw, 1)
        elif chance.random() < 0.5:
            yield from drawn_facts.drawn_facts_of_customers(draw, 1)
        else:
            kinds = [_use, _check_in, _survey, drawn_facts.sign, drawn_facts.go_on]
            yield from chance.choices(kinds, [2, 1, 3, 2, 3])[0](draw)


def _use(draw: Draw) -> Iterator[Drawn]:
    chance = draw.chance
    used = RecordUsage(
        product="crm", metric=chance.choice(["logins", "Logins", "seats"]), day=draw.day(),
        value=chance.choice([0.0, 3.0, 5.0, 9.0]), limit=chance.choice([None, 10.0]), occurred_at=draw.at(),
    )  # fmt: skip
    yield Drawn(chance.choice(draw.customers), used)


def _check_in(draw: Draw) -> Iterator[Drawn]:
    yield Drawn(draw.chance.choice(draw.customers), RecordCheckIn(channel="phone", summary="s", occurred_at=draw.at()))


def _survey(draw: HealthDraw) -> Iterator[Drawn]:
    """A survey about a ticket, what becomes of it, and perhaps a rating."""
    if not draw.tickets:
        return
    chance, draw.surveys = draw.chance, draw.surveys + 1
    key, ticket = f"survey {draw.surveys}", draw.a_ticket()
    at = draw.alone(draw.last[ticket] + timedelta(hours=chance.choice([-30, 1, 20, 170])))
    request = n.RequestNotification(
        to_kind="customer", to=str(chance.choice(draw.customers)), channel=chance.choice(["email", "sms"]),
        purpose="survey", template="csat", template_version=0, data=dict.fromkeys(_NAMED, "x"),
        about=ticket, about_kind="ticket", dedupe_key=key, occurred_at=at,
    )  # fmt: skip
    commands: list[Command] = [request, *chance.choice(_ENDS)]
    for command in commands:
        yield Drawn(notification_stream(key), command.model_copy(update={"occurred_at": at}), SENDER)
        at = draw.alone(at + timedelta(hours=chance.choice([1, 30, 200])))
    draw.last[ticket] = max(draw.last[ticket], at)
    yield from drawn_tickets.rated(draw, ticket)


_NAMED = ("customer_name", "tenant", "ticket_reference", "ticket_subject")
"""What the text of a survey names."""
_START, _TAKEN = s.StartAttempt(attempt=1), s.RecordHandOver(attempt=1)
_ENDS: tuple[tuple[Command, ...], ...] = (
    (),
    (s.SuppressNotification(why="no_consent"),),
    (_START, _TAKEN),
    (_START, _TAKEN),
    (_START, _TAKEN, n.RecordDelivery(status="delivered")),
    (_START, _TAKEN, n.RecordDelivery(status="bounced")),
    (_START, s.RecordFailure(attempt=1, why="unreachable")),
    (_START, s.RecordFailure(attempt=1, why="window_closed", permanent=True)),
    (_START, s.RecordUncertain(attempt=1)),
    (_START, s.RecordUncertain(attempt=1), _TAKEN),
    (_START, s.RecordUncertain(attempt=1), s.SuppressNotification(why="no_consent")),
    (_START, s.RecordUncertain(attempt=1), s.StartAttempt(attempt=2), s.RecordFailure(attempt=2, why="unreachable"),
     s.SuppressNotification(why="expired")),
    (_START, s.RecordFailure(attempt=1, why="x", permanent=True), n.RequestResend(), s.StartAttempt(attempt=2),
     s.RecordHandOver(attempt=2)),
)  # fmt: skip
"""What becomes of a notification. An uncertain e-mail is tried again, an uncertain SMS is not."""
