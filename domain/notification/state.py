"""The state of a notification, and how each event changes it."""

from datetime import datetime
from typing import Literal, NamedTuple, assert_never
from uuid import UUID

from domain.ids import Namespace
from domain.notification import events as e

State = Literal["none", "waiting", "attempting", "handed_over", "delivered", "uncertain", "failed", "suppressed"]

_NOTIFICATIONS = Namespace(UUID("5b0b6d3e-0b0f-5a7a-9c51-3b1d1c9b7f21"))


def notification_stream(dedupe_key: str) -> UUID:
    """The stream of the notification of a key: the same request twice is one notification."""
    return _NOTIFICATIONS.id_of(dedupe_key)


class Notification(NamedTuple):
    """``next_at`` is when the next attempt may begin; None: none follows by itself.

    ``attempt`` is the number of the last attempt, ``tries`` how many of them follow the request or the last resend.
    ``may_have_arrived``: one of these was uncertain.
    """

    state: State = "none"
    channel: str = ""
    attempt: int = 0
    tries: int = 0
    next_at: datetime | None = None
    may_have_arrived: bool = False


def evolve(notification: Notification, event: e.NotificationEvent, at: datetime) -> Notification:  # noqa: PLR0911 -- one case an event
    """The notification after one more event that happened ``at``. Total: any history folds."""
    match event:
        case e.NotificationRequested(channel=channel, not_before=not_before):
            return Notification("waiting", channel, next_at=max(at, not_before or at))
        case e.NotificationSuppressed():
            state: State = "uncertain" if notification.may_have_arrived else "suppressed"
            return notification._replace(state=state, next_at=None)
        case e.NotificationPostponed(until=until):
            return notification._replace(next_at=until)
        case e.AttemptStarted(attempt=attempt):
            return notification._replace(
                state="attempting", attempt=attempt, tries=notification.tries + 1, next_at=None
            )
        case e.NotificationHandedOver():
            return notification._replace(state="handed_over", next_at=None)
        case e.NotificationDelivered():
            return notification._replace(state="delivered", next_at=None)
        case e.NotificationFailed(permanent=permanent, retry_at=retry_at):
            return notification._replace(state="failed" if permanent else "waiting", next_at=retry_at)
        case e.NotificationUncertain(retry_at=retry_at):
            return notification._replace(state="uncertain", next_at=retry_at, may_have_arrived=True)
        case e.ResendRequested():
            return notification._replace(state="waiting", tries=0, next_at=at, may_have_arrived=False)
        case _:
            assert_never(event)
