"""A rule that is about to fire: whom its effects address, and the ids of what they begin."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator

from domain.automation.commands import RuleCommand
from domain.automation.facts import Facts, Role, Subject
from domain.ids import Namespace
from domain.messages import Command

_BEGUN = Namespace(UUID("5d0b7f0a-2c1e-5b61-9f60-3a0d9b1c7e21"))
"""The ids of streams that effects begin, by the id of the firing and the number of the effect."""
_PERSON = re.compile(r"holder|team|lead|owner|(agent|team):.{1,190}")
_RECIPIENT = re.compile(r"customer|holder|team|lead|owner|(agent|team|endpoint):.{1,180}")


def _must_be_a_person(written: str) -> str:
    if not _PERSON.fullmatch(written):
        raise ValueError("write holder, team, lead, owner, agent:NAME or team:NAME")
    return written


def _must_be_a_recipient(written: str) -> str:
    if not _RECIPIENT.fullmatch(written):
        raise ValueError("write customer, holder, team, lead, owner, agent:NAME, team:NAME or endpoint:NAME")
    return written


Person = Annotated[str, AfterValidator(_must_be_a_person)]
"""A role, or an agent or a team by name."""
Recipient = Annotated[str, AfterValidator(_must_be_a_recipient)]
"""The customer, a person, or an endpoint of a webhook by name."""
NO_TICKET, NO_SUBJECT, NO_CUSTOMER, NOBODY = "no_ticket", "no_subject", "no_customer", "nobody"
NO_TEMPLATE, NO_VALUE = "template_unknown", "placeholder_missing"
EXPIRED = "expired"
"""What is due ends before a notification may be sent."""
INVALID = "command_invalid"
"""The values that the effect is filled with make no command, such as a text that is too long."""


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule that is about to fire ``now``; ``id`` is that of its command.

    ``placeholders`` are values for templates that the event or the due instance gives. ``due`` is the identity of the
    latter, ``not_after`` the last instant at which it may be told; None: it has none.
    """

    rule: str
    subject: Subject
    facts: Facts
    id: str
    now: datetime
    placeholders: Mapping[str, str] = field(default_factory=dict)
    due: str | None = None
    not_after: datetime | None = None

    def data(self, given: Mapping[str, str]) -> dict[str, str]:
        """Values for a template; those that the rule gives come first."""
        return {**self.facts.placeholders(), **self.placeholders, **given}

    def begun(self, number: int) -> UUID:
        """The id of the stream that effect ``number`` begins."""
        return _BEGUN.id_of(f"{self.id}/{number}")

    def to_ticket(self, name: str, command: Command) -> RuleCommand:
        """A command to the ticket that the subject is or is about."""
        if self.facts.ticket is None:
            return RuleCommand(name=name, stream=self.subject.stream, refused=NO_TICKET)
        return RuleCommand(name=name, stream=self.facts.ticket, command=command)

    def reason(self, given: str | None) -> str:
        """The reason that the rule gives, or its name."""
        return given or f"rule {self.rule}"

    def after(self, seconds: int, calendar: str | None = None) -> datetime:
        """So many seconds of open time later, or of all time without a calendar."""
        if calendar is None:
            return self.now + timedelta(seconds=seconds)
        return self.facts.later(calendar, self.now, seconds)

    def addressee(self, to: str) -> tuple[str | None, str | None]:
        """The team and the agent that are meant; without a holder, a lead or an owner it is the ticket's team."""
        kind, named, name = to.partition(":")
        if named:
            return (name.strip(), None) if kind == "team" else (None, name.strip())
        team, agent = self.facts.person("team"), self.facts.person(ROLES[to])
        return (team, None) if to == "team" else (team if agent is None else None, agent)


ROLES: Mapping[str, Role] = {"holder": "holder", "team": "team", "lead": "lead", "owner": "owner"}
