"""To whom offers can be made, and until when an offer without a last day can be accepted."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from domain.messages import Day, Message, Word
from domain.text_by_language import Title


class UpsellingRules(Message):
    """``eligible`` names the segment of the customers to whom offers can be made; None: everybody.

    ``valid_days`` are the days after the day of an offer on which it can still be accepted, where it names no last day;
    None: it stays open.
    """

    eligible: Word | None = None
    valid_days: Annotated[int, Field(strict=True, ge=0, le=3_650)] | None = None

    def last_day(self, made_on: date, valid_until: date | None) -> date | None:
        """The last day of an offer; None when it does not expire."""
        if valid_until is not None or self.valid_days is None:
            return valid_until
        return made_on + timedelta(days=self.valid_days)


class UpsellingExample(Message):
    """An offer that was made on a day, and its last day."""

    name: Title
    made_on: Day
    valid_until: Day | None = None
    last_day: Day | None

    def differences(self, body: UpsellingRules) -> list[str]:
        """Where the answer differs from the expected one."""
        last = body.last_day(self.made_on, self.valid_until)
        return [] if last == self.last_day else [f"the last day is {last or 'none'}, not {self.last_day or 'none'}"]
