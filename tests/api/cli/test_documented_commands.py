"""Every command line that a page shows has words, options and arguments that the program takes."""

import re
import shlex
from pathlib import Path

import pytest
from typer import Exit
from typer._click.exceptions import ClickException
from typer.core import TyperGroup

from api.cli.development import DEVELOPMENT_WORDS
from api.cli.main import COMMANDS
from domain.errors import LedgerError

ROOT = Path(__file__).parents[3]
SHOWN = re.compile(r"^ *\$ (?:\w+=\S+ )*\./run ((?:.*\\\n)*.*)$", re.MULTILINE)
PAGES = [
    page for page in sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md"]) if SHOWN.search(page.read_text("utf-8"))
]


def words_of(page: Path) -> list[list[str]]:
    """The words of each command line; what a shell does with the answer is left out."""
    shown = (line.replace("\\\n", " ") for line in SHOWN.findall(page.read_text("utf-8")))
    return [shlex.split(re.split(r"\s[<>|&#]", line)[0]) for line in shown]


def parse(words: list[str]) -> None:
    """Raises UsageError for words that the program does not take."""
    context = COMMANDS.make_context("run", list(words))
    while isinstance(context.command, TyperGroup):
        name, command, rest = context.command.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        context = command.make_context(name, rest, parent=context)


def refused(words: list[str]) -> str | None:
    try:
        parse(words)
    except Exit:
        return None
    except (ClickException, LedgerError) as error:
        return f"{' '.join(words)}: {type(error).__name__} {error}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_program_takes_each_command_line_of_a_page(page: Path) -> None:
    shown = [words for words in words_of(page) if words[0] not in DEVELOPMENT_WORDS and not {"ID", "..."} & {*words}]
    assert list(filter(None, map(refused, shown))) == []


@pytest.mark.parametrize("words", [["sla", "publish", "file", "--from-when", "2026"], ["definitions"], ["proof"]])
def test_words_that_the_program_does_not_take_are_noticed(words: list[str]) -> None:
    assert refused(words) is not None
