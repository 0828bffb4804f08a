"""The commands that record what a rule does to its subject."""

from typing import Literal

from pydantic import SerializeAsAny

from domain.messages import Command, Id, Instant, Message, Text, Word

PassedOverWhy = Literal["stale", "missed", "stopped", "suspended", "limit", "condition", "refused"]
SuspendedWhy = Literal["depth", "rate"]


class RuleCommand(Message):
    """A command that a rule gives to a stream; ``name`` is its name in the definition.

    Without a command ``refused`` is the code of why none can be given, such as one to a ticket that does not exist.
    ``otherwise`` is given when the command is refused for the reason ``refused``; it reads the same streams.
    """

    name: Word
    stream: Id
    command: SerializeAsAny[Command] | None = None
    otherwise: SerializeAsAny[Command] | None = None
    refused: Word | None = None


class RuleFiring(Command):
    """A command that records what became of a rule, to the stream of its subject; ``subject_kind`` is its kind."""

    subject_kind: Word
    rule: Word
    version: int
    cause: Word | None = None
    due: Word | None = None
    due_at: Instant | None = None


class FireRule(RuleFiring):
    """Gives the commands of a rule, and records that it fired, in one append. A refused command is recorded so."""

    then: tuple[RuleCommand, ...] = ()

    def refused(self) -> "PassOverRule":
        """What is recorded when this command is refused."""
        fields = self.model_dump(include={"subject_kind", "rule", "version", "cause", "due", "due_at"})
        return PassOverRule(**fields, why="refused")


class ShadowRule(RuleFiring):
    """Records which commands a rule would have given."""

    commands: tuple[Word, ...] = ()


class PassOverRule(RuleFiring):
    """Records that a rule did not fire although its conditions held; ``condition``: when it was due they did not.

    ``refused``: its commands could not be decided together, such as one to a stream of another kind.
    """

    why: PassedOverWhy


class SuspendRule(Command):
    """Keeps a rule from firing for this subject until a person resumes it."""

    subject_kind: Word
    rule: Word
    version: int
    why: SuspendedWhy


class ResumeRule(Command):
    """Lets a suspended rule fire for this subject again."""

    subject_kind: Word
    rule: Word
    reason: Text


AutomationCommand = FireRule | ShadowRule | PassOverRule | SuspendRule | ResumeRule
"""What automation records on its subjects."""
