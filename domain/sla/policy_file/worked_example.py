"""A worked example in a policy file: a ticket's story, and what its clocks must say at the end of it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, field_validator

from domain.envelope import RecordedEvent
from domain.messages import Channel, Message, Priority, Word
from domain.sla.calendar.microseconds import SECOND, duration_text, from_microseconds, to_microseconds
from domain.sla.clock.clock import TierChange, clocks
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.policy import bounds
from domain.sla.policy.durations import LONGEST, parse_duration
from domain.sla.policy.policy import TARGET_NAMES, TargetName
from domain.sla.policy.policy_history import PolicyHistory
from domain.sla.policy_file.story import TICKET, StoryEvent, parse_moment, told
from domain.ticket.commands import ReceiveTicket
from domain.zones import ZoneName, zone_named

ExpectedVerdict = Literal["met", "breached", "open", "cancelled", "not promised"]


class Expected(Message):
    """What one target instance must say; what is left out is not looked at. ``elapsed`` in seconds of its calendar.

    ``warned``: the times of all its warnings so far. ``due_open_at``: the opening after a ``due`` that is a closing.
    """

    due: datetime | None = None
    due_open_at: datetime | None = None
    verdict: ExpectedVerdict | None = None
    elapsed: Annotated[int, Field(strict=True, ge=0, le=LONGEST), BeforeValidator(parse_duration)] | None = None
    warned: tuple[datetime, ...] | None = None


def _one_or_many(written: object) -> object:
    if written == "none":
        return [{"verdict": "not promised"}]
    return [written] if isinstance(written, Mapping) else written


Instances = Annotated[tuple[Expected, ...], BeforeValidator(_one_or_many)]
"""One, several in turn, or "none": nothing is promised."""


class Example(Message):
    """A ticket, its story, and what is expected of each target's first instance, or of each in turn.

    Times that name no offset are of ``zone``. ``asked`` is when the clocks are read, at the last moment by default.
    ``known_at``: what was recorded later is left out.
    """

    name: Word
    zone: ZoneName = "UTC"
    priority: Priority = "P3"
    category: Word = "general"
    channel: Channel = "other"
    customer_tier: Word | None = None
    story: tuple[Annotated[StoryEvent, PlainValidator(parse_moment)], ...]
    asked: datetime | None = None
    known_at: datetime | None = None
    first_response: Instances = ()
    next_response: Instances = ()
    periodic_update: Instances = ()
    resolution: Instances = ()

    @field_validator("story")
    @classmethod
    def _must_begin_with_the_receipt(cls, story: tuple[StoryEvent, ...]) -> tuple[StoryEvent, ...]:
        if [moment.happening is None for moment in story] != [True] + [False] * (len(story) - 1):
            raise ValueError("the story begins with the ticket being received, once")
        return story

    def differences(self, rulebook: PolicyHistory) -> list[str]:
        """Where the clocks say something else than what is expected, in words; empty when the example holds.

        Raises StoryRefused.
        """
        history, tiers = self.history()
        if self.known_at is not None:
            known_at = self._instant(self.known_at)
            history = [event for event in history if event.recorded_at <= known_at]
        asked = self._instant(self.asked) if self.asked else max(self._instant(moment.at) for moment in self.story)
        found: dict[TargetName, list[TargetInstance]] = {name: [] for name in TARGET_NAMES}
        for instance in clocks(history, rulebook, asked, tiers):
            found[instance.target].append(instance)
        return [difference for name in TARGET_NAMES for difference in self._compare(name, found[name])]

    def history(self) -> tuple[list[RecordedEvent], list[TierChange]]:
        """The story as the desk would record it, and the customer's tiers. Raises StoryRefused."""
        return told(self.story, self._receipt, self.customer_tier, self._instant)

    @property
    def _receipt(self) -> ReceiveTicket:
        facts = {"priority": self.priority, "category": self.category, "channel": self.channel}
        return ReceiveTicket.model_validate(facts | {"customer_id": TICKET, "subject": self.name})

    def _instant(self, time: datetime) -> datetime:
        return time if time.tzinfo else time.replace(tzinfo=zone_named(self.zone))

    def _compare(self, name: TargetName, found: list[TargetInstance]) -> Iterator[str]:
        expected: tuple[Expected, ...] = getattr(self, name)
        for number, one in enumerate(expected):
            label = f"{name} {number + 1}" if len(expected) > 1 else name
            instance = found[number] if number < len(found) else None
            outcome = _outcome(instance)
            if instance is None:
                if one.verdict != outcome:
                    yield f"{label} is not promised"
                continue
            if one.verdict is not None and one.verdict != outcome:
                yield f"{label} is {outcome}, not {one.verdict}"
            for difference in self._differences(one, instance):
                yield f"{label} {difference}"

    def _differences(self, expected: Expected, instance: TargetInstance) -> Iterator[str]:
        if expected.elapsed is not None and expected.elapsed * SECOND != instance.elapsed:
            wanted = duration_text(expected.elapsed * SECOND)
            yield f"took {duration_text(instance.elapsed)}, not {wanted}"
        for said, wanted_at, at in (
            ("is due", expected.due, instance.due_at),
            ("may still be met until", expected.due_open_at, instance.due_open_at),
        ):
            if wanted_at is not None and to_microseconds(self._instant(wanted_at)) != at:
                yield f"{said} {self._told(at)}, not {self._instant(wanted_at)}"
        if expected.warned is not None:
            warned = [fact.at for fact in instance.facts if fact.kind == "warned"]
            if warned != [to_microseconds(self._instant(time)) for time in expected.warned]:
                times = ", ".join(map(self._told, warned)) or "never"
                wanted_times = ", ".join(str(self._instant(time)) for time in expected.warned) or "never"
                yield f"is warned of {times}, not {wanted_times}"

    def _told(self, at: int | None) -> str:
        return "never" if at is None else str(from_microseconds(at).astimezone(zone_named(self.zone)))


def _outcome(instance: TargetInstance | None) -> ExpectedVerdict:
    if instance is None:
        return "not promised"
    return instance.verdict or ("cancelled" if instance.state == "cancelled" else "open")


def example_beyond(example: Example) -> Iterator[bounds.Beyond]:
    """What of a worked example exceeds a bound."""
    yield from bounds.counted(("story",), example.story, bounds.STORY)
    for name in ("first_response", "next_response", "periodic_update", "resolution"):
        instances = getattr(example, name)
        yield from bounds.counted((name,), instances, bounds.INSTANCES)
        for place, expected in enumerate(instances):
            yield from bounds.counted((name, place, "warned"), expected.warned or (), bounds.EXPECTED_WARNINGS)
