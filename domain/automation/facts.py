"""What the conditions and the effects of a rule read beside the event or the due instance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from domain.automation.fields import RuleCondition
from domain.notification.commands import NotificationChannel, Purpose
from domain.predicate import Value
from domain.readable import Language

Role = Literal["holder", "team", "lead", "owner"]
"""Whom effects address: the agent of the ticket, its team, the lead of that team, the owner of the contract."""


def _all_time(_calendar: str, at: datetime, seconds: int) -> datetime:
    return at + timedelta(seconds=seconds)


def _the_same(channel: NotificationChannel, _purpose: Purpose, _template: str) -> NotificationChannel:
    return channel


class Subject(NamedTuple):
    """The stream of the event or of the due instance."""

    stream: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class Facts:
    """``value_of`` says what stands in a field, besides those of the event and of the due instance.

    ``ticket`` is the subject or what it is about, ``customer`` the one that it belongs to. ``person`` says who is meant
    by a role, ``placeholders`` gives values for templates. ``channel(channel, purpose, template)`` is
    that one, or another one on which the customer has an address.
    ``rendered(template, data)`` is the text of a template in ``language``; None where there is none. It raises
    MissingValues.
    ``later(calendar, at, seconds)`` counts open time of a calendar. ``local`` is an instant as people of the tenant
    read it. ``stopped`` says whether a rule is stopped, ``fired_lately(rule, most)`` how often it fired in the last
    hour on any subject, counted up to ``most``.
    """

    value_of: Callable[[RuleCondition], Value]
    ticket: UUID | None = None
    customer: UUID | None = None
    person: Callable[[Role], str | None] = field(default=lambda _role: None)
    placeholders: Callable[[], Mapping[str, str]] = dict
    language: Language = "vi"
    channel: Callable[[NotificationChannel, Purpose, str], NotificationChannel] = field(default=_the_same)
    template_version: Callable[[str], int] = field(default=lambda _template: 0)
    rendered: Callable[[str, Mapping[str, str]], str | None] = field(default=lambda _template, _data: None)
    later: Callable[[str, datetime, int], datetime] = field(default=_all_time)
    local: Callable[[datetime], str] = field(default=datetime.isoformat)
    stopped: Callable[[str], bool] = field(default=lambda _rule: False)
    fired_lately: Callable[[str, int], int] = field(default=lambda _rule, _most: 0)
