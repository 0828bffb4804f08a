"""The command that issues a report.

The program computes the figures and gives it.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.messages import Command, Day, Instant, Word
from domain.zones import ZoneName

LARGEST = 1_000_000
"""Characters of the figures of one report, which every reader of the log gets."""
Figures = Annotated[str, StringConstraints(min_length=2, max_length=LARGEST)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class IssueReport(Command):
    """Issues a pack for the days from ``first`` to ``last`` of ``zone``.

    The other fields are computed and no part of the request. A retry with the same command id is therefore the same
    command, though the log may have grown meanwhile. ``same_as`` is the digest of the newest issue when that differs in
    the versions of definitions and settings alone.
    """

    name: Word
    first: Day
    last: Day
    zone: ZoneName
    definition_version: Annotated[int, Field(ge=0, exclude=True)]
    complete: Annotated[bool, Field(exclude=True)]
    position: Annotated[int, Field(ge=0, exclude=True)]
    judged_at: Annotated[Instant, Field(exclude=True)]
    projections: Annotated[tuple[str, ...], Field(exclude=True)]
    figures: Annotated[Figures, Field(exclude=True)]
    sha256: Annotated[Digest, Field(exclude=True)]
    made_by: Annotated[tuple[str, ...], Field(exclude=True)]
    formulas: Annotated[dict[str, int], Field(exclude=True)]
    same_as: Annotated[Digest | None, Field(exclude=True)] = None
