"""`sla publish`: the calendars and the policy of a file become the next versions."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from pydantic import ValidationError

from api.calendar_bound import refuse_another_calendar
from api.cli.examples import refuse_failing
from api.cli.options import DEFAULT_TENANT, INSTANT, Data, Tenant, Zone
from api.cli.period_options import local_instant
from api.cli.recording import record_in_turn, say_published
from api.cli.sla.policy_files import File, read
from api.cli.system_user import system_user
from api.cli.tenant_database import connected, open_or_create
from api.cli.usage_error import UsageError
from api.database_roles import under
from domain.command_context import Actor
from domain.errors import message_of
from domain.event_log.roles import DESK
from domain.refusal import Refusal
from domain.sla.policy.commands import PublishCalendar, PublishPolicy, SlaCommand
from domain.sla.policy.publishing import POLICY_STREAM, calendar_stream
from domain.sla.policy_file.policy_file import PolicyFile
from domain.sla.policy_file.policy_file import check as check_examples


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
        desk = under(login, DESK)
        try:
            results = record_in_turn(desk, tenant, _within_bound(desk, tenant, commands.values()), by)
        except Refusal as refusal:
            raise UsageError(f"{refusal.rule}.") from None
    for name, result in zip(commands, results, strict=True):
        say_published(name, result, since)


def _checked(name: Path) -> PolicyFile:
    """The file. Raises UsageError when an example does not hold."""
    file, text = read(name)
    refuse_failing(name, check_examples(file, text), "sla check")
    return file


def _commands(file: PolicyFile, since: datetime, reason: str, actor: str) -> tuple[dict[str, SlaCommand], Actor]:
    """The commands by what they publish, calendars first: the policy counts on them; and their actor.

    Raises UsageError.
    """
    try:
        by = Actor(id=actor, kind="agent")
        commands: dict[str, SlaCommand] = {
            f"calendar {calendar.name}": PublishCalendar(effective_from=since, calendar=calendar, reason=reason)
            for calendar in file.calendars
        }
        commands["policy"] = PublishPolicy(effective_from=since, policy=file.policy, reason=reason)
    except ValidationError as error:
        raise UsageError(f"{error.errors()[0]['loc'][0]}: {message_of(error.errors()[0])}.") from None
    return commands, by


def _within_bound(dsn: str, tenant: str, commands: Iterable[SlaCommand]) -> Iterator[tuple[UUID, SlaCommand]]:
    """The commands with their streams. Raises Refusal when it comes to a calendar that would be one too many."""
    for command in commands:
        stream = POLICY_STREAM
        if isinstance(command, PublishCalendar):
            stream = calendar_stream(command.calendar.name)
            with connected(dsn) as connection:
                refuse_another_calendar(connection, tenant, stream)
        yield stream, command
