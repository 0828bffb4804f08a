"""Gives commands on behalf of the person at the command line."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError

from api.cli.field_problems import NO_ACTOR, NO_REASON, NOT_RECORDED, unusable
from api.cli.locale import language_of
from api.cli.named_streams import NamedStreams, look_up_stream
from api.cli.options import DEFAULT_TENANT, Data, Lang, Tenant
from api.cli.printing import say
from api.cli.system_user import system_user
from api.cli.tenant_database import open_existing
from api.command_line_origin import COMMAND_LINE
from domain.command_context import Actor, CommandContext
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.event_log.roles import DESK
from domain.event_log.store import PATIENT_SETTINGS, LogConnection
from domain.ids import new_id
from domain.messages import Command, Text
from domain.readable import ByLanguage

Why = Annotated[str, typer.Option("--reason", help="Why; it stands in the history.")]
Who = Annotated[str | None, typer.Option("--actor", help="Who decides it; else the user of this computer.")]
UNCHANGED: ByLanguage = MappingProxyType(
    {"en": "Nothing changed: it was so already.", "vi": "Không có gì thay đổi: đã như vậy từ trước."}
)
"""What a command that stays quiet says."""
_TEXT: TypeAdapter[str] = TypeAdapter(Text)


def acting(name: str | None) -> Actor:
    """The actor, by default the user of this computer. Raises UsageError."""
    try:
        return Actor(id=name or system_user(), kind="agent")
    except ValidationError as error:
        raise unusable(NO_ACTOR, error) from None


def person(name: str | None, reason: str) -> tuple[Actor, str]:
    """The actor, by default the user of this computer, and the reason. Raises UsageError."""
    try:
        return acting(name), _TEXT.validate_python(reason)
    except ValidationError as error:
        raise unusable(NO_REASON, error) from None


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """Where a command goes, who gives it, and in which language it is answered: the options of the command line."""

    actor: Who = None
    language: Lang = None
    data: Data = None
    tenant: Tenant = DEFAULT_TENANT

    def stream(self, streams: NamedStreams, name: str) -> UUID:
        """The stream of an id or of the end of one. Raises UsageError."""
        return look_up_stream(self.data, self.tenant, streams, name)

    def give(self, stream: UUID, command: Command, words: ByLanguage, *, unchanged: ByLanguage = UNCHANGED) -> None:
        """Gives a command, and says whether it acts or changes nothing. Raises UsageError and Refusal."""
        by = acting(self.actor)
        with open_existing(self.data, self.tenant, DESK) as dsn:
            ((answer, _),) = record(dsn, self.tenant, [(stream, command)], by)
        say((words if answer.events else unchanged)[language_of(self.data, self.tenant, self.language)])


def checked(command: type[Command], **fields: object) -> Command:
    """A command with these fields. Raises UsageError."""
    try:
        return command.model_validate(fields)
    except ValidationError as error:
        raise unusable(NOT_RECORDED, error, named=True) from None


def record(dsn: str, tenant: str, commands: Iterable[tuple[UUID, Command]], by: Actor) -> list[CommandResult]:
    """Gives commands to their streams, all at once. Raises Refusal of any of them."""

    async def given() -> list[CommandResult]:
        async with _desk(dsn, tenant, by) as handle:
            return await asyncio.gather(*(handle(stream, command) for stream, command in commands))

    return asyncio.run(given())


def say_published(what: str, result: CommandResult, since: datetime) -> None:
    """Says which version was published, or that it was so already."""
    version, unchanged = result.answer.version, "" if result.answer.events else ", unchanged"
    say(f"{what}: version {version}{unchanged}, effective from {since.isoformat(' ')}.")


def record_in_turn(dsn: str, tenant: str, commands: Iterable[tuple[UUID, Command]], by: Actor) -> list[CommandResult]:
    """Gives commands one after the other. Raises Refusal; what was recorded before it stays."""

    async def given() -> list[CommandResult]:
        async with _desk(dsn, tenant, by) as handle:
            return [await handle(stream, command) for stream, command in commands]

    return asyncio.run(given())


@asynccontextmanager
async def _desk(dsn: str, tenant: str, by: Actor) -> AsyncIterator[Callable[[UUID, Command], Awaitable[CommandResult]]]:
    desk = ServiceDesk(LogConnection(dsn, tenant, PATIENT_SETTINGS))
    try:
        yield lambda stream, command: desk.handle(stream, command, CommandContext(by, str(new_id()), COMMAND_LINE))
    finally:
        await desk.close()
