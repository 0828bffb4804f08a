"""The commands that request a notification and say what became of it.

Those of the sender stand in ``sending``.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.ids import canonical
from domain.messages import Command, Id, Instant, Text, Word

RecipientKind = Literal["customer", "agent", "team", "endpoint"]
Purpose = Literal["service", "care", "survey", "marketing"]
NotificationChannel = Literal["email", "sms", "zalo", "call", "webhook", "file"]
Value = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")]
"""The value of a placeholder: at most 2,000 characters."""


class RequestNotification(Command):
    """Requests a notification once for each ``dedupe_key``; its fields are those of ``NotificationRequested``.

    Its stream is ``notification_stream(dedupe_key)``. A value of ``data`` has at most 2,000 characters.
    """

    begins = True

    to_kind: RecipientKind
    to: Word
    channel: NotificationChannel
    purpose: Purpose
    template: Word
    template_version: Annotated[int, Field(ge=0)]
    language: Literal["vi", "en"] = "vi"
    data: dict[Word, Value] = Field(default_factory=dict, max_length=50)
    about: Id | None = None
    about_kind: Word | None = None
    rule: Word | None = None
    due: Word | None = None
    importance: Annotated[int, Field(ge=0, le=100)] = 50
    dedupe_key: Word
    not_before: Instant | None = None
    not_after: Instant | None = None

    @model_validator(mode="after")
    def _must_name_a_recipient_and_a_time(self) -> Self:
        if self.to_kind == "customer":
            canonical(self.to)
        if self.not_before and self.not_after and self.not_after < self.not_before:
            raise ValueError("not_after lies before not_before")
        return self


class RequestResend(Command):
    """Has a notification sent again that failed, is uncertain or was suppressed.

    Its ``not_after`` and the caps no longer count; consent, addresses, hours and switches do.
    """


class RecordDelivery(Command):
    """What a provider says of a notification that it took: it was delivered, it failed, or it came back."""

    status: Literal["delivered", "failed", "bounced"]
    detail: Text | None = None


NotificationCommand = RequestResend | RecordDelivery
"""What people and providers tell of a notification that was requested."""
