"""The list of commands, and what holds for all of them."""

import re
from collections.abc import Iterable, Iterator

import pytest
from typer.core import TyperGroup

from api.cli.lazy_command import LazyCommand
from api.cli.main import COMMANDS
from domain.program_version import versions_in_use
from tests.support.command_line import Run
from tests.support.programs import run_python


def lazy_commands(group: TyperGroup) -> Iterator[LazyCommand]:
    for command in group.commands.values():
        if isinstance(command, TyperGroup):
            yield from lazy_commands(command)
        elif isinstance(command, LazyCommand):
            yield command


def test_the_list_of_commands_appears_without_loading_what_they_need() -> None:
    program = (
        "import sys; sys.argv = ['api', '--help']\nfrom api.cli.main import main\n"
        "try: main()\nfinally: print(*sys.modules)"
    )
    answer = run_python(program)
    for word in ("serve", "follow", "import", "simulate", "demo", "rebuild", "report", "history", "export", "keys",
                 "migrate", "doctor"):  # fmt: skip
        assert re.search(rf"^\W+{word} ", answer.stdout, re.MULTILINE), word
    loaded = set(answer.stdout.splitlines()[-1].split())
    assert not loaded & {"psycopg", "fastapi", "uvicorn", "pydantic", "eventsourcing"}


def test_the_version_is_that_of_the_program_and_of_its_time_zones(run: Run) -> None:
    answer = run("--version")
    assert (answer.code, answer.out, answer.err) == (0, ", ".join(versions_in_use()) + "\n", "")


LIGHT = {
    "api.cli.access.listing", "api.cli.customer.search", "api.cli.customer.show", "api.cli.customer.timeline",
    "api.cli.export_audit", "api.cli.history", "api.cli.keys", "api.cli.keystore", "api.cli.sealing.checkpoint",
    "api.cli.sealing.consistency", "api.cli.sealing.proof", "api.cli.sealing.witness", "api.cli.sla.check",
    "api.cli.sla.due", "api.cli.sla.explain", "api.cli.sla.versions", "api.cli.task.show", "api.cli.verify",
    "api.cli.what_if", "api.cli.work",
}  # fmt: skip
"""Modules of commands that read a few rows or a file."""
SERVER = {"fastapi", "jinja2", "starlette", "uvicorn"}
HEAVY = SERVER | {"domain.command_handling.aggregates", "domain.definitions.kinds", "projections.registry"}
"""What takes a second of the processor to load: the server, all deciders, all definitions, all projections."""


def loaded_after(*steps: Iterable[str]) -> list[set[str]]:
    """The modules of a process after it has loaded those of each step."""
    program = "import importlib, sys" + "".join(
        f"\nfor name in {sorted(modules)}: importlib.import_module(name)\nprint(*sys.modules)" for modules in steps
    )
    return [set(line.split()) for line in run_python(program).stdout.splitlines()]


def test_a_command_starts_without_what_others_need() -> None:
    others = {command.module for command in lazy_commands(COMMANDS)} - {"api.cli.serve", "api.cli.demo"}
    with_light, with_others, with_server = loaded_after(LIGHT | {"domain.event_types"}, others, {"api.cli.serve"})
    assert with_light >= LIGHT
    assert not with_light & HEAVY, "what reads a few rows"
    assert not with_others & SERVER, "what serves nothing"
    assert with_server >= SERVER


@pytest.mark.parametrize("command", [pytest.param(each, id=each.name) for each in lazy_commands(COMMANDS)])
def test_the_list_says_what_the_help_of_each_command_begins_with(command: LazyCommand) -> None:
    assert (command.load().help or "").split("\n\n")[0].replace("\n", " ") == command.help


@pytest.mark.parametrize("command", [pytest.param(each, id=each.name) for each in lazy_commands(COMMANDS)])
def test_a_paragraph_of_help_is_one_line_which_a_terminal_folds(command: LazyCommand) -> None:
    assert "\n" not in (command.load().help or "").replace("\n\n", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("history", "--customer", "12"), "this is no id"),
        (("history", "--from", "2026-13-01"), "'2026-13-01' is no day such as 2026-03-31"),
        (("history", "--known-at", "yesterday"), "'yesterday' is neither a day such as 2026-03-31 nor an instant"),
        (("history", "--limit", "many"), "this is no whole number"),
    ],
)
def test_a_value_of_another_kind_is_refused_in_plain_words(run: Run, words: tuple[str, ...], says: str) -> None:
    answer = run(*words)
    assert answer.code == 2
    assert says in " ".join(answer.err.replace("│", " ").split())


@pytest.mark.parametrize("words", [("doctor",), ("keys", "list"), ("sla", "due")])
def test_an_option_that_is_given_twice_is_refused(run: Run, words: tuple[str, ...]) -> None:
    answer = run(*words, "--tenant", "default", "--tenant", "other")
    assert answer.code == 2
    assert "it is given 2 times" in answer.err


def test_an_option_that_may_be_given_several_times_is_not_refused(run: Run) -> None:
    assert run("report", "sla", "--by", "team", "--by", "agent").code == 0


def test_words_of_the_checkout_say_where_they_work(run: Run) -> None:
    answer = run("bench", "--quick")
    assert answer.code == 2
    assert "start `./run bench` there" in answer.err
