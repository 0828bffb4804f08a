"""A worked example in a policy file: a ticket's story in plain words, and what its clocks must say at the end of it."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from pydantic import BeforeValidator, Field, PlainValidator, ValidationError, field_validator

from domain.circumstances import Actor
from domain.customer.commands import ChangeTier
from domain.event_log.envelope import Envelope, RecordedEvent
from domain.message import Channel, Command, Event, Message, Priority, Word
from domain.refusal import Refusal
from domain.sla.clock import TierChange, clocks
from domain.sla.durations import LONGEST, parse_duration
from domain.sla.microseconds import SECOND, from_microseconds, to_microseconds
from domain.sla.policy import TARGET_NAMES, TargetName
from domain.sla.rulebook import Rulebook
from domain.sla.target_instance import Cause, TargetInstance
from domain.ticket import commands as c
from domain.ticket import decider
from domain.ticket.state import Ticket, evolve
from domain.zones import ZoneName, zone_named

_TICKET = UUID(int=0)
_AGENT = Actor(id="agent", kind="agent")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)\s+(\S.*)")
_SAID = "as the example says"

_HAPPENINGS: Mapping[str, Command] = MappingProxyType(
    {
        "assigned": c.AssignTicket(agent=_AGENT.id),
        "work started": c.StartWork(),
        "replied": c.SendReply(body=_SAID),
        "replied automatically": c.SendReply(body=_SAID, automated=True),
        "customer wrote": c.ReceiveMessage(body=_SAID),
        "waiting for customer": c.PutOnHold(waiting_for="customer", reason=_SAID),
        "waiting for third party": c.PutOnHold(waiting_for="third_party", reason=_SAID),
        "waiting for internal": c.PutOnHold(waiting_for="internal", reason=_SAID),
        "work resumed": c.ResumeWork(),
        "resolved": c.ResolveTicket(resolution=_SAID),
        "reopened": c.ReopenTicket(reason=_SAID),
        "closed": c.CloseTicket(),
        "cancelled": c.CancelTicket(),
    }
)
_CHANGES: Mapping[str, Callable[[str], Command]] = MappingProxyType(
    {
        "priority": lambda value: c.PrioritiseTicket.model_validate({"priority": value, "reason": _SAID}),
        "category": lambda value: c.CategoriseTicket(category=value),
        "tier": lambda value: ChangeTier(tier=value),
    }
)


class Moment(NamedTuple):
    """Something that happens, ``at`` a wall time of the example's zone or an instant; None: the ticket is received."""

    at: datetime
    happening: Command | None


def parse_moment(text: object) -> Moment:
    """Read "2026-03-02 08:00 received", "2026-03-02 08:20 waiting for customer" or "2026-03-02 09:00 priority P1"."""
    found = _MOMENT.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f'{text!r} is no moment: write it like "2026-03-02 08:00 received"')
    at, what = datetime.fromisoformat(found[1]), " ".join(found[2].split())
    if what == "received":
        return Moment(at, None)
    word, _, value = what.partition(" ")
    if word in _CHANGES and value:
        try:
            return Moment(at, _CHANGES[word](value))
        except ValidationError as error:
            raise ValueError(f"{value!r} is no {word}: {error.errors()[0]['msg']}") from None
    if what not in _HAPPENINGS:
        known = ", ".join(["received", *_HAPPENINGS, *(f"{change} ..." for change in _CHANGES)])
        raise ValueError(f"nobody knows what {what!r} means: write one of {known}")
    return Moment(at, _HAPPENINGS[what])


class Expected(Message):
    """What one target instance must say; what is left out is not looked at. ``elapsed`` in seconds of its calendar."""

    due: datetime | None = None
    verdict: Literal["met", "breached", "open", "cancelled"] | None = None
    elapsed: Annotated[int, Field(strict=True, ge=0, le=LONGEST), BeforeValidator(parse_duration)] | None = None


def _one_or_many(written: object) -> object:
    return [written] if isinstance(written, Mapping) else written


Instances = Annotated[tuple[Expected, ...], BeforeValidator(_one_or_many)]


class StoryRefused(Exception):  # noqa: N818 -- names what happened
    """The desk would not have it: ``line`` of the story, from 0, breaks the rule that the message names."""

    def __init__(self, line: int, rule: str) -> None:
        super().__init__(rule)
        self.line = line


class Example(Message):
    """A ticket, its story, and what is expected of each target's first instance, or of each in turn.

    Times that name no offset are of ``zone``. ``asked`` is when the clocks are read, at the last moment by default.
    """

    name: Word
    zone: ZoneName = "UTC"
    priority: Priority = "P3"
    category: Word = "general"
    channel: Channel = "other"
    customer_tier: Word | None = None
    story: tuple[Annotated[Moment, PlainValidator(parse_moment)], ...]
    asked: datetime | None = None
    first_response: Instances = ()
    next_response: Instances = ()
    periodic_update: Instances = ()
    resolution: Instances = ()

    @field_validator("story")
    @classmethod
    def _must_begin_with_the_receipt(cls, story: tuple[Moment, ...]) -> tuple[Moment, ...]:
        if [moment.happening is None for moment in story] != [True] + [False] * (len(story) - 1):
            raise ValueError("the story begins with the ticket being received, once")
        return story

    def differences(self, rulebook: Rulebook) -> list[str]:
        """Where the clocks say something else than what is expected, in words; empty when the example holds.

        Raises StoryRefused.
        """
        history, tiers = self.history()
        asked = self._instant(self.asked) if self.asked else max(self._instant(moment.at) for moment in self.story)
        found: dict[TargetName, list[TargetInstance]] = {name: [] for name in TARGET_NAMES}
        for instance in clocks(history, rulebook, asked, tiers):
            found[instance.target].append(instance)
        return [difference for name in TARGET_NAMES for difference in self._compare(name, found[name])]

    def history(self) -> tuple[list[RecordedEvent], list[TierChange]]:
        """The story as the desk would record it, and the customer's tiers. Raises StoryRefused."""
        ticket = Ticket()
        events: list[RecordedEvent] = []
        tiers: list[TierChange] = []
        begun = self._instant(self.story[0].at)
        if self.customer_tier is not None:
            tiers.append(TierChange(begun, Cause("customer.registered", 0), self.customer_tier))
        for line, moment in enumerate(self.story):
            at = self._instant(moment.at)
            if at < begun:
                raise StoryRefused(line, f"{at} lies before the ticket was received, at {begun}")
            command = moment.happening
            if isinstance(command, ChangeTier):
                tiers.append(TierChange(at, Cause("customer.tier_changed", len(events)), command.tier))
                continue
            asked: c.TicketCommand = self._receipt if command is None else command  # type: ignore[assignment]  # _HAPPENINGS
            try:
                decided = decider.decide(asked, ticket, _AGENT)
            except Refusal as refusal:
                raise StoryRefused(line, str(refusal)) from None
            for payload in decided:
                events.append(_event(payload, len(events) + 1, decider.occurred(payload, ticket, at)))
                ticket = evolve(ticket, payload, events[-1].occurred_at)
        return events, tiers

    @property
    def _receipt(self) -> c.ReceiveTicket:
        facts = {"priority": self.priority, "category": self.category, "channel": self.channel}
        return c.ReceiveTicket.model_validate(facts | {"customer_id": _TICKET, "subject": self.name})

    def _instant(self, time: datetime) -> datetime:
        return time if time.tzinfo else time.replace(tzinfo=zone_named(self.zone))

    def _compare(self, name: TargetName, found: list[TargetInstance]) -> Iterator[str]:
        expected: tuple[Expected, ...] = getattr(self, name)
        for number, one in enumerate(expected, start=1):
            told = f"{name} {number}" if len(expected) > 1 else name
            if number > len(found):
                yield f"{told} is not promised"
                continue
            instance = found[number - 1]
            verdict = instance.verdict or ("cancelled" if instance.state == "cancelled" else "open")
            if one.verdict is not None and one.verdict != verdict:
                yield f"{told} is {verdict}, not {one.verdict}"
            if one.elapsed is not None and one.elapsed * SECOND != instance.elapsed:
                yield f"{told} took {instance.elapsed / SECOND:g} s, not {one.elapsed} s"
            if one.due is not None and to_microseconds(self._instant(one.due)) != instance.due_at:
                yield f"{told} is due {self._told(instance.due_at)}, not {self._instant(one.due)}"

    def _told(self, at: int | None) -> str:
        return "never" if at is None else str(from_microseconds(at).astimezone(zone_named(self.zone)))


def _event(payload: Event, place: int, at: datetime) -> RecordedEvent:
    envelope = Envelope(event_id="", schema_version=1, occurred_at=at, actor=_AGENT, command_id="")
    return RecordedEvent(place, _TICKET, place, payload.topic, at, envelope, payload)
