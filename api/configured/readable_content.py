"""The content of a version as a person writes it: durations as "8h", empty fields and usual values left out."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any, get_args

from pydantic import BeforeValidator

from api.configured.versions import ConfiguredVersion
from domain.definitions.kinds import KINDS
from domain.messages import Message
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.calendar.microseconds import SECOND, duration_text
from domain.sla.policy.durations import parse_duration
from domain.sla.policy.policy import TARGET_NAMES, Policy
from domain.tenant_settings import WEEKDAYS

Content = dict[str, Any]


def readable_content(version: ConfiguredVersion, country: str | None = None) -> Content:
    """The content for a text. Reading it as that kind gives the same content again.

    A calendar that holds every public holiday of ``country`` names the country in their place.
    """
    content = version.content
    if isinstance(content, Policy):
        return readable_policy(content)
    if isinstance(content, CalendarDefinition):
        return readable_calendar(content if country is None else with_country_named(content, country))
    return readable_body(version.kind, content)


def readable_body(kind: str, body: Message | Mapping[str, Any]) -> Content:
    """The body of a definition; as it was recorded where this release cannot read it."""
    recorded = body.model_dump(mode="json") if isinstance(body, Message) else body
    try:
        model = KINDS[kind].body.model_validate(recorded)
    except (KeyError, ValueError):
        return dict(without_null(recorded))
    return _fields(model, model.model_dump(mode="json"), usual=True)


def readable_policy(policy: Policy) -> Content:
    """A policy as a policy file holds it."""
    content = _fields(policy, policy.model_dump(mode="json"), usual=True)
    for rule in content["rules"]:
        if not set(TARGET_NAMES).intersection(rule):
            rule["resolution"] = "none"
    return content


def readable_calendar(calendar: CalendarDefinition) -> Content:
    """A calendar with its holidays and special days by date."""
    content = _fields(calendar, calendar.model_dump(mode="json"), usual=False)
    if list(content.get("public_holidays", {})) == ["country"]:
        content["public_holidays"] = content["public_holidays"]["country"]
    week = content.pop("week", {})
    content["week"] = {}
    for hours, days in groupby(WEEKDAYS, week.get):
        named = list(days)
        if hours:
            content["week"][named[0] if len(named) == 1 else f"{named[0]}-{named[-1]}"] = hours
    for field in ("holidays", "special_days"):
        if days := content.pop(field, []):
            content[field] = {day.pop("date"): _of_day(field, day) for day in days}
    return content


@lru_cache(maxsize=64)
def with_country_named(calendar: CalendarDefinition, country: str) -> CalendarDefinition:
    """The calendar that publishes the same holidays by naming the country; itself where it lacks one of them."""
    fields = calendar.model_dump()
    try:
        bare = CalendarDefinition.model_validate(fields | {"public_holidays": country, "holidays": {}})
    except ValueError:
        return calendar
    of_country = {day.date: day.name for day in bare.with_holidays_written_out().holidays}
    own = {day.date: day.name for day in calendar.holidays}
    if calendar.public_holidays is not None or not of_country or not of_country.keys() <= own.keys():
        return calendar
    rest = {date: name for date, name in own.items() if of_country.get(date) != name}
    return CalendarDefinition.model_validate(fields | {"public_holidays": country, "holidays": rest})


def full_content(version: ConfiguredVersion) -> Content:
    """The content for a comparison: every field, with durations as a person writes them."""
    content = version.content
    if isinstance(content, Message):
        return _fields(content, content.model_dump(mode="json"), every=True)
    try:
        model = KINDS[version.kind].body.model_validate(content)
    except (KeyError, ValueError):
        return dict(content)
    return _fields(model, content, every=True)


def _of_day(field: str, day: Content) -> Any:
    if field == "holidays":
        return day.get("name", "")
    return day if day.get("name") else day.get("hours", [])


def _fields(model: Message, dumped: Mapping[str, Any], *, usual: bool = False, every: bool = False) -> Content:
    """The fields of a model by their names in its JSON, which ``dumped`` is.

    ``usual``: fields with their default are written as well, unless they are empty. ``every``: empty ones too.
    """
    written: Content = {}
    for name, field in type(model).model_fields.items():
        key = name if name in dumped else str(field.alias)
        value = getattr(model, name)
        if key not in dumped:
            continue
        if not every and (_is_empty(value) or (not usual and not field.is_required() and value == field.default)):
            continue
        is_duration = _reads_durations(field.metadata, field.annotation)
        written[key] = _duration(dumped[key]) if is_duration else _value(value, dumped[key], every=every)
    if "field" in written:  # a condition reads as a sentence: the field, the comparison, the value
        written = {"field": written.pop("field"), **written}
    return {**written, **{key: dumped[key] for key in model.model_extra or {} if key in dumped}}


def _value(value: Any, dumped: Any, *, every: bool) -> Any:
    if isinstance(value, Message) and isinstance(dumped, Mapping):
        return _fields(value, dumped, every=every)
    if isinstance(value, tuple | list) and isinstance(dumped, list) and len(value) == len(dumped):
        return [_value(part, dumped_part, every=every) for part, dumped_part in zip(value, dumped, strict=True)]
    return dumped if every else without_null(dumped)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, tuple | list | dict | frozenset) and not value)


def _reads_durations(metadata: Any, annotation: Any) -> bool:
    """Whether a field takes durations as texts such as "8h"."""
    if any(isinstance(each, BeforeValidator) and each.func is parse_duration for each in metadata):
        return True
    return any(_reads_durations(getattr(part, "__metadata__", ()), None) for part in get_args(annotation))


def _duration(seconds: Any) -> Any:
    return duration_text(seconds * SECOND) if isinstance(seconds, int) else seconds


def without_null(value: Any) -> Any:
    """The value without null, which TOML does not have."""
    if isinstance(value, Mapping):
        return {key: without_null(part) for key, part in value.items() if part is not None}
    if isinstance(value, list | tuple):
        return [without_null(part) for part in value if part is not None]
    return value
