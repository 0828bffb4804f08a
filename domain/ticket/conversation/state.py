"""The state of a ticket's conversation that decisions need, and how each event changes it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, get_args

from domain.messages import Event
from domain.ticket import events as e

ConversationEvent = (
    e.CallbackPromised
    | e.CallbackKept
    | e.CallbackWithdrawn
    | e.ExpectedByTold
    | e.ReplyProposed
    | e.ReplyApproved
    | e.ReplyRejected
    | e.ThanksRecognised
    | e.ThanksTakenBack
    | e.TicketReopened
    | e.TicketClosed
)
CONVERSATION_EVENTS: frozenset[type[Event]] = frozenset(get_args(ConversationEvent))


class Promise(NamedTuple):
    """A promised call; ``version`` is that of its event."""

    version: int
    at: datetime
    ended: Literal["kept", "withdrawn"] | None = None


class Proposal(NamedTuple):
    """A proposed reply; ``version`` is that of its event. The text of one that is decided is not kept."""

    version: int
    by: str
    body: str
    channel: str | None
    automated: bool
    ended: Literal["approved", "rejected"] | None = None


class Thanks(NamedTuple):
    """A message that was taken for thanks; ``message`` is the version of its event.

    ``reopens_at`` is the instant at which the ticket is reopened when the thanks are taken back: that of the message,
    or of the closing after it.
    """

    message: int
    reopens_at: datetime
    is_current: bool = True
    taken_back: bool = False


class ConversationState(NamedTuple):
    """``expected_by`` is the instant that the customer was told last. ``is_current`` of thanks: not reopened since."""

    promises: tuple[Promise, ...] = ()
    expected_by: datetime | None = None
    proposals: tuple[Proposal, ...] = ()
    thanks: tuple[Thanks, ...] = ()

    def promise(self, version: int) -> Promise | None:
        """The promise that a version names."""
        return next((promise for promise in self.promises if promise.version == version), None)

    def proposal(self, version: int) -> Proposal | None:
        """The proposed reply that a version names."""
        return next((proposal for proposal in self.proposals if proposal.version == version), None)

    def thanks_of(self, message: int) -> Thanks | None:
        """The thanks of a message, by the version of the message's event."""
        return next((thanks for thanks in self.thanks if thanks.message == message), None)


def evolve(conversation: ConversationState, event: Event, version: int, at: datetime) -> ConversationState:
    """The conversation after the event of a version that happened ``at``. Total: any history folds."""
    match event:
        case e.CallbackPromised() | e.CallbackKept() | e.CallbackWithdrawn():
            return conversation._replace(promises=_promises(conversation.promises, event, version))
        case e.ReplyProposed() | e.ReplyApproved() | e.ReplyRejected():
            return conversation._replace(proposals=_proposals(conversation.proposals, event, version))
        case e.ExpectedByTold(expected_by=expected_by):
            return conversation._replace(expected_by=expected_by)
        case e.ThanksRecognised(message=message):
            return conversation._replace(thanks=(*conversation.thanks, Thanks(message, at)))
        case e.ThanksTakenBack() | e.TicketReopened() | e.TicketClosed() if conversation.thanks:
            return conversation._replace(thanks=tuple(_thanks_after(each, event, at) for each in conversation.thanks))
        case _:
            return conversation


def _promises(
    promises: Sequence[Promise], event: e.CallbackPromised | e.CallbackKept | e.CallbackWithdrawn, version: int
) -> tuple[Promise, ...]:
    if isinstance(event, e.CallbackPromised):
        return (*promises, Promise(version, event.at))
    ended: Literal["kept", "withdrawn"] = "kept" if isinstance(event, e.CallbackKept) else "withdrawn"
    return tuple(each._replace(ended=ended) if each.version == event.promise else each for each in promises)


def _proposals(
    proposals: Sequence[Proposal], event: e.ReplyProposed | e.ReplyApproved | e.ReplyRejected, version: int
) -> tuple[Proposal, ...]:
    if isinstance(event, e.ReplyProposed):
        return (*proposals, Proposal(version, event.proposed_by, event.body, event.channel, event.automated))
    ended: Literal["approved", "rejected"] = "approved" if isinstance(event, e.ReplyApproved) else "rejected"
    return tuple(each._replace(ended=ended, body="") if each.version == event.proposal else each for each in proposals)


def _thanks_after(thanks: Thanks, event: e.ThanksTakenBack | e.TicketReopened | e.TicketClosed, at: datetime) -> Thanks:
    if isinstance(event, e.ThanksTakenBack):
        return thanks._replace(taken_back=True) if thanks.message == event.message else thanks
    if not thanks.is_current:
        return thanks
    return thanks._replace(is_current=False) if isinstance(event, e.TicketReopened) else thanks._replace(reopens_at=at)
