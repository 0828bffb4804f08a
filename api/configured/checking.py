"""Reads a text that a person wants to publish: its problems with their lines, and whether its examples hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import ValidationError

from api.configured.versions import CALENDAR, POLICY, ConfigurationEvents, ConfiguredVersion
from domain.definitions.commands import PublishDefinition
from domain.definitions.definition_file import WrittenDefinition, read_definition_file
from domain.definitions.definition_file import check as check_definition
from domain.definitions.doubts import warnings as doubts_of
from domain.definitions.kinds import KINDS
from domain.definitions.state import definition_stream
from domain.messages import Command, Message
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.policy.bounds import calendar_beyond
from domain.sla.policy.commands import PublishCalendar, PublishPolicy
from domain.sla.policy.policy import Policy
from domain.sla.policy.published import calendar_in_effect, calendars_by_name
from domain.sla.policy.publishing import POLICY_STREAM, calendar_stream
from domain.sla.policy_file.policy_file import check as check_policy
from domain.sla.policy_file.policy_file import read_policy_file, warnings
from domain.text_folding import fold_name
from domain.toml_file import ExampleResult, FileProblem, FileRefused, read_file, refused


class CheckedText(NamedTuple):
    """``content`` is a policy, a calendar or the body of a definition; None when there are problems.

    ``doubts`` are the parts of a policy or a definition without effect. ``calendars`` are those that a policy brings
    along: calendars in its text that are not in effect like that.
    """

    problems: Sequence[FileProblem] = ()
    content: Message | None = None
    examples: Sequence[ExampleResult] = ()
    doubts: Sequence[FileProblem] = ()
    calendars: Sequence[CalendarDefinition] = ()

    @property
    def failing(self) -> list[ExampleResult]:
        """The examples that do not hold."""
        return [example for example in self.examples if example.differences]

    @property
    def can_be_published(self) -> bool:
        """Whether it can be read and every example holds."""
        return self.content is not None and not self.failing


def check_text(kind: str, name: str, text: str, published: ConfigurationEvents, now: datetime) -> CheckedText:
    """Reads a text as that kind and name. A policy counts on the calendars in effect besides those of its text."""
    text = text.replace("\r\n", "\n")
    try:
        if kind == POLICY:
            return _checked_policy(text, published, now)
        if kind == CALENDAR:
            return _checked_calendar(name, text)
        return _checked_definition(kind, name, text)
    except FileRefused as refusal:
        return CheckedText(refusal.problems)


def publications(
    kind: str, name: str, checked: CheckedText, effective_from: datetime, reason: str
) -> list[tuple[UUID, Command]]:
    """The commands with their streams; calendars come before the policy that counts on them.

    Raises ValidationError for the instant or the reason.
    """
    content = checked.content
    if isinstance(content, Policy):
        calendars = [_of_calendar(each, effective_from, reason) for each in checked.calendars]
        policy = PublishPolicy(effective_from=effective_from, policy=content, reason=reason)
        return [*calendars, (POLICY_STREAM, policy)]
    if isinstance(content, CalendarDefinition):
        return [_of_calendar(content, effective_from, reason)]
    body = {} if content is None else content.model_dump(mode="json")
    command = PublishDefinition(kind=kind, name=name, effective_from=effective_from, body=body, reason=reason)
    return [(definition_stream(kind, name), command)]


def configured_stream(kind: str, name: str) -> UUID:
    """The stream of the versions of a kind and name."""
    if kind == POLICY:
        return POLICY_STREAM
    return calendar_stream(name) if kind == CALENDAR else definition_stream(kind, name)


def examples_of(text: str, body: Message) -> list[ExampleResult]:
    """The worked examples of another definition file of that kind, such as a shipped one, checked against a body."""
    written = read_definition_file(text)
    return check_definition(WrittenDefinition(written.kind, written.name, body, written.examples), text)


def examples_under(
    current: ConfiguredVersion | None, text: str, published: ConfigurationEvents, now: datetime
) -> list[ExampleResult]:
    """The worked examples of a text that can be read, checked against the version in effect; none without one."""
    if current is None or current.kind == CALENDAR:
        return []
    if isinstance(current.content, Policy):
        in_effect = _calendars_in_effect(published, now)
        file = read_policy_file(text, in_effect)
        return check_policy(file.model_copy(update={"policy": current.content, "calendars": tuple(in_effect)}), text)
    try:
        return examples_of(text, KINDS[current.kind].body.model_validate(current.content))
    except ValidationError:  # a body of another release
        return []


def _of_calendar(calendar: CalendarDefinition, effective_from: datetime, reason: str) -> tuple[UUID, Command]:
    command = PublishCalendar(effective_from=effective_from, calendar=calendar, reason=reason)
    return calendar_stream(calendar.name), command


def _checked_policy(text: str, published: ConfigurationEvents, now: datetime) -> CheckedText:
    in_effect = _calendars_in_effect(published, now)
    file = read_policy_file(text, in_effect)
    new = [
        each for each in file.calendars if each not in in_effect and each.with_holidays_written_out() not in in_effect
    ]
    return CheckedText((), file.policy, check_policy(file, text), warnings(file, text), new)


def _calendars_in_effect(published: ConfigurationEvents, now: datetime) -> list[CalendarDefinition]:
    return [calendar_in_effect(versions, now).calendar for versions in calendars_by_name(published.rules).values()]


def _checked_calendar(name: str, text: str) -> CheckedText:
    calendar = read_file(text, CalendarDefinition)
    if fold_name(calendar.name) != fold_name(name):
        raise refused(text, [(("name",), f"this page is about the calendar {name!r}: leave its name as it is")])
    if beyond := list(calendar_beyond(calendar)):
        raise refused(text, beyond)
    return CheckedText(content=calendar)


def _checked_definition(kind: str, name: str, text: str) -> CheckedText:
    written = read_definition_file(text)
    if written.kind.name != kind:
        raise refused(text, [(("kind",), f"this page is about the kind {kind!r}: leave it as it is")])
    if fold_name(written.name) != fold_name(name):
        raise refused(text, [(("name",), f"this page is about {name!r}: leave the name as it is")])
    return CheckedText((), written.body, check_definition(written, text), doubts_of(written, text))
