"""What due functions know of the published definitions: zones, open days, waves, SLA policies."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache

from domain.customer_figures.nps_wave import NpsWave
from domain.definitions.events import DefinitionPublished
from domain.definitions.kinds import NPS_WAVE
from domain.definitions.settings import SETTINGS
from domain.due.time_context import IsOpenDay, TimeContext
from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.policy.published import calendar_in_effect, calendars_by_name, policy_history_of
from domain.tenant_settings import TenantSettings
from domain.text_folding import fold_name
from domain.versions import in_effect
from domain.zones import TimeZone, zone_named


def time_context(rules: Sequence[RecordedEvent], definitions: Sequence[RecordedEvent]) -> TimeContext:
    """The context by the published rules and definitions, for due functions that read one stream."""
    settings_at = _settings(definitions)
    calendars = calendars_by_name(rules)

    def zone_at(at: datetime) -> TimeZone:
        return zone_named(settings_at(at).zone)

    def open_days(calendar: str | None, at: datetime) -> IsOpenDay:
        versions = calendars.get(fold_name(calendar)) if calendar else None
        return open_days_of(calendar_in_effect(versions, at).calendar) if versions else settings_at(at).is_working_day

    return TimeContext(zone_at, open_days, _waves(definitions), policy_history_of(rules))


@lru_cache(64)
def open_days_of(calendar: CalendarDefinition) -> IsOpenDay:
    """The local days on which a shift of the calendar starts."""
    special = {day.date: bool(day.hours) for day in calendar.special_days}
    holidays_in = cache(calendar.holidays_in)

    def is_open(day: date) -> bool:
        if day in special:
            return special[day]
        return day not in holidays_in(day.year) and bool(calendar.week.of_day(day.weekday()))

    return is_open


def _settings(definitions: Sequence[RecordedEvent]) -> Callable[[datetime], TenantSettings]:
    """The settings in effect at an instant; the built-in ones before the first version."""
    versions = _of_kind(definitions, SETTINGS.name)
    bodies = {payload.version: SETTINGS.body.model_validate(payload.body) for payload in versions}
    built_in = TenantSettings()

    def settings_at(at: datetime) -> TenantSettings:
        version = in_effect(versions, at)
        return built_in if version is None else bodies[version.version]

    return settings_at


def _waves(definitions: Sequence[RecordedEvent]) -> dict[str, NpsWave]:
    """The newest version of each wave by its folded name."""
    return {
        fold_name(payload.name): NPS_WAVE.body.model_validate(payload.body)
        for payload in _of_kind(definitions, NPS_WAVE.name)
    }


def _of_kind(definitions: Sequence[RecordedEvent], kind: str) -> list[DefinitionPublished]:
    return [
        event.payload
        for event in definitions
        if isinstance(event.payload, DefinitionPublished) and event.payload.kind == kind
    ]
