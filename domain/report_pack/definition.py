"""The definition of a report pack, and its worked examples."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StringConstraints

from domain.messages import Message, Word
from domain.text_by_language import Title, TitleByLanguage

PackPeriod = Literal["day", "week", "month", "quarter", "year"]
PackDimension = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
"""A dimension of a figure, such as team. The figure says which ones it has when the report is issued."""
MOST_SECTIONS = 60


class Section(Message):
    """A figure of the registry, grouped and filtered.

    ``part`` is the part of the figure that the section shows; None: its value. ``most`` keeps only the rows with the
    greatest numerators. ``where`` holds the wanted value of a dimension.
    """

    title: TitleByLanguage
    figure: Word
    part: Word | None = None
    by: tuple[PackDimension, ...] = ()
    every: PackPeriod | None = None
    where: dict[PackDimension, Word] = Field(default_factory=dict)
    most: Annotated[StrictInt, Field(ge=1, le=1_000)] | None = None


class ReportPack(Message):
    """``period`` is what a report of the pack covers."""

    title: TitleByLanguage
    period: PackPeriod
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=MOST_SECTIONS)]


class PackExample(Message):
    """A pack holds these figures at least."""

    name: Title
    figures: tuple[Word, ...]

    def differences(self, body: ReportPack) -> list[str]:
        """The figures that are missing."""
        held = {section.figure for section in body.sections}
        return [f"the pack has no figure {figure}" for figure in self.figures if figure not in held]
