"""People read every command in the language and the zone of the tenant, unless they name others."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
import typer.core

from api.cli.lazy_command import LazyCommand
from api.cli.main import COMMANDS
from domain.ticket.commands import AssignTicket, PutOnHold
from domain.zones import zone_named
from tests.support.command_line import Run
from tests.support.told import Told, march, told

MADE_FOR_FILES = {"export tables"}
"""Commands whose times are UTC unless a zone is named, so that files of two tenants are alike."""


def commands(group: typer.core.TyperGroup = COMMANDS, words: str = "") -> Iterator[tuple[str, LazyCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, typer.core.TyperGroup):
            yield from commands(command, f"{words}{name} ")
        elif isinstance(command, LazyCommand):
            yield f"{words}{name}", command


@pytest.mark.parametrize(("words", "command"), [pytest.param(*each, id=each[0]) for each in commands()])
def test_a_command_names_neither_a_zone_nor_a_language_by_itself(words: str, command: LazyCommand) -> None:
    options = {option.name: option.default for option in command.load().params}
    assert words in MADE_FOR_FILES or {options.get("zone"), options.get("language")} == {None}
    assert "zone" in options or not {"known_at", "as_of", "at"} & options.keys()


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as desk:
        yield desk


def test_one_event_has_one_time_in_every_command(run: Run, desk: Told) -> None:
    ticket = desk.ticket(march(2))
    until = datetime.now(UTC).replace(microsecond=0, year=2099)
    desk.send(ticket, AssignTicket(team="care", agent="lan"))
    desk.send(ticket, PutOnHold(waiting_for="customer", reason="Which month?", until=until))
    desk.follow()
    entry = run("history", str(ticket), "--json").json[0]
    received, customer = datetime.fromisoformat(entry["occurred_at"]), str(UUID(entry["customer"]))
    for zone, named in (("Asia/Ho_Chi_Minh", ()), ("UTC", ("--zone", "UTC"))):
        local = received.astimezone(zone_named(zone))
        answers = [
            run("history", str(ticket), *named),
            run("customer", "timeline", customer, *named),
            run("customer", "show", customer, *named),
            run("sla", "explain", str(ticket), *named),
        ]
        for answer in answers:
            assert f"{local:%H:%M}" in answer.out
            assert f"{local:%d/%m/%Y}" in answer.out
        assert f"{until.astimezone(zone_named(zone)):%H:%M:%S %d/%m/%Y}" in run("due", *named).out


def test_another_language_is_named(run: Run, desk: Told) -> None:
    ticket = str(desk.ticket(march(2)))
    desk.follow()
    assert run("history", ticket).out.startswith("Lịch sử")
    assert run("history", ticket, "--language", "en").out.startswith("History")
    assert run("due").out.startswith("Sắp đến hạn")
    assert run("due", "--language", "en").out.startswith("Due next")
