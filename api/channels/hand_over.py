"""What is handed over to a receiver, and the three outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.template.rendering import RenderedText


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A notification on its way. ``id`` is the same in every attempt, by which a receiver recognises a repeat."""

    id: UUID
    channel: str
    address: str
    text: RenderedText
    purpose: str
    template: str
    language: str
    recipient: str
    data: Mapping[str, str] = field(default_factory=dict)
    about: UUID | None = None
    about_kind: str | None = None


class Taken(NamedTuple):
    """The receiver took it, perhaps under an id of its own."""

    provider_id: str | None = None


class NotAccepted(NamedTuple):
    """The receiver did not take it. ``permanent``: another attempt is of no use. ``gone``: it wants no more at all.

    ``retry_after`` is the number of seconds that it asks to wait.
    """

    why: str
    permanent: bool = False
    retry_after: int | None = None
    gone: bool = False


class Lost(NamedTuple):
    """No answer came: the receiver may have taken it."""


HandOver = Taken | NotAccepted | Lost


class OutgoingChannel(Protocol):
    """Hands over within a time limit of its own. It raises nothing: what goes wrong is an outcome."""

    async def hand_over(self, message: OutgoingMessage) -> HandOver:
        """One attempt."""
