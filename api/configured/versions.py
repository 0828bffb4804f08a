"""Every published version of the policy, of calendars and of definitions, in one shape."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from domain.definitions.kind import TENANT
from domain.definitions.kinds import KINDS
from domain.definitions.overview import versions_of
from domain.definitions.published import PublishedVersion
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.messages import Message
from domain.sla.calendar.business_time import CalendarDefinition, CalendarVersion
from domain.sla.policy.policy import PolicyVersion
from domain.sla.policy.published import calendars_by_name, policy_versions
from domain.text_folding import fold_name
from domain.versions import in_effect
from domain.vietnamese_order import vietnamese_key

POLICY, CALENDAR = "policy", "calendar"
"""The two kinds that have events of their own; all others are kinds of definitions."""
KINDS_CONFIGURED = (POLICY, CALENDAR, *KINDS)


class ConfiguredVersion(NamedTuple):
    """A version with who published it, when and why. The built-in one is version 0 at position 0, of nobody.

    ``content`` is a policy, a calendar, or the recorded body of a definition.
    """

    kind: str
    name: str
    version: int
    effective_from: datetime
    position: int
    content: Message | Mapping[str, Any]
    recorded_at: datetime | None = None
    actor: str | None = None
    reason: str | None = None


class ConfigurationEvents(NamedTuple):
    """The events that published something, up to one position of the log."""

    rules: Sequence[RecordedEvent]
    definitions: Sequence[RecordedEvent]


def published_up_to(connection: Connection, tenant: str, position: int) -> ConfigurationEvents:
    """What is published up to a position."""
    rules = reader.rules(connection, tenant, position)
    return ConfigurationEvents(rules, reader.definitions(connection, tenant, position))


def configured_versions(published: ConfigurationEvents, kind: str, name: str) -> list[ConfiguredVersion]:
    """Every version of what has that kind and name, the built-in one first; empty when there is none."""
    if kind == POLICY:
        return [*_of_sla(published.rules, policy_versions(published.rules))] if name == TENANT else []
    if kind == CALENDAR:
        return [*_of_sla(published.rules, calendars_by_name(published.rules).get(fold_name(name), ()))]
    return [_of_definition(each) for each in versions_of(published.definitions, kind, name)]


def version_in_effect(versions: Sequence[ConfiguredVersion], at: datetime) -> ConfiguredVersion | None:
    """The version in effect at an instant; a calendar counts before its first version as well."""
    chosen = in_effect(versions, at)
    if chosen is None and versions and versions[0].kind == CALENDAR:
        return min(versions, key=lambda version: (version.effective_from, version.version))
    return chosen


def says_the_same(version: ConfiguredVersion, content: Message | None) -> bool:
    """Whether a version has this content; the public holidays of a calendar were written out in it."""
    if isinstance(content, CalendarDefinition):
        return version.content == content.with_holidays_written_out()
    if content is None or isinstance(version.content, Message):
        return version.content == content
    return version.content == content.model_dump(mode="json")


def all_versions(published: ConfigurationEvents) -> dict[tuple[str, str], list[ConfiguredVersion]]:
    """The versions of everything that is configured, by kind and folded name; the kinds in their order."""
    by_definition: dict[tuple[str, str], list[ConfiguredVersion]] = {
        (POLICY, TENANT): [*_of_sla(published.rules, policy_versions(published.rules))]
    }
    for name, calendars in sorted(calendars_by_name(published.rules).items(), key=lambda item: vietnamese_key(item[0])):
        by_definition[CALENDAR, name] = [*_of_sla(published.rules, calendars)]
    names: dict[str, set[str]] = {kind: {TENANT, *each.shipped} for kind, each in KINDS.items()}
    for event in published.definitions:
        names.setdefault(event.payload.kind, set()).add(fold_name(event.payload.name))
    for kind, known in names.items():
        for name in sorted(known, key=vietnamese_key):
            if versions := configured_versions(published, kind, name):
                by_definition[kind, name] = versions
    return by_definition


def _of_sla(
    events: Sequence[RecordedEvent], versions: Sequence[PolicyVersion] | Sequence[CalendarVersion]
) -> Iterator[ConfiguredVersion]:
    by_position = {event.position: event for event in events}
    for version in versions:
        event = by_position.get(version.position)
        is_policy = isinstance(version, PolicyVersion)
        content = version.policy if isinstance(version, PolicyVersion) else version.calendar
        yield ConfiguredVersion(
            kind=POLICY if is_policy else CALENDAR,
            name=TENANT if is_policy else content.name,
            version=0 if event is None else version.version,
            effective_from=version.effective_from,
            position=version.position,
            content=content,
            recorded_at=event and event.recorded_at,
            actor=event and event.envelope.actor.id,
            reason=event and event.envelope.reason,
        )


def _of_definition(version: PublishedVersion) -> ConfiguredVersion:
    return ConfiguredVersion(
        kind=version.kind,
        name=version.name,
        version=version.version,
        effective_from=version.effective_from,
        position=version.position,
        content=version.body,
        recorded_at=version.recorded_at,
        actor=version.actor,
        reason=version.reason,
    )
