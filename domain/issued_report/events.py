"""The event of an issued report."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from domain.messages import Event


class _Settings(BaseModel):
    """The settings that figures hold."""

    year_begins: Annotated[int, Field(ge=1, le=12)] = 1


class ReportIssued(Event):
    """A report was issued.

    ``name`` and ``definition_version`` are those of the pack. ``first`` and ``last`` are local days of ``zone``, both
    included. ``complete``: the period was over at ``judged_at``. ``position`` is the last event that the figures count.
    ``projections`` names the versions of the projections that were read. ``figures`` is a JSON text, ``sha256`` the
    digest of its UTF-8 bytes in hexadecimal digits. ``made_by`` holds the program and its time zones, with versions.
    ``formulas`` holds the version of the formula of each figure; an event of an older program has none.
    """

    topic = "report.issued"
    in_figures = False

    name: str
    definition_version: int
    first: date
    last: date
    zone: str
    complete: bool
    position: int
    judged_at: datetime
    projections: tuple[str, ...]
    figures: str
    sha256: str
    made_by: tuple[str, ...] = ()
    formulas: dict[str, int] = Field(default_factory=dict)

    @property
    def year_begins(self) -> int:
        """The month in which the year of the figures begins, by which quarters and years have their names."""
        try:
            return _Settings.model_validate_json(self.figures).year_begins
        except ValueError:
            return _Settings().year_begins


ReportEvent = ReportIssued
"""What happens to a report of a period."""
