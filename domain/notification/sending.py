"""The commands of the sender.

``attempt`` is the number of the attempt that it is about, from 1: a fence.
"""

from typing import Annotated

from pydantic import Field

from domain.messages import Command, Instant, Text, Word

Attempt = Annotated[int, Field(ge=1)]


class SuppressNotification(Command):
    """It is not sent. ``why`` is a code of ``domain.contact_rules.admit``."""

    why: Word


class PostponeNotification(Command):
    """It is not sent before ``until``."""

    until: Instant
    why: Word


class StartAttempt(Command):
    """From now on attempt ``attempt`` may reach ``address``. ``text_hash`` is the hash of the rendered text."""

    attempt: Attempt
    address: Text | None = None
    text_hash: Word | None = None


class RecordHandOver(Command):
    """The provider took the attempt, under an id of its own."""

    attempt: Attempt
    provider_id: Word | None = None


class RecordFailure(Command):
    """The provider did not take the attempt. ``permanent``: no other attempt can succeed.

    ``retry_after`` is the number of seconds that the provider asks to wait.
    """

    attempt: Attempt
    why: Word
    permanent: bool = False
    retry_after: Annotated[int, Field(ge=0, le=86_400)] | None = None


class RecordUncertain(Command):
    """The answer to the attempt was lost."""

    attempt: Attempt


SendingCommand = (
    SuppressNotification | PostponeNotification | StartAttempt | RecordHandOver | RecordFailure | RecordUncertain
)
"""What the sender records."""
