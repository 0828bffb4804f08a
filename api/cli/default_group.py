"""A group of commands whose first word may be left out."""

from collections.abc import Sequence
from typing import Any

from typer._click.exceptions import UsageError

from api.cli.command_group import CommandGroup

_HELP = {"-h", "--help"}
_LEFT_OUT = "the default command whose word is left out"


class DefaultGroup(CommandGroup):
    """`report sla --by team` is short for `report ask sla --by team`, with ``default`` of "ask"."""

    def __init__(self, *, default: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._default = default

    def parse_args(self, ctx: Any, args: Sequence[str]) -> list[str]:
        """The words, with the default command before those that begin with no command."""
        if not args and self.no_args_is_help:
            return super().parse_args(ctx, [])
        if not args or (args[0] not in self.commands and args[0] not in _HELP):
            args = [self._default, *args]
            ctx.meta[_LEFT_OUT] = self._default
        return super().parse_args(ctx, list(args))

    def invoke(self, ctx: Any) -> Any:
        """Runs the command. An error in words that left the default command out shows the usage of the group."""
        try:
            return super().invoke(ctx)
        except UsageError as error:
            if error.ctx is not None and error.ctx.info_name == ctx.meta.get(_LEFT_OUT):
                error.ctx = ctx
            raise
