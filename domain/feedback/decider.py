"""The decider of a piece of feedback."""

from domain.customer.decider import must_be_registered
from domain.customer.state import Customer
from domain.feedback.commands import NoteFeedback
from domain.feedback.events import FeedbackNoted
from domain.feedback.state import Feedback
from domain.refusal import Refusal


def decide(command: NoteFeedback, feedback: Feedback, customer: Customer) -> list[FeedbackNoted]:
    """The event of a command. Raises Refusal."""
    if feedback.noted:
        raise Refusal("feedback_exists", "this feedback is noted already; note another one", "noted")
    must_be_registered(customer)
    return [FeedbackNoted(**command.facts())]
