"""The decider of a notification."""

from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from domain.notification import events as e
from domain.notification import sending as s
from domain.notification.commands import NotificationCommand, RecordDelivery, RequestNotification, RequestResend
from domain.notification.retries import retry_at
from domain.notification.state import Notification
from domain.refusal import Refusal

RECEIVERS_THAT_KNOW_REPEATS = frozenset({"email", "webhook"})
"""The channels on which an uncertain attempt is repeated by itself: their receivers know a repeat by its id."""
Outcome = s.RecordHandOver | s.RecordFailure | s.RecordUncertain
"""What became of an attempt."""


def decide_request(command: RequestNotification, notification: Notification) -> list[e.NotificationRequested]:
    """The request; nothing when there is one with this key already."""
    return [e.NotificationRequested(**command.facts())] if notification.state == "none" else []


def decide(command: NotificationCommand, notification: Notification) -> list[e.NotificationEvent]:
    """The event of what a person or a provider says. Raises Refusal."""
    _must_be_requested(notification)
    match command:
        case RequestResend():
            return _resend(notification)
        case RecordDelivery():
            return _delivery(command, notification)
        case _:
            assert_never(command)


def _resend(notification: Notification) -> list[e.NotificationEvent]:
    if notification.state in {"failed", "uncertain", "suppressed"}:
        return [e.ResendRequested()]
    if notification.state == "waiting":
        return []
    rule = "only a notification that failed, is uncertain or was not sent is sent again; request another one"
    raise Refusal("not_resendable", rule, notification.state)


def _delivery(command: RecordDelivery, notification: Notification) -> list[e.NotificationEvent]:
    """A word on a notification that no attempt was made for is refused; nothing when it was said before."""
    if not notification.tries or notification.state == "suppressed":
        rule = "nothing was handed over since the request or the last resend; check the id"
        raise Refusal("not_handed_over", rule, notification.state)
    if command.status == "delivered":
        return [] if notification.state == "delivered" else [e.NotificationDelivered()]
    if notification.state == "failed":
        return []
    why = "bounced" if command.status == "bounced" else "provider_failed"
    return [e.NotificationFailed(attempt=notification.attempt, permanent=True, why=why)]


def decide_sending(
    command: s.SendingCommand, stream: UUID, notification: Notification, at: datetime
) -> list[e.NotificationEvent]:
    """The event of a command of the sender. Raises Refusal when another sender was faster."""
    _must_be_requested(notification)
    match command:
        case s.SuppressNotification(why=why):
            _must_wait(notification)
            return [e.NotificationSuppressed(why=why)]
        case s.PostponeNotification(until=until, why=why):
            _must_wait(notification)
            return [] if notification.next_at == until else [e.NotificationPostponed(until=until, why=why)]
        case s.StartAttempt():
            return _start(command, notification, at)
        case s.RecordHandOver() | s.RecordFailure() | s.RecordUncertain():
            return [] if _is_known(command, notification) else [_outcome(command, stream, notification, at)]
        case _:
            assert_never(command)


def _is_known(command: Outcome, notification: Notification) -> bool:
    """Whether the log says it already, or the provider said more than a sender who saw no failure."""
    known_states = {"uncertain"} if isinstance(command, s.RecordUncertain) else set()
    if not isinstance(command, s.RecordFailure):
        known_states |= {"delivered", "handed_over", "failed"}
    return notification.attempt == command.attempt and notification.state in known_states


def _outcome(command: Outcome, stream: UUID, notification: Notification, at: datetime) -> e.NotificationEvent:
    """The outcome of the last attempt. An uncertain one may get its answer until the next one has begun."""
    if notification.state not in {"attempting", "uncertain"} or notification.attempt != command.attempt:
        raise _superseded(notification)
    tries = notification.tries
    match command:
        case s.RecordHandOver():
            return e.NotificationHandedOver(**command.facts())
        case s.RecordFailure(attempt=attempt, why=why, permanent=permanent, retry_after=seconds):
            pause = None if seconds is None else timedelta(seconds=seconds)
            again = None if permanent else retry_at(stream, tries, at, pause)
            return e.NotificationFailed(attempt=attempt, permanent=again is None, why=why, retry_at=again)
        case s.RecordUncertain(attempt=attempt):
            repeated = notification.channel in RECEIVERS_THAT_KNOW_REPEATS
            again = retry_at(stream, tries, at) if repeated else None
            return e.NotificationUncertain(attempt=attempt, retry_at=again)
        case _:
            assert_never(command)


def _start(command: s.StartAttempt, notification: Notification, at: datetime) -> list[e.NotificationEvent]:
    due = _must_wait(notification)
    if command.attempt != notification.attempt + 1:
        raise _superseded(notification)
    if at < due:
        rule = f"the next attempt does not begin before {due.isoformat()}"
        raise Refusal("attempt_not_due", rule, notification.state)
    return [e.AttemptStarted(**command.facts())]


def _must_be_requested(notification: Notification) -> None:
    if notification.state == "none":
        raise Refusal("notification_unknown", "there is no such notification; check the id", notification.state)


def _must_wait(notification: Notification) -> datetime:
    """When the next attempt may begin. Raises Refusal when none follows."""
    if notification.next_at is None:
        rule = "no attempt of this notification follows by itself"
        raise Refusal("notification_not_waiting", rule, notification.state)
    return notification.next_at


def _superseded(notification: Notification) -> Refusal:
    rule = f"attempt {notification.attempt} is the last one; its outcome or a later attempt is recorded already"
    return Refusal("attempt_superseded", rule, notification.state)
