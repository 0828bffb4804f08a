"""A group of commands whose first word may be left out."""

from collections.abc import Sequence
from typing import Any

from typer.core import TyperGroup

_HELP = {"-h", "--help"}


class DefaultGroup(TyperGroup):
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
        return super().parse_args(ctx, list(args))
