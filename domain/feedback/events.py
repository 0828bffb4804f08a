"""The events of a piece of feedback."""

from typing import Annotated
from uuid import UUID

from domain.messages import PERSONAL, Event


class FeedbackNoted(Event):
    """``polarity`` is positive, neutral or negative, as a person judged it. ``ticket`` is the ticket it was said on."""

    topic = "feedback.noted"
    customer_id: UUID
    ticket: UUID | None = None
    theme: str
    quote: Annotated[str | None, PERSONAL] = None
    polarity: str


FeedbackEvent = FeedbackNoted
"""What happens to a piece of feedback."""
