"""A worked example in a policy file: a ticket's story, and the expected answers of its clocks."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, field_validator

from domain.envelope import RecordedEvent
from domain.messages import Channel, Message, Priority, Word, one_or_more
from domain.sla.calendar.microseconds import SECOND, duration_text, from_microseconds, to_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.clock.tiers import TierChange
from domain.sla.policy import bounds
from domain.sla.policy.durations import LONGEST, parse_duration
from domain.sla.policy.policy import TARGET_NAMES, TargetName
from domain.sla.policy.policy_history import PolicyHistory
from domain.sla.policy_file.story import TICKET, TicketStoryLine, history_of, parse_line
from domain.text_by_language import Title, in_language
from domain.ticket.commands import ReceiveTicket
from domain.zones import ZoneName, zone_named

ExpectedVerdict = Literal["met", "breached", "open", "cancelled", "not promised"]


class Expected(Message):
    """The expected answers of one target instance; an answer that is left out is not checked.

    ``elapsed`` is in seconds of its calendar. ``warned`` holds the times of all its warnings so far. ``due_open_at`` is
    the opening after a ``due`` that is a closing.
    """

    due: datetime | None = None
    due_open_at: datetime | None = None
    verdict: ExpectedVerdict | None = None
    elapsed: Annotated[int, Field(strict=True, ge=0, le=LONGEST), BeforeValidator(parse_duration)] | None = None
    warned: tuple[datetime, ...] | None = None


def _one_or_more(written: object) -> object:
    return [{"verdict": "not promised"}] if written == "none" else one_or_more(written)


Instances = Annotated[tuple[Expected, ...], BeforeValidator(_one_or_more)]
"""One instance, several in turn, or "none" for a target that is not promised."""


class Example(Message):
    """A ticket, its story, and what is expected of the first instance of each target, or of several in turn.

    Times without an offset are of ``zone``. ``asked`` is the instant of the answers, by default that of the last line.
    ``known_at`` leaves out what was recorded later.
    """

    name: Title
    zone: ZoneName = "UTC"
    priority: Priority = "P3"
    category: Word = "general"
    channel: Channel = "other"
    customer_tier: Word | None = None
    story: tuple[Annotated[TicketStoryLine, PlainValidator(parse_line)], ...]
    asked: datetime | None = None
    known_at: datetime | None = None
    first_response: Instances = ()
    next_response: Instances = ()
    periodic_update: Instances = ()
    resolution: Instances = ()

    @field_validator("story")
    @classmethod
    def _must_begin_with_the_receipt(cls, story: tuple[TicketStoryLine, ...]) -> tuple[TicketStoryLine, ...]:
        if [line.happening is None for line in story] != [True] + [False] * (len(story) - 1):
            raise ValueError("the story begins with the ticket being received, once")
        return story

    def differences(self, policy_history: PolicyHistory) -> list[str]:
        """Sentences that say where the clocks differ from what is expected; none when the example holds.

        Raises StoryRefused.
        """
        history, tiers = self.history()
        if self.known_at is not None:
            known_at = self._instant(self.known_at)
            history = [event for event in history if event.recorded_at <= known_at]
        instant = self._instant(self.asked) if self.asked else max(self._instant(line.at) for line in self.story)
        instances: dict[TargetName, list[TargetInstance]] = {name: [] for name in TARGET_NAMES}
        for instance in clocks(history, policy_history, instant, tiers):
            instances[instance.target].append(instance)
        return [difference for name in TARGET_NAMES for difference in self._compare(name, instances[name])]

    def history(self) -> tuple[list[RecordedEvent], list[TierChange]]:
        """The history that the desk records of the story, and the customer's tiers. Raises StoryRefused."""
        return history_of(self.story, self._receipt, self.customer_tier, self._instant)

    @property
    def _receipt(self) -> ReceiveTicket:
        facts = {"priority": self.priority, "category": self.category, "channel": self.channel}
        return ReceiveTicket.model_validate(facts | {"customer_id": TICKET, "subject": in_language(self.name, "en")})

    def _instant(self, time: datetime) -> datetime:
        return time if time.tzinfo else time.replace(tzinfo=zone_named(self.zone))

    def _compare(self, name: TargetName, instances: list[TargetInstance]) -> Iterator[str]:
        all_expected: tuple[Expected, ...] = getattr(self, name)
        for number, expected in enumerate(all_expected):
            label = f"{name} {number + 1}" if len(all_expected) > 1 else name
            instance = instances[number] if number < len(instances) else None
            outcome = _outcome(instance)
            if instance is None:
                if expected.verdict != outcome:
                    yield f"{label} is not promised"
                continue
            if expected.verdict is not None and expected.verdict != outcome:
                yield f"{label} is {outcome}, not {expected.verdict}"
            for difference in self._differences(expected, instance):
                yield f"{label} {difference}"

    def _differences(self, expected: Expected, instance: TargetInstance) -> Iterator[str]:
        if expected.elapsed is not None and expected.elapsed * SECOND != instance.elapsed:
            wanted = duration_text(expected.elapsed * SECOND)
            yield f"took {duration_text(instance.elapsed)}, not {wanted}"
        for words, wanted_at, at in (
            ("is due", expected.due, instance.due_at),
            ("may still be met until", expected.due_open_at, instance.due_open_at),
        ):
            if wanted_at is not None and to_microseconds(self._instant(wanted_at)) != at:
                yield f"{words} {self._time_text(at)}, not {self._instant(wanted_at)}"
        if expected.warned is not None:
            warned = [fact.at for fact in instance.facts if fact.kind == "warned"]
            if warned != [to_microseconds(self._instant(time)) for time in expected.warned]:
                times = ", ".join(map(self._time_text, warned)) or "never"
                wanted_times = ", ".join(str(self._instant(time)) for time in expected.warned) or "never"
                yield f"is warned of {times}, not {wanted_times}"

    def _time_text(self, at: int | None) -> str:
        return "never" if at is None else str(from_microseconds(at).astimezone(zone_named(self.zone)))


def _outcome(instance: TargetInstance | None) -> ExpectedVerdict:
    if instance is None:
        return "not promised"
    return instance.verdict or ("cancelled" if instance.state == "cancelled" else "open")


def example_beyond(example: Example) -> Iterator[bounds.Beyond]:
    """The parts of a worked example that exceed a bound."""
    yield from bounds.counted(("story",), example.story, bounds.STORY)
    for name in TARGET_NAMES:
        instances = getattr(example, name)
        yield from bounds.counted((name,), instances, bounds.INSTANCES)
        for number, expected in enumerate(instances):
            yield from bounds.counted((name, number, "warned"), expected.warned or (), bounds.EXPECTED_WARNINGS)
