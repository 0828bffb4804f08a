"""A wave of the relationship survey: who is asked, from when until when, and by which channel."""

from typing import Self

from pydantic import StrictBool, model_validator

from domain.messages import Instant, Message, Word
from domain.text_by_language import Title


class NpsWave(Message):
    """``segment`` names the customers who are asked, as it is at the opening; None: everybody.

    Answers count from ``opens`` up to but not including ``closes``.
    """

    opens: Instant
    closes: Instant
    segment: Word | None = None
    channel: Word | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("closes is not later than opens")
        return self

    def takes(self, at: Instant) -> bool:
        """Whether an answer of that instant belongs to the wave."""
        return self.opens <= at < self.closes


class NpsWaveExample(Message):
    """An answer ``at`` an instant, and whether it belongs to the wave."""

    name: Title
    at: Instant
    counts: StrictBool

    def differences(self, body: NpsWave) -> list[str]:
        """Where the answer differs from the expected one."""
        counts = body.takes(self.at)
        return [] if counts == self.counts else [f"the answer {'belongs' if counts else 'does not belong'} to the wave"]
