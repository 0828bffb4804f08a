"""The context of a command: actor, origin, command id, expected version, correlation, causation."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from domain.messages import Message, Word

LONGEST_COMMAND_ID = 500
MOST_DEPTH = 8
"""The most reactions that lead to one another; behind them rules are suspended, and no procedure starts."""

ActorKind = Literal["agent", "customer", "system", "import"]


class Actor(Message):
    """The person or program that gives a command; ``on_behalf_of`` names the person that it is for."""

    id: Word
    kind: ActorKind
    on_behalf_of: Word | None = None

    @property
    def person(self) -> str:
        """Whom the actor acts for, or the actor."""
        return self.on_behalf_of or self.id

    @property
    def person_kind(self) -> ActorKind:
        """What `person` is: who is acted for is a person by name, as an agent is."""
        return "agent" if self.on_behalf_of else self.kind


class Origin(Message):
    """The channel and the program through which a command came in."""

    channel: Word
    client: Word | None = None


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What comes with a command. ``command_id`` is unique in the tenant; the same id again gets the first answer.

    ``expected_version`` is the version of the stream that the caller has read (If-Match); None accepts any.
    ``depth`` is how many reactions of automation lead to the command, one after the other; None: none.
    ``back_dating`` is how far in the past ``occurred_at`` may lie; None is without limit.
    """

    actor: Actor
    command_id: str
    origin: Origin | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    depth: int | None = None
    expected_version: int | None = None
    back_dating: timedelta | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a command id that is empty, longer than LONGEST_COMMAND_ID or not printable."""
        if not self.command_id or len(self.command_id) > LONGEST_COMMAND_ID or not self.command_id.isprintable():
            raise ValueError(f"a command id has 1 to {LONGEST_COMMAND_ID} printable characters")
