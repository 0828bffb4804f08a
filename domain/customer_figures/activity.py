"""When a customer is active: a contract in force, or a purchase or a usage in the last days."""

from typing import Annotated

from pydantic import Field, StrictBool

from domain.messages import Message
from domain.text_by_language import Title

Days = Annotated[int, Field(strict=True, ge=1, le=3_650)]
DaysAgo = Annotated[int, Field(strict=True, ge=0)]


class ActivityRules(Message):
    """``days`` is the number of local days before the day of the question in which a purchase or a usage counts."""

    days: Days = 90

    def is_active(self, *, contract: bool, purchased: int | None, used: int | None) -> bool:
        """Whether a customer is active on a day.

        ``contract``: one is in force on that day. The others are how many days ago the last one was.
        """
        return contract or any(ago is not None and ago <= self.days for ago in (purchased, used))


class ActivityExample(Message):
    """What a customer has on a day, and whether it is active. ``purchased`` and ``used`` are days ago."""

    name: Title
    contract: StrictBool = False
    purchased: DaysAgo | None = None
    used: DaysAgo | None = None
    active: StrictBool

    def differences(self, body: ActivityRules) -> list[str]:
        """Where the answer differs from the expected one."""
        active = body.is_active(contract=self.contract, purchased=self.purchased, used=self.used)
        return [] if active == self.active else [f"the customer is {'active' if active else 'not active'}"]
