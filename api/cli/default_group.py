"""The group of the commands `report`: its first word is a command, or the name of a report or a figure."""

from collections.abc import Sequence
from typing import Any

from typer.core import TyperGroup

ASK = "ask"
"""The command for a name that is no command."""
_HELP = {"-h", "--help"}


class ReportGroup(TyperGroup):
    """`report sla --by team` is short for `report ask sla --by team`."""

    def parse_args(self, ctx: Any, args: Sequence[str]) -> list[str]:
        if args and args[0] not in self.commands and not _HELP.intersection(args[:1]):
            args = [ASK, *args]
        return super().parse_args(ctx, list(args))
