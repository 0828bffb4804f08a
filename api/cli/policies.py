"""Policy files, published versions and explained clocks, seen from the terminal."""

import asyncio
import getpass
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from psycopg import Connection
from pydantic import ValidationError

from api.cli.history import ticket_named
from api.cli.printing import say, show_json, show_line, show_table
from api.cli.tenant_database import UsageError, connected
from api.http.another_calendar import refuse_another_calendar
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.service_desk import ServiceDesk
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.refusal import Refusal
from domain.sla.calendar.business_time import CalendarVersion
from domain.sla.clock.explain_text import Language, all_as_text
from domain.sla.policy.commands import PublishCalendar, PublishPolicy, SlaCommand
from domain.sla.policy.diff import differences
from domain.sla.policy.policy import PolicyVersion
from domain.sla.policy.published import calendars_by_name, policy_versions
from domain.sla.policy.publishing import POLICY_STREAM, calendar_stream
from domain.sla.policy_file.policy_file import PolicyFile, PolicyFileRefused, read_policy_file, warnings
from domain.sla.policy_file.policy_file import check as check_examples
from domain.text_folding import fold_name
from domain.toml_text import LARGEST_FILE
from domain.zones import TimeZone
from projections.engine.checkpoints import position_of
from projections.sla.queries import due_next
from projections.sla.table import SLA_CLOCKS
from projections.sla.ticket_clocks import ticket_clocks

SHIPPED = Path(__file__).parents[1] / "policies"


class ExplainOptions(NamedTuple):
    """Which clocks of a ticket, as of which instants, told how."""

    at: datetime | None
    known_at: datetime | None
    target: str | None
    language: Language
    zone: TimeZone


def read(name: Path) -> tuple[PolicyFile, str]:
    """A policy file and its text; a shipped one is named without its suffix. Raises UsageError, with every line."""
    path = SHIPPED / f"{name}.toml" if not name.exists() and re.fullmatch(r"[a-z-]+", str(name)) else name
    try:
        with path.open(encoding="utf-8") as opened:
            text = opened.read(LARGEST_FILE + 1)
        return read_policy_file(text), text
    except PolicyFileRefused as refused:
        lines = [f"{name}:{problem.line}: {problem.reason}" for problem in refused.problems]
        raise UsageError("The policy file cannot be used:\n" + "\n".join(lines)) from None
    except (OSError, UnicodeDecodeError) as error:
        shipped = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise UsageError(f"{name} cannot be read ({why}): name a TOML file, or one that ships: {shipped}.") from None


def check(name: Path, *, as_json: bool) -> bool:
    """Runs the examples and tells of each, and of what the policy says to no effect; whether all examples hold."""
    file, text = read(name)
    outcomes, doubts = check_examples(file, text), warnings(file, text)
    if as_json:
        show_json(
            {
                "examples": [outcome._asdict() for outcome in outcomes],
                "warnings": [doubt._asdict() for doubt in doubts],
            }
        )
        return not any(outcome.differences for outcome in outcomes)
    for outcome in outcomes:
        show_line(f"{'FAIL' if outcome.differences else 'ok  '}  {name}:{outcome.line}: {outcome.example}")
        for difference in outcome.differences:
            show_line(f"      {difference}")
    for doubt in doubts:
        show_line(f"warn  {name}:{doubt.line}: {doubt.reason}")
    failed = sum(bool(outcome.differences) for outcome in outcomes)
    say(f"{len(outcomes) - failed} of {len(outcomes)} examples hold.")
    return not failed


def publish(dsn: str, tenant: str, name: Path, since: datetime, reason: str, actor: str | None) -> None:
    """Calendars first: the policy counts on them. Raises UsageError when an example does not hold."""
    file, text = read(name)
    wrong = [outcome for outcome in check_examples(file, text) if outcome.differences]
    if wrong:
        raise UsageError(f"{len(wrong)} examples of {name} do not hold: `sla check {name}` shows them.")
    try:
        by = Actor(id=actor or getpass.getuser(), kind="agent")
        commands: list[tuple[str, SlaCommand]] = [
            (f"calendar {calendar.name}", PublishCalendar(effective_from=since, calendar=calendar, reason=reason))
            for calendar in file.calendars
        ]
        commands.append(("policy", PublishPolicy(effective_from=since, policy=file.policy, reason=reason)))
    except ValidationError as error:
        raise UsageError(f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}.") from None
    try:
        published = asyncio.run(_publish(dsn, tenant, commands, by))
    except Refusal as refusal:
        raise UsageError(f"{refusal.rule}.") from None
    for what, version, events in published:
        say(f"{what}: version {version}{'' if events else ', unchanged'}, effective from {since.isoformat(' ')}.")


async def _publish(
    dsn: str, tenant: str, commands: Sequence[tuple[str, SlaCommand]], by: Actor
) -> list[tuple[str, int, int]]:
    desk = ServiceDesk(LogConnection(dsn, tenant))
    try:
        found = []
        for what, command in commands:
            stream = calendar_stream(command.calendar.name) if isinstance(command, PublishCalendar) else POLICY_STREAM
            with connected(dsn) as connection:
                refuse_another_calendar(connection, tenant, stream, command)
            circumstances = CommandContext(by, str(new_id()), Origin(channel="command line"))
            answer = (await desk.handle(stream, command, circumstances)).answer
            found.append((what, answer.version, answer.events))
        return found
    finally:
        await desk.close()


def show_versions(connection: Connection, tenant: str, calendar: str | None, *, as_json: bool) -> None:
    """Every version, the built-in one first."""
    rules = _rules(connection, tenant)
    found = _versions(rules, calendar)
    if as_json:
        show_json(found)
        return
    events = {event.position: event for event in rules}
    show_table(
        calendar or "Policy",
        [
            {
                "version": version.version,
                "name": (version.calendar if isinstance(version, CalendarVersion) else version.policy).name,
                "effective_from": version.effective_from,
                "published": event and event.recorded_at,
                "by": event and event.envelope.actor.id,
                "why": event and event.envelope.reason,
            }
            for version in found
            for event in [events.get(version.position)]
        ],
    )


def show_difference(
    connection: Connection, tenant: str, calendar: str | None, old: int, new: int, *, as_json: bool
) -> None:
    """A line for each place. Raises UsageError for a version that there is not."""
    versions = {version.version: version for version in _versions(_rules(connection, tenant), calendar)}
    if old not in versions or new not in versions:
        raise UsageError(f"There are the versions {', '.join(map(str, versions))}: choose two of them.")
    contents = [
        version.calendar if isinstance(version, CalendarVersion) else version.policy
        for version in (versions[old], versions[new])
    ]
    found = differences(*contents)
    if as_json:
        show_json(found)
    else:
        show_table(f"Version {old} and version {new}", [dict(difference) for difference in found], "say the same")


def show_clocks(connection: Connection, tenant: str, ticket: str, asked: ExplainOptions, *, as_json: bool) -> None:
    """The timeline of each clock."""
    at = asked.at or asked.known_at or reader.now(connection)
    found = ticket_clocks(
        connection, tenant, ticket_named(connection, schema_of(tenant), ticket), at=at, known_at=asked.known_at
    )
    told = [clock for clock in found if asked.target in {None, clock.target}]
    if as_json:
        show_json(told)
        return
    show_line(all_as_text(told, at, asked.language, asked.zone))


def show_due(connection: Connection, tenant: str, limit: int, zone: TimeZone, *, as_json: bool) -> None:
    """The next one first. Raises ProjectionOutdated."""
    position_of(connection, tenant, [SLA_CLOCKS])
    found = due_next(connection, schema_of(tenant), now=reader.now(connection), limit=limit)
    if as_json:
        show_json(found)
        return
    rows = [
        {
            "due": clock.due_at.astimezone(zone) if clock.due_at else None,
            "ticket": clock.ticket,
            "target": clock.target,
            "priority": clock.priority,
            "team": clock.team,
            "agent": clock.agent,
        }
        for clock in found
    ]
    show_table("Due next", rows, "nothing is due")


def _rules(connection: Connection, tenant: str) -> list[RecordedEvent]:
    return reader.rules(connection, tenant, reader.head(connection, tenant))


def _versions(
    rules: Sequence[RecordedEvent], calendar: str | None
) -> Sequence[PolicyVersion] | Sequence[CalendarVersion]:
    if calendar is None:
        return policy_versions(rules)
    by_name = calendars_by_name(rules)
    if fold_name(calendar) not in by_name:
        raise UsageError(f"There is no calendar {calendar!r}: choose one of {', '.join(sorted(by_name))}.")
    return by_name[fold_name(calendar)]
