"""People read every command in the language and the zone of the tenant, unless they name others."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from inspect import unwrap
from pathlib import Path
from types import FunctionType
from typing import NoReturn, cast
from uuid import UUID

import pytest
import typer.core

from api.cli import tenant_database
from api.cli.lazy_command import LazyCommand
from api.cli.main import COMMANDS
from api.cli.usage_error import UsageError
from domain.customer.commands import RegisterCustomer
from domain.erasure.commands import PlaceLegalHold
from domain.erasure.state import erasure_stream
from domain.switches.commands import StopSwitch
from domain.switches.state import SWITCHES
from domain.ticket.commands import AssignTicket, PutOnHold
from domain.zones import zone_named
from tests.support.command_line import Run
from tests.support.serving import CUSTOMER
from tests.support.told import Told, march, told

_FILE = "for authors of definitions: it names fields and values as files write them"
_OPERATORS = "for operators"
ENGLISH: Mapping[str, str] = {
    "simulate": _OPERATORS,
    "doctor": _OPERATORS,
    "keystore report-loss": _OPERATORS,
    "sla diff": _FILE,
    "sla correct": _FILE,
    "policy diff": _FILE,
    "policy correct": _FILE,
    "definition diff": _FILE,
}
"""Commands that show a table in English alone, and why."""
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


def names_in(function: FunctionType, seen: set[FunctionType]) -> set[str]:
    """The names that a function uses, itself or in functions of the command line that it uses."""
    seen.add(function)
    names = set(function.__code__.co_names)
    for name in function.__code__.co_names:
        used = function.__globals__.get(name)
        if isinstance(used, FunctionType) and used.__module__.startswith("api.cli.") and used not in seen:
            names |= names_in(used, seen)
    return names


@pytest.mark.parametrize(("words", "command"), [pytest.param(*each, id=each[0]) for each in commands()])
def test_a_command_that_shows_a_table_or_records_answers_in_another_language(words: str, command: LazyCommand) -> None:
    loaded = command.load()
    has_language = "language" in {option.name for option in loaded.params}
    names = names_in(cast("FunctionType", unwrap(cast("FunctionType", loaded.callback))), set())
    assert (not has_language and not names.isdisjoint({"show_table", "give"})) == (words in ENGLISH)


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


HEALTH_OUTCOMES = ("health", "outcomes", "--from", "2026-01-01", "--to", "2026-12-31")


@pytest.mark.parametrize(
    ("words", "vietnamese", "english"),
    [
        (("erasure", "list"), "trả lời trước", "answer by"),
        (("erasure", "show", str(CUSTOMER)), "đã đặt lệnh lưu giữ", "legal hold placed"),
        (HEALTH_OUTCOMES, "chưa rõ", "unknown"),
        (("health", "list"), "tiêu chuẩn", "standard"),
        (("availability", "list"), "chưa có ai", "names nobody"),
        (("automation", "stopped"), "kênh", "channel"),
        (("report", "list"), "cách tính", "formula"),
        (("keys", "list"), "không thời hạn", "for ever"),
        (("sla", "versions"), "mặc định", "Default"),
    ],
)
def test_an_answer_is_in_the_tenants_language(
    run: Run, desk: Told, words: tuple[str, ...], vietnamese: str, english: str
) -> None:
    desk.send(CUSTOMER, RegisterCustomer(name="An"))
    desk.send(erasure_stream(CUSTOMER), PlaceLegalHold(customer_id=CUSTOMER, hold="Case 7", why="the court"))
    desk.send(SWITCHES, StopSwitch(what="channel", name="sms", reason="too many"))
    desk.follow()
    run("keys", "create", "--actor", "linh", "--scope", "read", "--expires", "never")
    assert vietnamese in run(*words).out
    assert english in run(*words, "--language", "en").out


def test_who_waits_for_the_first_database_reads_why(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> NoReturn:
        raise UsageError("it takes long")

    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setattr(tenant_database, "database", slow)
    folder = tmp_path / "new"
    create = ("keys", "create", "--actor", "linh", "--scope", "read", "--data", str(folder), "--language")
    said = {"en": f"There is no database in {folder} yet", "vi": f"Chưa có cơ sở dữ liệu trong {folder}"}
    for language, sentence in said.items():
        assert sentence in run(*create, language).err
    folder.mkdir()
    assert run(*create, "en").err == "ticketledger: it takes long\n"
