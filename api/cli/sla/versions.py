"""`sla versions` and `sla diff`: the published versions, and how two of them differ."""

from collections.abc import Sequence
from typing import Annotated

import typer

from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import local, say, show_json, show_table
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from api.cli.tenant_database import tenant_connection
from api.cli.usage_error import UsageError
from api.cli.version_difference import show_difference
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.readable import Language
from domain.sla.calendar.business_time import CalendarDefinition, CalendarVersion
from domain.sla.clock.explain_text import policy_name
from domain.sla.policy.policy import Policy, PolicyVersion
from domain.sla.policy.published import calendars_by_name, policy_versions
from domain.text_folding import fold_name

Calendar = Annotated[str | None, typer.Option("--calendar", help="Of this calendar; else of the policy.")]


@options_of(ReadOptions)
def versions(reading: ReadOptions, calendar: Calendar = None) -> None:
    """List the versions of the policy or of a calendar.

    Each with its effective instant, who published it, and why.
    """
    with reading.connection() as connection:
        locale = reading.locale(connection)
        events = reader.rules(connection, reading.tenant)
    rows = _versions(events, calendar)
    if reading.as_json:
        show_json(rows)
        return
    by_position = {event.position: event for event in events}
    show_table(
        calendar or {"en": "Policy", "vi": "Chính sách"}[locale.language],
        [
            {
                "version": version.version,
                "name": _name(version, locale.language),
                "effective_from": locale.effective_from(version.version, version.effective_from),
                "published": event and local(event.recorded_at, locale.zone),
                "by": event and event.envelope.actor.id,
                "why": event and event.envelope.reason,
            }
            for version in rows
            for event in [by_position.get(version.position)]
        ],
        language=locale.language,
    )
    say(locale.zone_sentence)


def diff(
    old: Annotated[int, typer.Argument(help="A version.")],
    new: Annotated[int, typer.Argument(help="Another.")],
    calendar: Calendar = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Show how two versions differ."""
    with tenant_connection(data, tenant) as connection:
        contents = {
            version.version: _content(version) for version in _versions(reader.rules(connection, tenant), calendar)
        }
    show_difference(contents, old, new, as_json=as_json)


def _versions(
    events: Sequence[RecordedEvent], calendar: str | None
) -> Sequence[PolicyVersion] | Sequence[CalendarVersion]:
    """The versions, the built-in one first. Raises UsageError for an unknown calendar."""
    if calendar is None:
        return policy_versions(events)
    by_name = calendars_by_name(events)
    if fold_name(calendar) not in by_name:
        names = ", ".join(sorted(by_name))
        raise UsageError(
            f"There is no calendar {calendar!r}: choose one of {names}."
            if by_name
            else f"There is no calendar {calendar!r}: none is published yet, `sla publish` publishes them.",
            f"Không có lịch {calendar!r}: hãy chọn một trong {names}."
            if by_name
            else f"Không có lịch {calendar!r}: chưa ban hành lịch nào, `sla publish` ban hành lịch.",
        )
    return by_name[fold_name(calendar)]


def _name(version: PolicyVersion | CalendarVersion, language: Language) -> str:
    if isinstance(version, CalendarVersion):
        return version.calendar.name
    return policy_name(version.policy.name, version.version, language)


def _content(version: PolicyVersion | CalendarVersion) -> Policy | CalendarDefinition:
    return version.calendar if isinstance(version, CalendarVersion) else version.policy
