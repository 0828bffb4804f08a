"""Feedback, a row each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table
from projections.scope.folded_words import key_of


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


@dataclass(slots=True)
class StoredFeedback(FeedbackRow):
    """``theme_key`` is the theme as it is compared; None where it is written so."""

    theme_key: str | None


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[StoredFeedback]:
    """The row of one piece of feedback."""
    noted, last = stream.all[0], stream.all[-1]
    feedback = noted.payload
    yield StoredFeedback(
        noted.stream,
        last.version,
        feedback.customer_id,
        noted.occurred_at,
        feedback.theme,
        feedback.polarity,
        feedback.quote,
        feedback.ticket,
        key_of(feedback.theme),
    )


FEEDBACK = Projection(
    name="feedback",
    version=2,
    kinds=frozenset({"feedback"}),
    tables=(Table("feedback", StoredFeedback, key=("feedback",), indexes=("(customer, at)", "(at)")),),
    fold=fold,
)
