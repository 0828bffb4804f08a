"""The decider of a ticket: events, no events when what the command wants is already so, or a refusal."""

from datetime import datetime
from typing import assert_never

from domain.command_context import Actor
from domain.holder import Holder
from domain.refusal import Refusal
from domain.text_folding import fold_code, same_name
from domain.ticket import commands as c
from domain.ticket import events as e
from domain.ticket.state import Ticket

TicketEvents = list[e.TicketEvent]
ENDING_A_STATE: frozenset[type[e.TicketEvent]] = frozenset(
    {
        e.WorkStarted, e.WorkStopped, e.TicketPutOnHold, e.WorkResumed, e.TicketResolved, e.TicketReopened,
        e.TicketClosed, e.TicketCancelled, e.TicketMerged, e.MergeUndone,
    }
)  # fmt: skip


def decide(command: c.TicketCommand, ticket: Ticket, by: Actor) -> TicketEvents:
    """The events of a command that ``by`` gives; an empty list when what it wants is already so.

    Raises Refusal when a rule forbids it in the ticket's state.
    """
    decision = _decide(command, ticket, by)
    if not isinstance(command, c.ReceiveMessage):
        must_not_precede(ticket, decision, command.occurred_at)
    return decision


def _decide(command: c.TicketCommand, ticket: Ticket, by: Actor) -> TicketEvents:  # noqa: C901, PLR0911, PLR0912 -- one case a command
    must_exist(ticket)
    match command:
        case c.ChangeSubject(subject=subject):
            return [] if ticket.subject == subject else [e.SubjectChanged(subject=subject)]
        case c.CategoriseTicket(category=category):
            must_be_open(ticket, "categorised")
            return [] if same_name(ticket.category, category) else [e.TicketCategorised(category=category)]
        case c.PrioritiseTicket(priority=priority):
            must_be_open(ticket, "prioritised")
            return [] if ticket.priority == priority else [e.TicketPrioritised(priority=priority)]
        case c.AssignTicket():
            return _assign(command, ticket)
        case c.StartWork():
            return _start(ticket, by)
        case c.PutOnHold():
            return _put_on_hold(command, ticket)
        case c.ResumeWork():
            return _resume(ticket)
        case c.ReceiveMessage():
            return _receive_message(command, ticket)
        case c.SendReply(body=body, channel=channel, automated=automated):
            must_be_open(ticket, "answered")
            return [e.ReplySent(body=body, channel=channel, automated=automated)]
        case c.AddNote(body=body):
            return [e.NoteAdded(body=body)]
        case c.EscalateTicket(to=to, level=level):
            must_be_open(ticket, "escalated")
            before, reached = ticket.escalation or (None, 0)
            same = same_name(before, to) and reached == level
            return [] if same else [e.TicketEscalated(to=to, level=level)]
        case c.LogEffort(agent=agent, kind=kind, seconds=seconds):
            if ticket.state == "merged":
                raise refusal(ticket, "ticket_merged", "log effort on the ticket that goes on")
            return [e.EffortLogged(agent=agent, kind=kind, seconds=seconds)]
        case c.ResolveTicket():
            return _resolve(command, ticket)
        case c.ReopenTicket():
            return _reopen(ticket)
        case c.CloseTicket(closed_by=closed_by):
            return _close(ticket, closed_by)
        case c.CancelTicket():
            return _cancel(command, ticket)
        case c.RateSatisfaction():
            return _rate(command, ticket)
        case _:
            assert_never(command)


def occurred(event: e.TicketEvent, ticket: Ticket, at: datetime) -> datetime:
    """The instant of an event of a command ``at``: an event that ends a state is not earlier than the state's start.

    A customer's message that is recorded late may be older than the hold or the resolution that it ends. The message
    keeps its own instant; the events that follow from it do not. Clocks that differ have the same effect.
    """
    if type(event) in ENDING_A_STATE and ticket.since is not None:
        return max(at, ticket.since)
    return at


def must_not_precede(ticket: Ticket, decision: TicketEvents, at: datetime | None) -> None:
    """Raises Refusal when an event that ends the present state is dated before the start of that state."""
    if at is None or ticket.since is None or at >= ticket.since:
        return
    if any(type(event) in ENDING_A_STATE for event in decision):
        rule = f"occurred_at lies before the state that it would end began ({ticket.since.isoformat()})"
        raise refusal(ticket, "precedes_what_it_ends", rule)


def must_exist(ticket: Ticket) -> None:
    """Raises Refusal when the ticket was not received."""
    if ticket.state == "none":
        raise refusal(ticket, "ticket_unknown", "there is no such ticket; receive it first")


def must_be_open(ticket: Ticket, done: str) -> None:
    """Raises Refusal when the ticket is not open; ``done`` says what cannot be done to it."""
    if not ticket.is_open:
        raise refusal(ticket, "ticket_not_open", f"only an open ticket can be {done}")


def refusal(ticket: Ticket, code: str, rule: str) -> Refusal:
    """The refusal of a command in the ticket's state; for a merged ticket it names the one that goes on."""
    if ticket.state == "merged" and ticket.merged_into is not None:
        rule = f"{rule}; it was merged into {ticket.merged_into}"
        return Refusal(code, rule, ticket.state, merged_into=ticket.merged_into)
    return Refusal(code, rule, ticket.state)


def _assign(command: c.AssignTicket, ticket: Ticket) -> TicketEvents:
    must_be_open(ticket, "assigned")
    holder = Holder(ticket.team, ticket.agent).after(command)
    return [] if holder is None else [e.TicketAssigned(team=holder.team, agent=holder.agent)]


def decide_routing(command: c.AssignByRouting, ticket: Ticket) -> TicketEvents:
    """The assignment that routing chose; nothing when it is so already.

    Routing fills in an agent where the ticket has none, and replaces an agent that it chose itself. Anything else it
    proposes, once. Raises Refusal for a ticket that is not open.
    """
    must_exist(ticket)
    must_be_open(ticket, "assigned")
    team, agent = command.team, command.agent
    same_team = ticket.team is None or same_name(ticket.team, team)
    if same_name(ticket.team, team) and same_name(ticket.agent, agent):
        return []
    if same_team and (ticket.agent is None or ticket.routed):
        return [e.TicketAssigned(team=team, agent=agent, routing=command.routing)]
    proposed, whom = ticket.proposal or (None, None)
    if same_name(proposed, team) and same_name(whom, agent):
        return []
    return [e.AssignmentProposed(team=team, agent=agent, routing=command.routing)]


def _start(ticket: Ticket, by: Actor) -> TicketEvents:
    if ticket.state == "in_progress":
        return []
    if ticket.state not in {"received", "assigned"}:
        raise refusal(ticket, "work_not_startable", "work starts on a received or assigned ticket")
    if ticket.agent is not None:
        return [e.WorkStarted()]
    if by.kind != "agent":
        raise refusal(ticket, "ticket_unassigned", "assign the ticket to an agent, or let an agent start")
    return [e.TicketAssigned(team=ticket.team, agent=by.id), e.WorkStarted()]


def _put_on_hold(command: c.PutOnHold, ticket: Ticket) -> TicketEvents:
    """A ticket that waits for the same already may wait until another instant."""
    waits = ticket.state == "waiting" and ticket.waiting_for == command.waiting_for
    if waits and ticket.hold_until == command.until:
        return []
    if not waits and ticket.state not in {"assigned", "in_progress"}:
        rule = "only an assigned ticket or one in progress can be put on hold; resume a waiting one first"
        raise refusal(ticket, "not_holdable", rule)
    return [e.TicketPutOnHold(waiting_for=command.waiting_for, until=command.until)]


def _resume(ticket: Ticket) -> TicketEvents:
    if ticket.state == "in_progress":
        return []
    if ticket.state != "waiting":
        raise refusal(ticket, "not_waiting", "only a waiting ticket can be resumed")
    return [e.WorkResumed()]


def _receive_message(command: c.ReceiveMessage, ticket: Ticket) -> TicketEvents:
    message = e.MessageReceived(body=command.body, channel=command.channel)
    match ticket.state:
        case "merged":
            raise refusal(ticket, "ticket_merged", "send the message to the ticket that goes on")
        case "cancelled":
            raise refusal(ticket, "ticket_cancelled", "a cancelled ticket takes no messages; receive a new ticket")
        case "closed":
            rule = "a closed ticket takes no messages; receive a follow-up ticket for the same customer"
            raise refusal(ticket, "ticket_closed_follow_up", rule)
        case "resolved":
            return [message, e.TicketReopened()]
        case "waiting" if ticket.waiting_for == "customer":
            return [message, e.WorkResumed()]
        case _:
            return [message]


def _resolve(command: c.ResolveTicket, ticket: Ticket) -> TicketEvents:
    if ticket.state == "resolved":
        text, code = ticket.resolution or ("", "")
        if text == command.resolution and fold_code(code) == fold_code(command.code):
            return []
        rule = "the ticket is resolved already, with another text or code; reopen it first, or add a note"
        raise refusal(ticket, "already_resolved", rule)
    must_be_open(ticket, "resolved")
    return [e.TicketResolved(resolution=command.resolution, code=command.code)]


def _reopen(ticket: Ticket) -> TicketEvents:
    if ticket.state not in {"resolved", "closed"}:
        raise refusal(ticket, "ticket_not_resolved", "only a resolved or closed ticket can be reopened")
    return [e.TicketReopened()]


def _close(ticket: Ticket, closed_by: str) -> TicketEvents:
    if ticket.state == "closed":
        return []
    if ticket.state != "resolved":
        raise refusal(ticket, "ticket_not_resolved", "resolve the ticket before closing it")
    return [e.TicketClosed(closed_by=closed_by)]


def _cancel(command: c.CancelTicket, ticket: Ticket) -> TicketEvents:
    if ticket.state == "cancelled":
        if ticket.cancelled_as == command.cancelled_as:
            return []
        rule = f"the ticket is cancelled already, as {ticket.cancelled_as}; add a note"
        raise refusal(ticket, "already_cancelled", rule)
    must_be_open(ticket, "cancelled")
    return [e.TicketCancelled(**command.facts())]


def _rate(command: c.RateSatisfaction, ticket: Ticket) -> TicketEvents:
    """A rating counts for the resolution that held when it was given, however late it is recorded."""
    index = ticket.span_at(command.occurred_at)
    if index is None:
        raise refusal(ticket, "ticket_not_resolved", "satisfaction is rated once the ticket is resolved")
    if ticket.resolved[index].rating == (command.score, command.comment):
        return []
    return [e.SatisfactionRated(**command.facts())]
