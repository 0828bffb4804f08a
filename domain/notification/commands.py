"""The command that requests a notification. The sender's own commands stand in a file of their own."""

from typing import Annotated, Literal

from pydantic import Field

from domain.messages import Command, Id, Instant, Word

RecipientKind = Literal["customer", "agent", "team", "endpoint"]
Purpose = Literal["service", "care", "survey", "marketing"]
NotificationChannel = Literal["email", "sms", "zalo", "webhook", "file"]


class RequestNotification(Command):
    """Requests a notification once for each ``dedupe_key``; its fields are those of ``NotificationRequested``."""

    begins = True

    to_kind: RecipientKind
    to: Word
    channel: NotificationChannel
    purpose: Purpose
    template: Word
    template_version: Annotated[int, Field(ge=0)]
    language: Literal["vi", "en"] = "vi"
    data: dict[Word, str] = Field(default_factory=dict, max_length=50)
    about: Id | None = None
    about_kind: Word | None = None
    rule: Word | None = None
    importance: Annotated[int, Field(ge=0, le=100)] = 50
    dedupe_key: Word
    not_before: Instant | None = None
    not_after: Instant | None = None
