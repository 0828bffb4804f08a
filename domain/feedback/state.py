"""The state of a piece of feedback that decisions need."""

from datetime import datetime
from typing import NamedTuple

from domain.feedback.events import FeedbackEvent


class Feedback(NamedTuple):
    noted: bool = False


def evolve(feedback: Feedback, event: FeedbackEvent, at: datetime) -> Feedback:  # noqa: ARG001 -- the shape every fold has
    """The feedback after one more event. Total: any history folds."""
    return Feedback(noted=True)
