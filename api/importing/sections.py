"""The sections of a mapping: their columns, and what the words in them mean."""

import re
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from api.importing.durations import Unit
from api.importing.times import Column, TimeKey
from domain.messages import EffortKind, Message
from domain.text_folding import fold_code

JOINED_BY = " / "
_SCORE = re.compile("([1-5])(?:[.,]0+)?")

StateKind = Literal[
    "received",
    "assigned",
    "in_progress",
    "waiting:customer",
    "waiting:third_party",
    "waiting:internal",
    "resolved",
    "closed",
    "cancelled",
    "cancelled:duplicate",
    "cancelled:spam",
    "unchanged",
]
"""The kind of a state of the source. "unchanged": the word says nothing about the state."""

T = TypeVar("T")
Score = Annotated[int, Field(ge=1, le=5)]


def _without_case(values: dict[str, T]) -> dict[str, T]:
    written: dict[str, str] = {}
    for name, value in values.items():
        other = written.setdefault(fold_code(name), name)
        if values[other] != value:
            raise ValueError(f"{other!r} and {name!r} are the same word, so they cannot mean two things")
    return {word: values[name] for word, name in written.items()}


Translations = Annotated[dict[str, str], AfterValidator(_without_case)]
"""From the words of the source, compared in their folded form, to ours. Other words are kept as written."""


class Translated(Message):
    """A column, the meaning of its words, and the default for empty cells and for a file without such a column."""

    column: Column | None = None
    values: Translations = Field(default_factory=dict)
    default: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "unknown"

    def word(self, written: str | None) -> str:
        """Our word for a written one."""
        if written is None:
            return self.default
        return self.values.get(fold_code(written), written)


class Channel(Translated):
    default: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "other"


class State(Message):
    """``column``, or ``columns`` whose words are joined as "word / word"; when ``values`` does not name these, the word
    of the first column counts. ``unheld``: what a word means while no agent holds the ticket.
    """

    column: Column | None = None
    columns: list[Column] = Field(default_factory=list)
    values: Annotated[dict[str, StateKind], AfterValidator(_without_case)]
    unheld: Annotated[dict[str, StateKind], AfterValidator(_without_case)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_one_way(self) -> Self:
        if (self.column is None) == (not self.columns):
            raise ValueError("name either `column` or `columns`")
        return self

    def read(self) -> list[Column]:
        """The columns in order."""
        return self.columns or [self.column or ""]

    def kind(self, written: str | None, *, held: bool = True) -> str | None:
        """The kind of a written state; None for a state that the mapping does not name."""
        if written is None:
            return None
        for word in (written, written.split(JOINED_BY)[0]) if self.columns else (written,):
            folded = fold_code(word)
            kind = None if held else self.unheld.get(folded)
            if kind := kind or self.values.get(folded):
                return kind
        return None


class Assignment(Message):
    """``blank``: whether an empty cell means that nobody holds the ticket or that nothing changed."""

    team: Column | None = None
    agent: Column | None = None
    blank: Literal["nobody", "unchanged"] = "nobody"


class Received(Message):
    """The columns of the receipt."""

    actor: Column | None = None
    subject: Column | None = None
    body: Column | None = None


class Resolution(Message):
    text: Column | None = None
    code: Column | None = None


class Satisfaction(Message):
    """The customer's rating. ``values``: the score, 1 to 5, of a word; a cell may also hold the score.

    ``time``: of the rating; the default is the end of the ticket.
    """

    column: Column
    values: Annotated[dict[str, Score], AfterValidator(_without_case)] = Field(default_factory=dict)
    comment: Column | None = None
    time: TimeKey | None = None

    def score(self, written: str) -> int | None:
        """The score of a cell; None when it is no rating."""
        if number := _SCORE.fullmatch(written):
            return int(number[1])
        return self.values.get(fold_code(written))


class Effort(Message):
    """The handling time of the ticket up to its row, all agents together. ``unit``: of a number without a unit."""

    column: Column
    unit: Unit = "seconds"
    kind: EffortKind = "talk"
