"""The decider of a ticket's conversation: promised calls, expected dates, proposed replies, thanks taken back."""

from datetime import datetime
from typing import assert_never

from domain.command_context import Actor
from domain.text_folding import same_name
from domain.ticket import commands as c
from domain.ticket import events as e
from domain.ticket.conversation.state import ConversationState, Promise, Proposal, Thanks
from domain.ticket.decider import TicketEvents, must_be_open, must_exist, refusal
from domain.ticket.state import RESOLVED, Ticket

MOST_OPEN = 20
"""The promised calls of one ticket that wait, and as many proposed replies."""


def decide(command: c.ConversationCommand, ticket: Ticket, conversation: ConversationState, by: Actor) -> TicketEvents:  # noqa: PLR0911 -- one case a command
    """The events of a command that ``by`` gives; an empty list when what it wants is already so. Raises Refusal."""
    must_exist(ticket)
    match command:
        case c.ProposeReply():
            return _propose(command, ticket, conversation, by)
        case c.ApproveReply(proposal=version):
            return _approve(_proposal(ticket, conversation, version), ticket, by)
        case c.RejectReply(proposal=version):
            return _reject(_proposal(ticket, conversation, version), ticket)
        case c.PromiseCallback():
            return _promise(command, ticket, conversation)
        case c.KeepCallback(promise=version):
            return _keep(_promise_named(ticket, conversation, version), ticket)
        case c.WithdrawCallback(promise=version):
            return _withdraw(_promise_named(ticket, conversation, version), ticket)
        case c.TellExpectedBy(expected_by=expected_by):
            must_be_open(ticket, "promised by a date")
            return [] if conversation.expected_by == expected_by else [e.ExpectedByTold(expected_by=expected_by)]
        case c.TakeBackThanks(message=message):
            return _take_back(_thanks_named(ticket, conversation, message), ticket)
        case _:
            assert_never(command)


def dated(command: c.ConversationCommand, ticket: Ticket, conversation: ConversationState, at: datetime) -> datetime:
    """The instant of the events of a command that is given ``at``: thanks are taken back at their message's instant."""
    if isinstance(command, c.TakeBackThanks):
        return _thanks_named(ticket, conversation, command.message).reopens_at
    return at


def _thanks_named(ticket: Ticket, conversation: ConversationState, message: int) -> Thanks:
    """The thanks of a message. Raises Refusal when the message was not taken for thanks."""
    thanks = conversation.thanks_of(message)
    if thanks is None:
        raise refusal(ticket, "no_thanks", f"event {message} of the ticket is no message that was taken for thanks")
    return thanks


def _propose(command: c.ProposeReply, ticket: Ticket, conversation: ConversationState, by: Actor) -> TicketEvents:
    must_be_open(ticket, "answered")
    waiting = [proposal for proposal in conversation.proposals if proposal.ended is None]
    if len(waiting) >= MOST_OPEN:
        rule = f"{MOST_OPEN} proposed replies wait for a review already; approve or reject one first"
        raise refusal(ticket, "too_many_proposals", rule)
    return [
        e.ReplyProposed(body=command.body, channel=command.channel, automated=command.automated, proposed_by=by.person)
    ]


def _approve(proposal: Proposal, ticket: Ticket, by: Actor) -> TicketEvents:
    """An approved reply counts as one that a person wrote: a person answers for it."""
    if proposal.ended == "approved":
        return []
    if proposal.ended == "rejected":
        raise refusal(ticket, "proposal_rejected", "the reply was rejected; propose another one")
    must_be_open(ticket, "answered")
    if by.kind != "agent" and by.on_behalf_of is None:
        raise refusal(ticket, "not_a_person", "a person approves a reply, not a program or a customer")
    if same_name(by.person, proposal.by):
        raise refusal(ticket, "own_proposal", "another person than the one who proposed the reply approves it")
    sent = e.ReplySent(body=proposal.body, channel=proposal.channel)
    return [e.ReplyApproved(proposal=proposal.version), sent]


def _reject(proposal: Proposal, ticket: Ticket) -> TicketEvents:
    if proposal.ended == "rejected":
        return []
    if proposal.ended == "approved":
        raise refusal(ticket, "proposal_approved", "the reply was approved and sent")
    return [e.ReplyRejected(proposal=proposal.version)]


def _promise(command: c.PromiseCallback, ticket: Ticket, conversation: ConversationState) -> TicketEvents:
    if ticket.state in {"merged", "cancelled"}:
        raise refusal(ticket, f"ticket_{ticket.state}", "promise the call on a ticket that goes on")
    open_promises = [promise for promise in conversation.promises if promise.ended is None]
    if any(promise.at == command.at for promise in open_promises):
        return []
    if len(open_promises) >= MOST_OPEN:
        rule = f"{MOST_OPEN} calls are promised already; keep or withdraw one first"
        raise refusal(ticket, "too_many_promises", rule)
    return [e.CallbackPromised(at=command.at)]


def _keep(promise: Promise, ticket: Ticket) -> TicketEvents:
    if promise.ended == "withdrawn":
        raise refusal(ticket, "promise_withdrawn", "the promised call was withdrawn")
    return [] if promise.ended == "kept" else [e.CallbackKept(promise=promise.version)]


def _withdraw(promise: Promise, ticket: Ticket) -> TicketEvents:
    if promise.ended == "kept":
        raise refusal(ticket, "promise_kept", "the promised call was made")
    return [] if promise.ended == "withdrawn" else [e.CallbackWithdrawn(promise=promise.version)]


def _take_back(thanks: Thanks, ticket: Ticket) -> TicketEvents:
    """A ticket that was reopened since is open at the message's instant too, by the one event."""
    if thanks.taken_back:
        return []
    taken_back = e.ThanksTakenBack(message=thanks.message)
    reopens = thanks.is_current and ticket.state in RESOLVED
    return [e.TicketReopened(), taken_back] if reopens else [taken_back]


def _promise_named(ticket: Ticket, conversation: ConversationState, version: int) -> Promise:
    promise = conversation.promise(version)
    if promise is None:
        raise refusal(ticket, "promise_unknown", f"event {version} of the ticket promises no call")
    return promise


def _proposal(ticket: Ticket, conversation: ConversationState, version: int) -> Proposal:
    proposal = conversation.proposal(version)
    if proposal is None:
        raise refusal(ticket, "proposal_unknown", f"event {version} of the ticket proposes no reply")
    return proposal
