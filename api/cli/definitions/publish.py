"""`definition publish`: the definition of a file becomes the next version."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from api.cli.definitions.definition_files import File, read
from api.cli.examples import refuse_failing
from api.cli.options import DEFAULT_TENANT, INSTANT, Data, Tenant, Zone
from api.cli.period_options import local_instant
from api.cli.recording import record_in_turn, say_published
from api.cli.system_user import system_user
from api.cli.tenant_database import open_or_create
from api.cli.usage_error import UsageError
from api.database_roles import under
from domain.command_context import Actor
from domain.command_handling.pending_command import CommandResult
from domain.definitions.commands import PublishDefinition
from domain.definitions.definition_file import WrittenDefinition
from domain.definitions.definition_file import check as check_examples
from domain.definitions.state import definition_stream
from domain.errors import message_of
from domain.event_log.roles import DESK
from domain.refusal import Refusal
from domain.tenant_settings import TenantSettings


def publish(
    file: File,
    effective_from: Annotated[
        datetime, typer.Option(formats=INSTANT, help="It is in effect from then on. A day means its beginning.")
    ],
    reason: Annotated[str, typer.Option(help="Why; it stands in the history.")],
    actor: Annotated[str | None, typer.Option(help="Who publishes; else the user of this computer.")] = None,
    zone: Zone = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Publish the definition of a file whose examples hold.

    The same again changes nothing.
    """
    written = _checked(file)
    with open_or_create(data, tenant) as login:
        since = local_instant(login, tenant, effective_from, zone or _own_zone(written))
        command, by = _command(written, since, reason, actor or system_user())
        try:
            (published,) = publish_all(under(login, DESK), tenant, [command], by)
        except Refusal as refusal:
            raise UsageError(f"{refusal.rule}.") from None
    say_published(f"{command.kind} {command.name}", published, since)


def _own_zone(written: WrittenDefinition) -> str | None:
    """The zone that settings name: a day without one is a day of it, before and after they are in effect."""
    return written.body.zone if isinstance(written.body, TenantSettings) else None


def _command(written: WrittenDefinition, since: datetime, reason: str, actor: str) -> tuple[PublishDefinition, Actor]:
    """The command with its actor. Raises UsageError."""
    try:
        by = Actor(id=actor, kind="agent")
        command = PublishDefinition(
            kind=written.kind.name,
            name=written.name,
            effective_from=since,
            body=written.body.model_dump(mode="json"),
            reason=reason,
        )
    except ValidationError as error:
        (first, *_) = error.errors()
        raise UsageError(f"{'.'.join(map(str, first['loc']))}: {message_of(first)}.") from None
    return command, by


def _checked(name: Path) -> WrittenDefinition:
    """The file's definition. Raises UsageError when an example does not hold."""
    written, text = read(name)
    refuse_failing(name, check_examples(written, text), "definition check")
    return written


def publish_all(dsn: str, tenant: str, commands: Iterable[PublishDefinition], by: Actor) -> list[CommandResult]:
    """Publishes definitions one after the other. Raises Refusal; what was published before it stays."""
    return record_in_turn(
        dsn, tenant, ((definition_stream(command.kind, command.name), command) for command in commands), by
    )
