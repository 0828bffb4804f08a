"""A notification as the log has it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, get_args
from uuid import UUID

from domain.contact_rules.admit import Waiting
from domain.contact_rules.definition import Contact
from domain.envelope import RecordedEvent
from domain.notification import events as e
from domain.notification.state import Notification, evolve
from domain.switches.state import Switches

_OWN: frozenset[type] = frozenset(get_args(e.NotificationEvent))
_REACHED_ALTHOUGH_FAILED = {"bounced", "provider_failed"}


class LoggedNotification(NamedTuple):
    """A notification by the log. ``attempts`` are those that reached the receiver, or may have."""

    id: UUID
    version: int
    position: int
    request: e.NotificationRequested
    state: Notification
    attempts: Sequence[datetime]
    resent: bool

    @property
    def contact(self) -> Contact:
        """What contact rules look at."""
        return Contact(self.request.purpose, self.request.channel, self.request.template)

    def is_stopped_by(self, switches: Switches) -> bool:
        """Whether its channel, its rule or its endpoint is stopped."""
        request = self.request
        stopped: list[tuple[str, str]] = [("channel", request.channel)]
        if request.rule is not None:
            stopped.append(("rule", request.rule))
        if request.to_kind == "endpoint":
            stopped.append(("endpoint", request.to))
        return any(switches.stops(what, name) for what, name in stopped)

    @property
    def waiting(self) -> Waiting:
        """As one that waits."""
        return Waiting(self.id, self.contact, self.request.importance, self.position)

    def is_due(self, now: datetime) -> bool:
        """Whether its next attempt may begin."""
        return self.state.next_at is not None and self.state.next_at <= now


def logged(history: Sequence[RecordedEvent]) -> LoggedNotification:
    """A notification from its history."""
    first, state, resent = history[0], Notification(), False
    attempts: list[datetime] = []
    for event in history:
        payload = event.payload
        if type(payload) not in _OWN:
            continue
        state = evolve(state, payload, event.occurred_at)
        match payload:
            case e.AttemptStarted():
                attempts.append(event.occurred_at)
            case e.NotificationFailed(why=why) if why not in _REACHED_ALTHOUGH_FAILED and attempts:
                attempts.pop()
            case e.ResendRequested():
                resent = True
            case _:
                pass
    return LoggedNotification(first.stream, history[-1].version, first.position, first.payload, state, attempts, resent)
