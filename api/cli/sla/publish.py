"""`sla publish`: the calendars and the policy of a file become the next versions."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from pydantic import ValidationError

from api.calendar_bound import refuse_another_calendar
from api.cli.options import DEFAULT_TENANT, INSTANT, Data, Tenant, Zone
from api.cli.period_options import local_instant
from api.cli.printing import say
from api.cli.sla.policy_files import File, read
from api.cli.system_user import system_user
from api.cli.tenant_database import connected, open_or_create
from api.cli.usage_error import UsageError
from api.database_roles import under
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.service_desk import ServiceDesk
from domain.errors import message_of
from domain.event_log.roles import DESK
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.refusal import Refusal
from domain.sla.policy.commands import PublishCalendar, PublishPolicy, SlaCommand
from domain.sla.policy.publishing import POLICY_STREAM, calendar_stream
from domain.sla.policy_file.policy_file import PolicyFile
from domain.sla.policy_file.policy_file import check as check_examples


class _Publication(NamedTuple):
    """What is published, with the version it has then. ``events``: 0 when it was so already."""

    name: str
    version: int
    events: int


def publish(
    file: File,
    effective_from: Annotated[
        datetime,
        typer.Option(formats=INSTANT, help="What begins from then on is judged by it. A day means its beginning."),
    ],
    reason: Annotated[str, typer.Option(help="Why; it stands in the history.")],
    actor: Annotated[str | None, typer.Option(help="Who publishes; else the user of this computer.")] = None,
    zone: Zone = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Publish the calendars and the policy of a file whose examples hold.

    The same again changes nothing.
    """
    checked = _checked(file)
    with open_or_create(data, tenant) as login:
        since = local_instant(login, tenant, effective_from, zone)
        commands, by = _commands(checked, since, reason, actor or system_user())
        try:
            published = asyncio.run(_publish(under(login, DESK), tenant, commands, by))
        except Refusal as refusal:
            raise UsageError(f"{refusal.rule}.") from None
    for name, version, events in published:
        say(f"{name}: version {version}{'' if events else ', unchanged'}, effective from {since.isoformat(' ')}.")


def _checked(name: Path) -> PolicyFile:
    """The file. Raises UsageError when an example does not hold."""
    file, text = read(name)
    failing = [outcome for outcome in check_examples(file, text) if outcome.differences]
    if failing:
        raise UsageError(f"{len(failing)} examples of {name} do not hold: `sla check {name}` shows them.")
    return file


def _commands(file: PolicyFile, since: datetime, reason: str, actor: str) -> tuple[list[tuple[str, SlaCommand]], Actor]:
    """The commands with their actor; calendars first: the policy counts on them. Raises UsageError."""
    try:
        by = Actor(id=actor, kind="agent")
        calendars: list[tuple[str, SlaCommand]] = [
            (f"calendar {calendar.name}", PublishCalendar(effective_from=since, calendar=calendar, reason=reason))
            for calendar in file.calendars
        ]
        policy = PublishPolicy(effective_from=since, policy=file.policy, reason=reason)
    except ValidationError as error:
        raise UsageError(f"{error.errors()[0]['loc'][0]}: {message_of(error.errors()[0])}.") from None
    return [*calendars, ("policy", policy)], by


async def _publish(dsn: str, tenant: str, commands: Sequence[tuple[str, SlaCommand]], by: Actor) -> list[_Publication]:
    desk = ServiceDesk(LogConnection(dsn, tenant))
    published = []
    try:
        for name, command in commands:
            stream = POLICY_STREAM
            if isinstance(command, PublishCalendar):
                stream = calendar_stream(command.calendar.name)
                with connected(dsn) as connection:
                    refuse_another_calendar(connection, tenant, stream)
            context = CommandContext(by, str(new_id()), Origin(channel="command line"))
            answer = (await desk.handle(stream, command, context)).answer
            published.append(_Publication(name, answer.version, answer.events))
    finally:
        await desk.close()
    return published
