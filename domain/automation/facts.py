"""What the conditions and the effects of a rule read beside the event or the due instance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from domain.automation.fields import RuleCondition
from domain.predicate import Value

Role = Literal["holder", "team", "lead", "owner"]
"""Whom effects address: the agent of the ticket, its team, the lead of that team, the owner of the contract."""


class Subject(NamedTuple):
    """The stream of the event or of the due instance."""

    stream: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class Facts:
    """``value_of`` says what stands in a field, besides those of the event and of the due instance.

    ``ticket`` is the subject or what it is about, ``customer`` the one that it belongs to. ``placeholders`` are values
    for templates. ``rendered(template, data)`` is the text of a template in ``language``; None where there is none.
    ``later(calendar, at, seconds)`` counts open time of a calendar, or all time without one. ``stopped`` says whether a
    rule is stopped, ``fired_lately`` how often it fired in the last hour, on any subject.
    """

    value_of: Callable[[RuleCondition], Value]
    ticket: UUID | None = None
    customer: UUID | None = None
    people: Mapping[Role, str] = field(default_factory=dict)
    placeholders: Mapping[str, str] = field(default_factory=dict)
    language: Literal["vi", "en"] = "vi"
    template_version: Callable[[str], int] = field(default=lambda _template: 0)
    rendered: Callable[[str, Mapping[str, str]], str | None] = field(default=lambda _template, _data: None)
    later: Callable[[str | None, datetime, int], datetime] | None = None
    stopped: Callable[[str], bool] = field(default=lambda _rule: False)
    fired_lately: Callable[[str], int] = field(default=lambda _rule: 0)
