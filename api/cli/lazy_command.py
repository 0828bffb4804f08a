"""Commands that are loaded when they run, so that the list of commands appears at once."""

from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand
from typer.main import get_command

from api.cli.running_command import begin_command


class LazyCommand(TyperCommand):
    """A command whose function is imported when it runs or shows its help. ``summary`` is the first line of that help.

    ``function``: the module and the name, as in "api.cli.serve:serve".
    """

    def __init__(self, name: str, function: str, summary: str) -> None:
        super().__init__(name, help=summary)
        self._function = function

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """The context of the loaded command, which then runs in place of this one."""
        context = self.load().make_context(*arguments, **options)
        begin_command(context)
        return context

    def load(self) -> TyperCommand:
        """The command with its options."""
        module, _, name = self._function.partition(":")
        function: Callable[..., None] = getattr(import_module(module), name)
        app = typer.Typer(add_completion=False)
        app.command(self.name, cls=_StrictCommand)(function)
        return cast("TyperCommand", get_command(app))  # an application of one command is that command


class _StrictCommand(TyperCommand):
    """A command that refuses an option given twice, where the last one would win silently."""

    def parse_args(self, ctx: Any, args: Sequence[str]) -> list[str]:
        given: Sequence[Any] = self.make_parser(ctx).parse_args(args=list(args))[2]
        for parameter, times in Counter(given).items():
            if times > 1 and not (parameter.multiple or parameter.is_flag):
                raise typer.BadParameter(f"it is given {times} times: give it once", ctx=ctx, param=parameter)
        return super().parse_args(ctx, list(args))
