"""The events of a notification.

A request is recorded in the same append as what caused it.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.messages import PERSONAL, Event


class NotificationRequested(Event):
    """``to_kind``: customer (``to`` is the id), agent or team (``to`` is the name), endpoint (``to`` names a webhook).

    ``data`` holds the values of the template's placeholders. ``rule`` is the rule that asked for it, ``due`` the
    identity of the due instance of ``about`` that it reminds of. Of two requests
    that a cap sets against each other the one of greater ``importance`` is sent.
    """

    topic = "notification.requested"
    to_kind: str
    to: str
    channel: str
    purpose: str
    template: str
    template_version: int
    language: str = "vi"
    data: Annotated[dict[str, str], PERSONAL] = Field(default_factory=dict)
    about: UUID | None = None
    about_kind: str | None = None
    rule: str | None = None
    due: str | None = None
    importance: int = 50
    dedupe_key: str
    not_before: datetime | None = None
    not_after: datetime | None = None

    @property
    def customer_id(self) -> UUID | None:
        """The customer that it is for; None when it is for somebody else."""
        return UUID(self.to) if self.to_kind == "customer" else None


class NotificationSuppressed(Event):
    """It is not sent. ``why`` is a code such as no_consent, frequency_cap or superseded."""

    topic = "notification.suppressed"
    why: str


class NotificationPostponed(Event):
    """It is not sent before ``until``. ``why`` is a code such as quiet_hours."""

    topic = "notification.postponed"
    in_figures = False
    until: datetime
    why: str


class AttemptStarted(Event):
    """Attempt ``attempt`` (from 1) may reach the receiver at ``address`` from now on.

    ``text_hash`` is the hash of the text as it was rendered.
    """

    topic = "notification.attempt_started"
    in_figures = False
    attempt: int
    address: Annotated[str | None, PERSONAL] = None
    text_hash: Annotated[str | None, PERSONAL] = None


class NotificationHandedOver(Event):
    """The provider took it."""

    topic = "notification.handed_over"
    attempt: int
    provider_id: Annotated[str | None, PERSONAL] = None


class NotificationDelivered(Event):
    topic = "notification.delivered"


class NotificationFailed(Event):
    """``permanent``: no attempt follows. ``retry_at`` is when the next one may begin. ``why`` is a code.

    A notification that was handed over fails when its provider says so, or when it comes back (``why`` bounced).
    """

    topic = "notification.failed"
    attempt: int
    permanent: bool
    why: str
    retry_at: datetime | None = None


class NotificationUncertain(Event):
    """The answer of an attempt was lost: the receiver may have it."""

    topic = "notification.uncertain"
    attempt: int
    retry_at: datetime | None = None


class ResendRequested(Event):
    """A person has it sent again, after a failure, an uncertain attempt or a suppression."""

    topic = "notification.resend_requested"
    in_figures = False


NotificationEvent = (
    NotificationRequested
    | NotificationSuppressed
    | NotificationPostponed
    | AttemptStarted
    | NotificationHandedOver
    | NotificationDelivered
    | NotificationFailed
    | NotificationUncertain
    | ResendRequested
)
"""What happens to a notification."""
