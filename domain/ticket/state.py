"""The state of a ticket that decisions need, and how each event changes it."""

from datetime import datetime
from typing import Literal, NamedTuple, assert_never, cast, get_args
from uuid import UUID

from domain.messages import Event
from domain.ticket import events as e

TicketStateName = Literal[
    "none", "received", "assigned", "in_progress", "waiting", "resolved", "closed", "merged", "cancelled"
]
OPEN: frozenset[str] = frozenset({"received", "assigned", "in_progress", "waiting"})
RESOLVED: frozenset[str] = frozenset({"resolved", "closed"})
_CHANGING: frozenset[type[Event]] = frozenset(get_args(e.ChangingEvent))
Rating = tuple[int, str | None]
"""Score and comment."""
Wait = tuple[TicketStateName, str | None, datetime | None]
"""A state with what it waits for, and until when."""


class ResolvedSpan(NamedTuple):
    """A span [since, until) in which the ticket was resolved or closed, with its last rating; None: it still is."""

    since: datetime
    until: datetime | None = None
    rating: Rating | None = None


class Owner(NamedTuple):
    """The customer of a ticket. ``organisation`` is the one that the customer belonged to when the ticket was received.

    ``candidates`` are the customers who share the address it came from, while nobody has said which of them it is.
    """

    customer: UUID
    organisation: UUID | None = None
    candidates: tuple[UUID, ...] = ()


class Ticket(NamedTuple):
    """``since`` is the instant at which the present state began in the world, ``received_at`` that of the receipt.

    ``hold_until`` is the end of the present wait that was named in advance.
    ``resolution`` is the text and code of the last resolution, ``rating`` the last rating since then. ``resolved``
    holds every span in which the ticket was resolved, oldest first. ``before_merge`` is the state and wait that an
    undone merge returns to. ``routed``: the present assignment is routing's. ``proposal`` is the team and the agent
    that routing has proposed since then.
    """

    state: TicketStateName = "none"
    since: datetime | None = None
    waiting_for: str | None = None
    hold_until: datetime | None = None
    team: str | None = None
    agent: str | None = None
    routed: bool = False
    proposal: tuple[str, str | None] | None = None
    category: str | None = None
    priority: str | None = None
    escalation: tuple[str, int] | None = None
    resolution: tuple[str, str] | None = None
    rating: Rating | None = None
    resolved: tuple[ResolvedSpan, ...] = ()
    cancelled_as: str | None = None
    merged_into: UUID | None = None
    before_merge: Wait | None = None
    received_at: datetime | None = None
    owner: Owner | None = None
    subject: str | None = None

    @property
    def is_open(self) -> bool:
        """Every state before resolved."""
        return self.state in OPEN

    def span_at(self, at: datetime | None) -> int | None:
        """The index of the span in ``resolved`` that holds ``at``; None when the ticket was not resolved then.

        While the ticket is resolved, None and instants outside every span count for the last span.
        """
        for index, span in enumerate(self.resolved):
            if at is not None and span.since <= at and (span.until is None or at < span.until):
                return index
        return len(self.resolved) - 1 if self.state in RESOLVED else None

    @property
    def holder_state(self) -> TicketStateName:
        """The state of a ticket that nobody works on: assigned when somebody holds it, else received."""
        return "assigned" if self.team is not None or self.agent is not None else "received"


def evolve(ticket: Ticket, event: Event, at: datetime) -> Ticket:
    """The ticket after one more event of its stream that happened ``at``. Total: histories that rules forbid fold too.

    Messages and their like, and what other packages record on the stream, leave the ticket as it is.
    """
    if type(event) not in _CHANGING:
        return ticket
    after = _evolve(ticket, cast("e.ChangingEvent", event), at)
    if after.state == ticket.state or (after.state in RESOLVED) == (ticket.state in RESOLVED):
        return after
    if after.state in RESOLVED:
        return after._replace(resolved=(*ticket.resolved, ResolvedSpan(at)))
    *earlier, last = ticket.resolved
    return after._replace(resolved=(*earlier, last._replace(until=at)))


def _evolve(ticket: Ticket, event: e.ChangingEvent, at: datetime) -> Ticket:  # noqa: C901, PLR0911, PLR0912 -- one case an event
    """The frequent events come first: each case before the right one takes a fifth of a microsecond."""
    match event:
        case e.TicketAssigned(team=team, agent=agent, routing=routing):
            state = ticket.state
            if state in {"received", "assigned"}:
                state = "received" if team is None and agent is None else "assigned"
            routed = routing is not None
            wait, until = ticket.waiting_for, ticket.hold_until
            return Ticket(state, ticket.since, wait, until, team, agent, routed, None, *ticket[8:])
        case e.WorkStarted() | e.WorkResumed():
            return _enter(ticket, "in_progress", at)
        case e.TicketPutOnHold(waiting_for=waiting_for, until=until):
            return _enter(ticket, "waiting", at, waiting_for, until)
        case e.TicketResolved(resolution=resolution, code=code):
            result = (resolution, code)
            return _enter(ticket, "resolved", at)._replace(resolution=result, rating=None)
        case e.TicketClosed():
            return _enter(ticket, "closed", at)
        case e.TicketReceived(category=category, priority=priority):
            return ticket._replace(
                state="received",
                since=at,
                category=category,
                priority=priority,
                received_at=at,
                owner=owner_by(event),
                subject=event.subject,
            )
        case e.CustomerCorrected():
            return ticket._replace(owner=owner_by(event))
        case e.SubjectChanged(subject=subject):
            return ticket._replace(subject=subject)
        case e.TicketCategorised(category=category):
            return ticket._replace(category=category)
        case e.TicketPrioritised(priority=priority):
            return ticket._replace(priority=priority)
        case e.AssignmentProposed(team=team, agent=agent):
            return ticket._replace(proposal=(team, agent))
        case e.TicketReopened() | e.WorkStopped():
            return _enter(ticket, ticket.holder_state, at)
        case e.TicketCancelled(cancelled_as=cancelled_as):
            return _enter(ticket, "cancelled", at)._replace(cancelled_as=cancelled_as)
        case e.TicketMerged(into=into):
            waited = (ticket.state, ticket.waiting_for, ticket.hold_until)
            before = ticket.before_merge if ticket.state == "merged" else waited
            return _enter(ticket, "merged", at)._replace(merged_into=into, before_merge=before)
        case e.MergeUndone():
            state, waited_for, until = ticket.before_merge or (ticket.holder_state, None, None)
            return _enter(ticket, state, at, waited_for, until)._replace(merged_into=None, before_merge=None)
        case e.TicketEscalated(to=to, level=level):
            return ticket._replace(escalation=(to, level))
        case e.SatisfactionRated(score=score, comment=comment):
            return _rate(ticket, (score, comment), at)
        case e.ThanksTakenBack() if ticket.state in RESOLVED and (ticket.since is None or at >= ticket.since):
            return _enter(ticket, ticket.holder_state, at)
        case e.ThanksTakenBack():
            return ticket
        case _:
            assert_never(event)


def _enter(
    ticket: Ticket,
    state: TicketStateName,
    at: datetime,
    waiting_for: str | None = None,
    until: datetime | None = None,
) -> Ticket:
    """The ticket in another state; the first fields are given by position, since every event of every fold comes here.

    `_replace` takes several times as long.
    """
    return Ticket(state, at, waiting_for, until, *ticket[4:])


def owner_by(event: e.TicketReceived | e.CustomerCorrected) -> Owner:
    """The owner that a receipt or a correction names."""
    candidates = event.candidates if isinstance(event, e.TicketReceived) else ()
    return Owner(event.customer_id, event.organisation_id, candidates)


def _rate(ticket: Ticket, rating: Rating, at: datetime) -> Ticket:
    index = ticket.span_at(at)
    if index is None:
        return ticket._replace(rating=rating)
    rated = ticket.resolved[index]._replace(rating=rating)
    return ticket._replace(rating=rating, resolved=(*ticket.resolved[:index], rated, *ticket.resolved[index + 1 :]))
