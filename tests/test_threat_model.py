"""The threat model names commands that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup

from api.cli.lazy_command import LazyCommand
from api.cli.main import COMMANDS

PAGE = (Path(__file__).parents[1] / "docs" / "threat-model.md").read_text(encoding="utf-8")
TABLES = PAGE[PAGE.index("## Demands, and what meets them") :]
WORDS = "|".join(sorted(COMMANDS.commands))
NAMED = sorted(set(re.findall(rf"`((?:{WORDS})(?: [^`]+)?)`", PAGE)))
OPTION = re.compile(r"--[a-z-]+")


def test_the_page_names_commands() -> None:
    assert {"erasure", "access", "seal", "witness"} <= COMMANDS.commands.keys()
    assert {"history --kind access", "verify --since", "doctor --proofs"} <= set(NAMED)


@pytest.mark.parametrize("named", NAMED)
def test_a_named_command_exists_with_its_options(named: str) -> None:
    command: Any = COMMANDS
    words = named.split()
    while words and isinstance(command, TyperGroup) and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    if words and not words[0].startswith("-"):
        assert not isinstance(command, TyperGroup) or words[0].isupper(), f"there is no command {named}"
    loaded = command.load() if isinstance(command, LazyCommand) else command
    options = {option for parameter in loaded.params for option in parameter.opts}
    assert set(OPTION.findall(named)) <= options


def test_each_demand_says_what_meets_it_or_that_nothing_does() -> None:
    rows = [line.strip("|").split("|") for line in TABLES.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in row] for row in rows if row[0].strip() != "demand"]
    assert len(rows) > 30
    assert [row[0] for row in rows if len(row) != 3 or not row[1]] == []
    assert [row[0] for row in rows if row[1].startswith("no") and not row[2]] == []
