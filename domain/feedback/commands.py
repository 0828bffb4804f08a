"""The commands about feedback."""

from typing import Literal

from domain.messages import Command, Id, Text, Word

Polarity = Literal["positive", "neutral", "negative"]


class NoteFeedback(Command):
    """What a customer says on a theme, and how a person judged it. ``ticket`` is the ticket it was said on."""

    begins = True

    customer_id: Id
    theme: Word
    polarity: Polarity
    quote: Text | None = None
    ticket: Id | None = None
