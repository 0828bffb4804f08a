"""The definition of a procedure: its steps, who does them by when, and which events start, advance and end it."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, model_validator

from domain.messages import Message, Word
from domain.notification.commands import NotificationChannel, Purpose
from domain.procedure.commands import ProcedureSubject
from domain.procedure.conditions import EventMatch
from domain.procedure.deadline import Deadline
from domain.template.needed_text import NeededText
from domain.text_by_language import Description, TitleByLanguage
from domain.text_folding import fold_code, fold_name

MOST_STEPS = 60
StepKind = Literal["task", "notify", "wait", "decide", "survey"]
StepId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
Role = Annotated[str, Field(pattern=r"^(holder|owner|lead|team:.{1,190})$")]
"""Who does a step: who holds the ticket, the owner, the lead of the holder's team, or a team, as ``team:NAME``."""
OVERDUE = "overdue"
"""Behind a step's id and "=": the step was not done by its due time."""
DUE = "due"
"""The result of a step of kind wait that was done by its due time."""
_SENDING = ("notify", "survey")
HANDED_OVER = ("notification.handed_over", "notification.delivered")
"""The topics of the events that end a step whose notice must reach the customer."""
SENT = "sent"
"""The result of such a step."""


class Notice(Message):
    """The notification that a step of kind notify or survey requests. ``not_after``: seconds from the request on.

    ``data`` are values of placeholders that are always the same, such as the link of a guide.
    """

    to: Annotated[str, Field(pattern=r"^(customer|holder|owner|lead|team:.{1,190})$")] = "customer"
    channel: NotificationChannel = "email"
    purpose: Purpose = "service"
    template: Word
    importance: Annotated[int, Field(strict=True, ge=0, le=100)] = 50
    data: Annotated[dict[Word, Word], Field(max_length=20)] = Field(default_factory=dict)
    not_after: Annotated[int, Field(strict=True, gt=0)] | None = None


class StepEntry(Message):
    """When a step opens. An item is the id of an earlier step that has ended, or ``id=result`` for one that was done
    with that result, or ``id=overdue``. Every item of ``all`` holds, and one of ``any`` where there are some.
    """

    all: Annotated[tuple[Word, ...], Field(max_length=MOST_STEPS)] = ()
    any: Annotated[tuple[Word, ...], Field(max_length=MOST_STEPS)] = ()


class ProcedureStep(Message):
    """A step. Without ``enter`` it opens at the start.

    ``done_when``: events that end it; each may name a result. ``asks``: details that must be known when it is done.
    ``answers`` are those of a decision. A step of kind wait is done when it is due. ``told``: the customer must have
    been told, so that the hand-over of its notice or an event ends it, and no person's word.
    """

    id: StepId
    title: TitleByLanguage
    kind: StepKind = "task"
    role: Role | None = None
    due: Deadline | None = None
    enter: StepEntry = StepEntry()
    done_when: Annotated[tuple[EventMatch, ...], Field(max_length=20)] = ()
    asks: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    answers: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    notice: Notice | None = None
    told: StrictBool = False

    @model_validator(mode="after")
    def _must_fit_its_kind(self) -> Self:
        if (self.kind in _SENDING) != (self.notice is not None):
            raise ValueError(f"{self.id}: steps of kind notify and survey have a `notice`, others have none")
        if (self.kind == "decide") != bool(self.answers):
            raise ValueError(f"{self.id}: steps of kind decide have `answers`, others have none")
        if self.kind == "wait" and self.due is None:
            raise ValueError(f"{self.id}: a step of kind wait has `due`")
        if self.kind in _SENDING and self.asks:
            raise ValueError(f"{self.id}: a notice asks for nothing: ask in the step before it")
        if self.told and self.notice is None and not self.done_when:
            raise ValueError(f"{self.id}: what must be told has a `notice` or `done_when`")
        return self

    def answer(self, written: str) -> str | None:
        """The answer of a decision as the definition writes it; None when it has no such answer."""
        key = fold_code(written)
        return next((answer for answer in self.answers if fold_code(answer) == key), None)


class ProcedureEnd(EventMatch):
    """An event that ends the procedure: completed with ``result`` as its outcome, or abandoned without one."""


class ProcedureDefinition(Message):
    """A procedure about one ``subject`` at a time.

    ``starts_on``: events that start it by themselves; of an event on another stream it is for the customer that the
    event names. ``calendar`` is that of deadlines that name none; without one, time counts around the clock, and open
    days are those of the tenant's working week. Its outcome is the answer of its last decision.
    """

    title: TitleByLanguage
    subject: ProcedureSubject
    description: Description | None = None
    calendar: Word | None = None
    enabled: StrictBool = True
    starts_on: Annotated[tuple[EventMatch, ...], Field(max_length=20)] = ()
    ends_on: Annotated[tuple[ProcedureEnd, ...], Field(max_length=20)] = ()
    steps: Annotated[tuple[ProcedureStep, ...], Field(min_length=1, max_length=MOST_STEPS)]

    @model_validator(mode="after")
    def _must_lead_forward(self) -> Self:
        known: dict[str, ProcedureStep] = {}
        for step in self.steps:
            if step.id in known:
                raise ValueError(f"steps: {step.id!r} stands in it twice")
            for item in (*step.enter.all, *step.enter.any):
                _check_entry(step, item, known)
            known[step.id] = step
        if not any(step.enter == StepEntry() for step in self.steps):
            raise ValueError("steps: none opens at the start; leave the `enter` of the first one out")
        return self

    @property
    def calendars(self) -> frozenset[str]:
        """The folded names of the calendars that it counts on."""
        named = (self.calendar_of(step.due) for step in self.steps if step.due is not None)
        return frozenset(name for name in named if name is not None)

    @property
    def texts(self) -> list[NeededText]:
        """The templates of its notices; none when it is switched off, which nothing may hinder.

        What their placeholders stand for is known when a step opens.
        """
        notices = [step.notice for step in self.steps if self.enabled and step.notice is not None]
        return [NeededText(notice.template, notice.purpose) for notice in notices]

    @property
    def templates(self) -> tuple[str, ...]:
        """The folded names of the templates of its notices, in order."""
        return tuple(sorted({fold_name(step.notice.template) for step in self.steps if step.notice is not None}))

    def calendar_of(self, due: Deadline) -> str | None:
        """The folded name of the calendar that a deadline counts on; None: it names none."""
        name = due.calendar or self.calendar
        return None if name is None else fold_name(name)

    def step(self, name: str) -> ProcedureStep | None:
        """The step of an id; None when it has none."""
        return next((step for step in self.steps if step.id == name), None)

    def listened_to(self) -> Iterator[str]:
        """The topics that start, advance or end it."""
        for match in (*self.starts_on, *self.ends_on):
            yield match.topic
        for step in self.steps:
            yield from (match.topic for match in step.done_when)
            if step.told and step.notice is not None:
                yield from HANDED_OVER


def _check_entry(step: ProcedureStep, item: str, earlier: dict[str, ProcedureStep]) -> None:
    name, equals, result = item.partition("=")
    before = earlier.get(name)
    if before is None:
        raise ValueError(f"{step.id}: enter names {name!r}, which is no step before it")
    if not equals or result == OVERDUE:
        return
    if before.kind == "decide" and before.answer(result) is None:
        raise ValueError(f"{step.id}: {result!r} is no answer of {name}: {', '.join(before.answers)}")
