"""How many surveys that reached a customer were answered, in plain Python over exported events."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.notification import events as n
from domain.ticket import events as t
from tests.support.plain_desk_ticket import DeskTicket
from tests.support.plain_events import Fact
from tests.support.plain_health import PlainHealth
from tests.support.plain_periods import Span
from tests.support.plain_ticket import LEFT_OUT, WEEK, Move

REACHED = ("handed_over", "delivered")


class Survey(NamedTuple):
    """A survey with its outcome, and the instant of it."""

    id: UUID
    ticket: DeskTicket
    requested_at: datetime
    outcome: str
    at: datetime

    @property
    def resolution(self) -> Move | None:
        """The resolution that it asks about."""
        before = [each for each in self.ticket.resolutions if each.at <= self.requested_at]
        return before[-1] if before else None

    @property
    def first_rating(self) -> datetime | None:
        """When that resolution was rated first."""
        after = self.ticket.moves[self.ticket.moves.index(self.resolution) :] if self.resolution else []
        for number, move in enumerate(after):
            if number and move in self.ticket.resolutions:
                return None
            if isinstance(move.payload, t.SatisfactionRated):
                return move.at
        return None


class PlainSurveys(PlainHealth):
    """What becomes of surveys."""

    def _surveys(self) -> Iterator[Survey]:
        tickets = {ticket.id: ticket for ticket in self.tickets}
        for stream, history in self.streams.items():
            request = history[0].payload
            if isinstance(request, n.NotificationRequested) and request.purpose == "survey":
                outcome, at = _end(history[1:])
                if outcome is not None and at is not None and request.about in tickets:
                    yield Survey(stream, tickets[request.about], history[0].occurred_at, outcome, at)

    def delivered_response_rate(self, _span: Span) -> Iterator[Fact]:
        counted: set[tuple[UUID, Move]] = set()
        for survey in sorted(self._surveys(), key=lambda survey: (survey.at, survey.id)):
            ticket, resolution, rated = survey.ticket, survey.resolution, survey.first_rating
            left_out = None
            if survey.outcome not in REACHED:
                left_out = survey.outcome
            elif resolution is None:
                left_out = "unresolved"
            elif (ticket.id, resolution) in counted:
                left_out = "asked_again"
            elif rated is not None and rated < survey.at:
                left_out = "rated_before"
            elif ticket.outcome in LEFT_OUT:
                left_out = ticket.outcome
            if survey.outcome in REACHED and resolution is not None:
                counted.add((ticket.id, resolution))
            answered = rated is not None and survey.at <= rated <= survey.at + WEEK
            final = answered or survey.at + WEEK < self.now
            more = [
                name for name, holds in (("answered", answered), ("confirmed", survey.outcome == "delivered")) if holds
            ]
            of = ticket.of_move(-1) if resolution is None else ticket.of_resolution(resolution)
            yield self.fact(ticket, survey.at, ("delivered", *more), left_out, of=of, final=final)


def _end(history: Sequence[RecordedEvent]) -> tuple[str | None, datetime | None]:
    """What became of a notification, and when; None while something follows by itself."""
    outcome, at, was_uncertain = None, None, False
    for event in history:
        match event.payload:
            case n.NotificationSuppressed():
                outcome, at = "uncertain" if was_uncertain else "suppressed", event.occurred_at
            case n.NotificationHandedOver():
                outcome, at = "handed_over", event.occurred_at
            case n.NotificationDelivered():
                at = at if outcome == "handed_over" else event.occurred_at
                outcome = "delivered"
            case n.NotificationFailed(permanent=True):
                outcome, at = "undeliverable", event.occurred_at
            case n.NotificationUncertain(retry_at=retry_at):
                was_uncertain = True
                outcome, at = (None, None) if retry_at else ("uncertain", event.occurred_at)
            case n.ResendRequested():
                outcome, at, was_uncertain = None, None, False
            case _:
                outcome, at = None, None
    return outcome, at
