"""Feedback, a row each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table


@dataclass(slots=True)
class FeedbackRow:
    """``polarity`` is positive, neutral or negative, as a person judged it. ``at`` is when it was said."""

    feedback: UUID
    version: int
    customer: UUID
    at: datetime
    theme: str
    polarity: str
    quote: str | None
    ticket: UUID | None


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[FeedbackRow]:
    """The row of one piece of feedback."""
    noted, last = stream.all[0], stream.all[-1]
    said = noted.payload
    yield FeedbackRow(
        noted.stream,
        last.version,
        said.customer_id,
        noted.occurred_at,
        said.theme,
        said.polarity,
        said.quote,
        said.ticket,
    )


FEEDBACK = Projection(
    name="feedback",
    version=1,
    kinds=frozenset({"feedback"}),
    tables=(Table("feedback", FeedbackRow, key=("feedback",), indexes=("(customer, at)", "(theme, at)")),),
    fold=fold,
)
