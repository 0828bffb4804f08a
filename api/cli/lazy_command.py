"""Commands that are loaded when they run, so that the list of commands appears at once."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from inspect import getdoc
from typing import Any, cast

import typer
from typer.core import TyperCommand
from typer.main import get_command

from api.cli.running_command import begin_command
from projections.engine.gc_pause import gc_paused

NEITHER_DAY_NOR_INSTANT = "{} is neither a day such as 2026-03-31 nor an instant such as 2026-03-31T18:00:00+07:00"
_PLAIN = (
    (
        re.compile("Input should be a valid UUID"),
        "this is no id; an id is such as 01890a5d-ac96-774b-bcce-b302099a8057",
    ),
    (
        re.compile("('[^']*') does not match the formats? .*%H", re.DOTALL),
        NEITHER_DAY_NOR_INSTANT.format(r"\1"),
    ),
    (re.compile("('[^']*') does not match the format"), r"\1 is no day such as 2026-03-31"),
    (re.compile("Input should be a valid integer"), "this is no whole number"),
    (re.compile("Input should be ((?:less|greater) than .*)", re.DOTALL), r"give a number \1"),
    (re.compile("^Value error, (.*)", re.DOTALL), r"\1"),
)
"""Messages of the library, and what the command line says instead."""


class LazyCommand(TyperCommand):
    """A command whose function is imported when it runs or shows its help. ``summary`` is the first line of that help.

    ``function``: the module and the name, as in "api.cli.serve:serve".
    """

    def __init__(self, name: str, function: str, summary: str) -> None:
        super().__init__(name, help=summary)
        self.module, _, self._function = function.partition(":")

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """The context of the loaded command, which then runs in place of this one."""
        context = self.load().make_context(*arguments, **options)
        begin_command(context)
        return context

    def load(self) -> TyperCommand:
        """The command with its options."""
        with gc_paused():  # modules are no garbage, and looking at them takes a tenth of the start
            module = import_module(self.module)
        function: Callable[..., None] = getattr(module, self._function)
        app = typer.Typer(add_completion=False)
        app.command(self.name, cls=_StrictCommand, help=_paragraphs(getdoc(function) or ""))(function)
        return cast("TyperCommand", get_command(app))  # an application of one command is that command


def params_of(function: Callable[..., None]) -> list[Any]:
    """The options that the parameters of a function are."""
    app = typer.Typer(add_completion=False)
    app.command()(function)
    return list(get_command(app).params)


def _in_plain_words(message: str) -> str:
    """How to write a value that the library cannot read; another message as it is."""
    for pattern, plain in _PLAIN:
        if match := pattern.search(message):
            return match.expand(plain)
    return message


def _paragraphs(text: str) -> str:
    """The paragraphs of a docstring in one line each: the library keeps line ends, and folds too long lines anew."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


class _StrictCommand(TyperCommand):
    """A command that refuses an option given twice, where the last one would win silently."""

    def parse_args(self, ctx: Any, args: Sequence[str]) -> list[str]:
        given: Sequence[Any] = self.make_parser(ctx).parse_args(args=list(args))[2]
        for parameter, times in Counter(given).items():
            if times > 1 and not (parameter.multiple or parameter.is_flag):
                raise typer.BadParameter(f"it is given {times} times: give it once", ctx=ctx, param=parameter)
        try:
            return super().parse_args(ctx, list(args))
        except typer.BadParameter as error:
            error.message = _in_plain_words(error.message)
            raise
