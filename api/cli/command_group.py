"""Groups of commands, which name theirs when a word is none of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from typer._click.exceptions import ClickException, UsageError
from typer.core import TyperGroup

from api.terminal_text import escaped

MOST_NAMED = 12
"""The most commands that an error names; of more the help does."""


@contextmanager
def _safe_errors() -> Iterator[None]:
    try:
        yield
    except ClickException as error:
        error.message = escaped(error.message)
        raise


class CommandGroup(TyperGroup):
    """A group of commands by their words. What an error repeats of them is safe in a terminal."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """The context of the words. Raises ClickException."""
        with _safe_errors():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        """Runs the command. Raises ClickException."""
        with _safe_errors():
            return super().invoke(ctx)

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
