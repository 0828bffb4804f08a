"""The decider of publications: the next version of the policy or of a calendar, or nothing when nothing is new."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.refusal import Refusal
from domain.sla.calendar.business_time import AROUND_THE_CLOCK, CalendarDefinition
from domain.sla.policy.bounds import CALENDAR_VERSIONS, POLICY_VERSIONS, Bound
from domain.sla.policy.commands import PublishPolicy, SlaCommand
from domain.sla.policy.events import CalendarPublished, PolicyPublished, SlaEvent
from domain.sla.policy.policy import Policy
from domain.text_folding import fold_name

_NAMESPACE = UUID("6f0ce0b5-6a55-4a0e-9a3c-0d5f1c8b7f21")
POLICY_STREAM = uuid5(_NAMESPACE, "policy")
"""The stream of the versions of a tenant's one policy."""


def calendar_stream(name: str) -> UUID:
    """The stream of a calendar's versions, by its folded name."""
    return uuid5(_NAMESPACE, f"calendar/{fold_name(name)}")


class Published(NamedTuple):
    """The newest version of a policy or a calendar; ``state`` is none or published."""

    state: str = "none"
    version: int = 0
    effective_from: datetime | None = None
    content: Policy | CalendarDefinition | None = None


def evolve(published: Published, event: SlaEvent, at: datetime) -> Published:  # noqa: ARG001 -- the shape every fold has
    """The newest version after one more event."""
    content = event.policy if isinstance(event, PolicyPublished) else event.calendar
    return published._replace(
        state="published", version=event.version, effective_from=event.effective_from, content=content
    )


def calendar_streams(names: frozenset[str]) -> list[UUID]:
    """The streams of the calendars of some folded names, in their order; the built-in calendar has none."""
    return [calendar_stream(name) for name in sorted(names - {AROUND_THE_CLOCK.name})]


def refuse_unknown(calendars: Iterable[Published], names: frozenset[str]) -> None:
    """Raises Refusal when one of the calendars that are named was never published."""
    if any(calendar.state == "none" for calendar in calendars):
        rule = f"publish every calendar first that is named here: {', '.join(sorted(names - {AROUND_THE_CLOCK.name}))}"
        raise Refusal("calendar_unknown", rule, "none")


def decide(command: SlaCommand, published: Published, calendars: Sequence[Published]) -> list[SlaEvent]:
    """The next version, or nothing when the newest one has the same content and effective instant.

    ``calendars`` are those that the policy counts on, in the order of ``calendar_streams``. Raises Refusal when one is
    unknown, or when there are too many versions. A calendar's public holidays are written out.
    """
    number = published.version + 1
    if isinstance(command, PublishPolicy):
        refuse_unknown(calendars, command.policy.calendars)
        if (published.content, published.effective_from) == (command.policy, command.effective_from):
            return []
        _refuse_beyond(number, POLICY_VERSIONS, published)
        return [PolicyPublished(version=number, effective_from=command.effective_from, policy=command.policy)]
    calendar = command.calendar.with_holidays_written_out()
    if (published.content, published.effective_from) == (calendar, command.effective_from):
        return []
    _refuse_beyond(number, CALENDAR_VERSIONS, published)
    return [CalendarPublished(version=number, effective_from=command.effective_from, calendar=calendar)]


def _refuse_beyond(number: int, bound: Bound, published: Published) -> None:
    """Raises Refusal for a version too many: every reading of the rules reads every version."""
    if number > bound.most:
        way_out = "publish it under another name" if bound is CALENDAR_VERSIONS else "no more are taken"
        raise Refusal("too_many_versions", f"there are {bound.most:,} {bound.what} already: {way_out}", published.state)
