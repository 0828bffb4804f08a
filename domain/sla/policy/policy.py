"""A policy: which tickets get which targets, how long, on which calendar, and which waits pause the clock."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from domain.messages import Message, WaitingFor, Word, one_or_more
from domain.sla.calendar.business_time import AROUND_THE_CLOCK
from domain.sla.calendar.microseconds import SECOND, duration_text
from domain.sla.events import Before, WarningPoint
from domain.sla.policy.durations import LONGEST, parse_duration
from domain.sla.policy.warning_point import WarningPointText, elapsed_at, warning_point_text
from domain.text_folding import fold_name

TargetName = Literal["first_response", "next_response", "periodic_update", "resolution"]
TARGET_NAMES: tuple[TargetName, ...] = ("first_response", "next_response", "periodic_update", "resolution")


def _none(written: object) -> object:
    return None if written == "none" else written


Seconds = Annotated[int, Field(strict=True, gt=0, le=LONGEST), BeforeValidator(parse_duration)]
Selector = Annotated[tuple[Word, ...], BeforeValidator(one_or_more)]
"""The values that match; empty matches every ticket, also one without a value."""


class Target(Message):
    """A target: `duration` in seconds of `calendar`. Waits for one of `pauses` do not count. `warn_at`: warning points.

    `until` says what ends a resolution: the resolution of the ticket, or its closing.
    """

    duration: Seconds
    calendar: Word = AROUND_THE_CLOCK.name
    pauses: Annotated[tuple[WaitingFor, ...], BeforeValidator(one_or_more)] = ()
    warn_at: tuple[WarningPointText, ...] = ()
    until: Literal["resolved", "closed"] = "resolved"

    @model_validator(mode="before")
    @classmethod
    def _duration_alone(cls, written: object) -> object:
        return {"duration": written} if isinstance(written, str | int) else written

    @field_validator("pauses")
    @classmethod
    def _each_once(cls, reasons: tuple[WaitingFor, ...]) -> tuple[WaitingFor, ...]:
        return tuple(sorted(set(reasons)))

    @field_validator("warn_at")
    @classmethod
    def _within_the_target(cls, points: tuple[WarningPoint, ...], others: ValidationInfo) -> tuple[WarningPoint, ...]:
        duration = others.data.get("duration")
        if duration is None:  # it has an error of its own
            return points
        for point in points:
            if isinstance(point, Before) and point.seconds >= duration:
                length = duration_text(duration * SECOND)
                raise ValueError(f'"{warning_point_text(point)}" lies before a target of {length} begins: shorten it')
        reached = {elapsed_at(point, duration * SECOND) for point in points}
        if len(reached) < len(points):
            raise ValueError("a warning point is given twice: keep one of the two")
        return tuple(sorted(points, key=lambda point: elapsed_at(point, duration * SECOND)))


Promised = Annotated[Target | None, BeforeValidator(_none)]
"""A target; "none" means that there is none."""


class Rule(Message):
    """The targets of the tickets that match every selector. A target that is left out, or "none", is no target.

    A rule without any target says so: `resolution = "none"`.
    """

    priority: Selector = ()
    category: Selector = ()
    channel: Selector = ()
    customer_tier: Selector = ()
    first_response: Promised = None
    next_response: Promised = None
    periodic_update: Promised = None
    resolution: Promised = None

    @field_validator("first_response")
    @classmethod
    def _our_own_waiting_does_not_pause_it(cls, target: Target | None) -> Target | None:
        if target is not None and "internal" in target.pauses:
            raise ValueError("our own waiting does not pause a first response: take internal out of its `pauses`")
        return target

    @model_validator(mode="after")
    def _must_name_a_target(self) -> Self:
        if self.model_fields_set.isdisjoint(TARGET_NAMES):
            known = ", ".join(TARGET_NAMES)
            raise ValueError(
                f'the rule names no target: give it one of {known}, or promise nothing: resolution = "none"'
            )
        for name in TARGET_NAMES[:-1]:
            target = self.targets.get(name)
            if target is not None and target.until != "resolved":
                raise ValueError(f"only resolution can last until closed: take `until` out of {name}")
        return self

    @property
    def targets(self) -> dict[TargetName, Target]:
        """The targets by name."""
        promised = {name: getattr(self, name) for name in TARGET_NAMES}
        return {name: target for name, target in promised.items() if target is not None}

    @property
    def matches_all(self) -> bool:
        """Whether it matches every ticket."""
        return not (self.priority or self.category or self.channel or self.customer_tier)


class Policy(Message):
    """The rules; the first one that matches a ticket counts. As TOML or JSON:

        name = "Standard"
        reopen = "continue"

        [[rules]]
        priority = ["P1"]
        first_response = "15m"
        resolution = { duration = "1h", calendar = "24x7", pauses = ["customer"], warn_at = [0.75] }

        [[rules]]
        first_response = "12h"
        resolution = { duration = "48h", pauses = ["customer"] }

    `reopen`: under `continue` the resolution clock of a reopened ticket goes on, and the time spent resolved does not
    count. Under `new_cycle` the fulfilled instance stays, and a new one starts at the reopening.
    """

    name: Word
    reopen: Literal["continue", "new_cycle"] = "continue"
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _every_ticket_must_match(self) -> Self:
        catch_all = [number for number, rule in enumerate(self.rules, start=1) if rule.matches_all]
        if not catch_all:
            raise ValueError(
                "no rule matches every ticket: end with one that has no priority, category, channel or tier"
            )
        if catch_all[0] < len(self.rules):
            raise ValueError(
                f"rule {catch_all[0]} matches every ticket, so rule {catch_all[0] + 1} is never reached: move it down"
            )
        return self

    @property
    def calendars(self) -> frozenset[str]:
        """The names of the calendars that its targets are counted on, folded."""
        return frozenset(fold_name(target.calendar) for rule in self.rules for target in rule.targets.values())


class PolicyVersion(Message):
    """One version of the policy: its number, the instant from which it is in effect, and its rules.

    `position` is its position in the log; 0 for a version that was known from the start.
    """

    version: int = Field(ge=0)
    effective_from: AwareDatetime
    position: int = Field(default=0, ge=0)
    policy: Policy


def _handbook_rule(hours: int, *priorities: str) -> dict[str, Any]:
    resolution = hours * 3_600
    return {
        "priority": priorities,
        "first_response": resolution // 4,
        "resolution": {"duration": resolution, "pauses": ["customer"]},
    }


DEFAULT_POLICY = Policy.model_validate(
    {"name": "Default", "rules": [_handbook_rule(1, "P1"), _handbook_rule(24, "P2"), _handbook_rule(48)]}
)
"""P1 resolved in 1 hour, P2 in 24, all others in 48; first response in a quarter of that; around the clock."""

BUILT_IN = PolicyVersion(version=0, effective_from=datetime(1970, 1, 1, tzinfo=UTC), policy=DEFAULT_POLICY)
"""The default policy as the version before all others."""
