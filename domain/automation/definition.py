"""The definition of a rule: what it reacts to, on which conditions, and what it does."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, model_validator

from domain.automation.effects import Effect, Notify, OpenTaskEffect, StartProcedureEffect
from domain.automation.fields import RuleCondition, kind_of_payload_field
from domain.automation.template_values import given_for
from domain.automation.ticket_effects import Reply
from domain.due.registry import due_function_named
from domain.event_log.event_types import EVENT_TYPES
from domain.messages import Message, Word
from domain.predicate import Predicate, conditions_by_path, conditions_of, must_be_shallow
from domain.procedure.needed_procedure import NeededProcedure
from domain.sla.policy.policy import Seconds
from domain.template.needed_text import NeededText
from domain.text_by_language import Description, TitleByLanguage
from domain.text_folding import fold_name
from domain.validation_errors import wrong_at

INSIDE, TO_CUSTOMERS = 24 * 3_600, 2 * 3_600
"""The seconds after which a rule no longer fires, where it says nothing else."""
SUBJECTS = frozenset(
    {
        "ticket", "customer", "contract", "usage", "feedback", "file", "segment", "task", "procedure", "notification",
        "agent", "erasure",
    }
)  # fmt: skip
"""The kinds of streams that rules are about."""
MOST_TOPICS, MOST_EFFECTS = 50, 20


def _must_be_known(topic: str) -> str:
    if topic in EVENT_TYPES.classes and topic.partition(".")[0] in SUBJECTS:
        return topic
    subject, _, name = topic.partition(".")
    topics = (known.partition(".") for known in sorted(EVENT_TYPES.classes) if subject in SUBJECTS)
    near = get_close_matches(name, [rest for of, _, rest in topics if of == subject])
    hint = f": did you mean {' or '.join(f'{subject}.{each}' for each in near)}?" if near else ":"
    raise ValueError(f"{topic!r} is no topic that rules react to{hint} docs/reference/events.md lists the topics")


Topic = Annotated[Word, AfterValidator(_must_be_known)]
"""The topic of an event of a stream that rules are about."""


class At(Message):
    """A due function by its name, with its parameters beside it."""

    model_config = ConfigDict(extra="allow")

    due: Word

    @model_validator(mode="after")
    def _parameters_must_fit(self) -> Self:
        self.parameters  # noqa: B018 -- reading them judges them
        return self

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of streams that the due function reads."""
        return due_function_named(self.due).kinds

    @property
    def parameters(self) -> Message:
        """The parameters as the due function takes them. Raises ValueError, at the key of a parameter."""
        return due_function_named(self.due).parameters.model_validate(self.model_extra or {})


class AutomationRule(Message):
    """It reacts to events (``on``) or to what becomes due (``at``).

    Rules go by ``order`` and then by name; behind one that fires and says ``stop`` no other one fires for the same
    event. ``once_per``: once for a cause (an event, or several of one command), a due instance, or a subject. It does
    not fire when more than ``stale_after`` has passed, nor while the calendar ``quiet`` is closed, nor more often than
    ``limit`` times an hour. ``recursive``: it reacts to its own effects. ``shadow``: what it would do is recorded only.
    """

    title: TitleByLanguage | None = None
    description: Description | None = None
    order: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 100
    on: Annotated[tuple[Topic, ...], Field(max_length=MOST_TOPICS)] = ()
    at: At | None = None
    when: Predicate[RuleCondition] | None = None
    then: Annotated[tuple[Effect, ...], Field(min_length=1, max_length=MOST_EFFECTS)]
    once_per: Literal["cause", "due", "subject"] | None = None
    stale_after: Seconds | None = None
    quiet: Word | None = None
    limit: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
    stop: StrictBool = False
    recursive: StrictBool = False
    shadow: StrictBool = False
    enabled: StrictBool = True

    @model_validator(mode="after")
    def _must_be_consistent(self) -> Self:
        if bool(self.on) is (self.at is not None):
            raise ValueError("give either `on`, the topics that it reacts to, or `at`, what becomes due")
        if self.once_per == ("due" if self.on else "cause"):
            raise ValueError(f"once_per: choose {'cause' if self.on else 'due'} or subject")
        if self.when is not None:
            must_be_shallow(self.when, "when")
            for path, condition in conditions_by_path(self.when, "when"):
                try:
                    self._must_be_readable(condition)
                except ValueError as error:
                    raise wrong_at(path, str(error)) from None
        return self

    def _must_be_readable(self, condition: RuleCondition) -> None:
        """Raises ValueError when no event or due instance that the rule reacts to has the field of a condition."""
        if condition.of in {"event", "actor"} and not self.on:
            raise ValueError(f"a rule with `at` has no {condition.field}")
        if condition.of == "due" and self.at is None:
            raise ValueError(f"a rule with `on` has no {condition.field}")
        if condition.of == "event":
            kinds = [kind_of_payload_field(EVENT_TYPES.classes[topic], condition.name) for topic in self.on]
            kind = next((kind for kind in kinds if kind is not None), None)
            if kind is None:
                raise ValueError(f"no event of `on` has the field {condition.name!r}")
            condition.must_fit(condition.field, kind)

    @property
    def conditions(self) -> list[RuleCondition]:
        """The conditions of ``when`` from left to right."""
        return [] if self.when is None else conditions_of(self.when)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of streams that it is about."""
        return frozenset(topic.partition(".")[0] for topic in self.on) if self.at is None else self.at.kinds

    @property
    def once(self) -> str:
        """What it fires once for."""
        return self.once_per or ("cause" if self.on else "due")

    @property
    def to_customers(self) -> bool:
        """Whether it writes to customers."""
        return any(
            effect.do == "reply" or (isinstance(effect, Notify) and effect.to == "customer") for effect in self.then
        )

    @property
    def stale_seconds(self) -> int:
        """The seconds after which it no longer fires."""
        return self.stale_after or (TO_CUSTOMERS if self.to_customers else INSIDE)

    @property
    def texts(self) -> list[NeededText]:
        """The templates of its notifications and replies; none when it is switched off, which nothing may hinder."""
        if not self.enabled:
            return []
        function = None if self.at is None else due_function_named(self.at.due)
        given = given_for(self.kinds, self.on, None if function is None else function.gives)
        effects = [effect for effect in self.then if isinstance(effect, Notify | Reply)]
        return [
            NeededText(effect.template, getattr(effect, "purpose", None), given | effect.data.keys())
            for effect in effects
        ]

    @property
    def procedures(self) -> list[NeededProcedure]:
        """The procedures that it starts; none when it is switched off."""
        customers = frozenset({"customer"})
        return [
            NeededProcedure(effect.procedure, customers if effect.about == "customer" else self.kinds)
            for effect in self.then
            if self.enabled and isinstance(effect, StartProcedureEffect)
        ]

    @property
    def calendars(self) -> frozenset[str]:
        """The folded names of the calendars that it counts on."""
        return frozenset(map(fold_name, self._calendars()))

    def _calendars(self) -> Iterator[str]:
        named = [self.quiet, *(condition.calendar for condition in self.conditions)]
        named += [effect.calendar for effect in self.then if isinstance(effect, OpenTaskEffect)]
        named.append(getattr(self.at.parameters, "calendar", None) if self.at is not None else None)
        yield from (name for name in named if isinstance(name, str))
