"""The handlers of what customer and desk say to each other: messages, replies, promises and thanks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.command_context import Actor
from domain.command_handling.definition_stream import DEFINITION
from domain.command_handling.handler import CommandHandler, DecidedEvent, Handlers, Parts, alone, handled
from domain.command_handling.ticket_stream import TICKET, TicketStream
from domain.definitions.kinds import REVIEW, THANKS
from domain.definitions.state import definition_stream
from domain.ticket import decider as ticket_decider
from domain.ticket import events as e
from domain.ticket.commands import ConversationCommand, ReceiveMessage, SendReply
from domain.ticket.conversation import decider
from domain.ticket.conversation.review import NEEDS_REVIEW

_REVIEW = (definition_stream(REVIEW.name), DEFINITION)
_THANKS = (definition_stream(THANKS.name), DEFINITION)


def _with_review(stream: UUID, _command: SendReply) -> Parts:
    return ((stream, TICKET), _REVIEW)


def _decide_reply(
    command: SendReply, stream: UUID, states: Sequence[Any], by: Actor, at: datetime
) -> list[DecidedEvent]:
    (ticket, *_), published = states
    replied = ticket_decider.decide(command, ticket, by)
    if REVIEW.in_effect(published.versions, at).body.needs_review(ticket.category, automated=command.automated):
        rule = "a reply to this ticket needs a review: propose it, and let another person approve it"
        raise ticket_decider.refusal(ticket, NEEDS_REVIEW, rule)
    return [(stream, event, at) for event in replied]


def _with_thanks(stream: UUID, _command: ReceiveMessage) -> Parts:
    return ((stream, TICKET), _THANKS)


def _decide_message(
    command: ReceiveMessage, stream: UUID, states: Sequence[Any], by: Actor, at: datetime
) -> list[DecidedEvent]:
    """A message that only says thanks does not reopen a resolved ticket."""
    (ticket, _, _, version), published = states
    received = ticket_decider.decide(command, ticket, by)
    if ticket.state == "resolved":
        rules = THANKS.in_effect(published.versions, at)
        if rules.version and rules.body.only_says_thanks(command.body):
            received = [received[0], e.ThanksRecognised(message=version + 1, definition=rules.version)]
    return [(stream, event, ticket_decider.occurred(event, ticket, at)) for event in received]


def _decide_conversation(
    command: ConversationCommand, stream: UUID, states: Sequence[TicketStream], by: Actor, at: datetime
) -> list[DecidedEvent]:
    ((ticket, _, conversation, _),) = states
    decided = decider.decide(command, ticket, conversation, by)
    return [(stream, event, decider.dated(command, ticket, conversation, at)) for event in decided]


CONVERSATION_HANDLERS: Handlers = {
    SendReply: CommandHandler(_with_review, _decide_reply, others_only_read=True),
    ReceiveMessage: CommandHandler(_with_thanks, _decide_message, others_only_read=True),
    **handled(ConversationCommand, CommandHandler(alone(TICKET), _decide_conversation)),
}
