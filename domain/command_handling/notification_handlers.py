"""The handlers of notifications."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.command_context import Actor
from domain.command_handling.definition_stream import DEFINITION
from domain.command_handling.handler import (
    Aggregate,
    CommandHandler,
    DecidedEvent,
    Handlers,
    Parts,
    alone,
    decided_alone,
    handled,
)
from domain.definitions.kinds import TEMPLATE
from domain.definitions.state import PublishedDefinition, definition_stream
from domain.notification import decider
from domain.notification.commands import NotificationCommand, RequestNotification
from domain.notification.sending import SendingCommand
from domain.notification.state import Notification, evolve
from domain.template.needed_text import NeededText, must_fit
from domain.text_folding import fold_name

NOTIFICATION = Aggregate("notification", Notification(), evolve)


def _with_template(stream: UUID, command: RequestNotification) -> Parts:
    return ((stream, NOTIFICATION), (definition_stream(TEMPLATE.name, command.template), DEFINITION))


def _decide_request(
    command: RequestNotification, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    notification, published = states
    events = decider.decide_request(command, notification)
    if events:
        _must_fit(command, published)
    return [(stream, event, at) for event in events]


def _must_fit(command: RequestNotification, published: PublishedDefinition) -> None:
    """Raises Refusal when the template is unknown, has another purpose, or has a placeholder without a value."""
    template = TEMPLATE.body_of(published.versions, command.template_version, fold_name(command.template))
    needed = NeededText(command.template, command.purpose, frozenset(command.data))
    must_fit(needed, template, published.state, [command.language])


def _decide_sending(
    command: SendingCommand, stream: UUID, states: Sequence[Notification], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (notification,) = states
    return [(stream, event, at) for event in decider.decide_sending(command, stream, notification, at)]


NOTIFICATION_HANDLERS: Handlers = (
    handled(RequestNotification, CommandHandler(_with_template, _decide_request, others_only_read=True))
    | handled(NotificationCommand, decided_alone(NOTIFICATION, decider.decide))
    | handled(SendingCommand, CommandHandler(alone(NOTIFICATION), _decide_sending))
)
