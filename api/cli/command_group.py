"""Groups of commands, which name theirs when a word is none of them."""

from collections.abc import Sequence
from typing import Any

from typer._click.exceptions import UsageError
from typer.core import TyperGroup

MOST_NAMED = 12
"""The most commands that an error names; of more the help does."""


class CommandGroup(TyperGroup):
    """A group of commands by their words."""

    def resolve_command(self, ctx: Any, args: Sequence[str]) -> Any:
        """The command of the first word. Raises UsageError, which says what to write."""
        try:
            return super().resolve_command(ctx, list(args))
        except UsageError as error:
            if error.message.endswith("."):  # else it names those that are spelled alike
                names = ", ".join(self.commands) if len(self.commands) <= MOST_NAMED else None
                choice = f"choose {names}" if names else f"`{ctx.command_path} --help` lists them"
                error.message = f"{error.message.removesuffix('.')}: {choice}."
            raise
