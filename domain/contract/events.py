"""The events of a contract.

Days are local days, the last day of a term included; money is in minor units.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.messages import PERSONAL, Event


class ContractSigned(Event):
    """The first term begins. ``wins_back`` is the ended contract of the same customer that this one follows."""

    topic = "contract.signed"
    number: Annotated[str, PERSONAL]
    customer_id: UUID
    starts_on: date
    ends_on: date
    value: int
    currency: str
    auto_renews: bool = False
    owner: str | None = None
    wins_back: UUID | None = None


class ContractAmended(Event):
    """The present term as it is from now on."""

    topic = "contract.amended"
    ends_on: date
    value: int
    currency: str
    auto_renews: bool
    owner: str | None


class ProgressRecorded(Event):
    """A milestone was planned for ``due_on``, or is done."""

    topic = "contract.progress_recorded"
    milestone: str
    done: bool
    due_on: date | None = None


class ContractRenewed(Event):
    """Term number ``term`` begins; the first term is 1. ``late``: renewed after the end, within the grace.

    ``end_day`` is the day of the month on which terms renewed by months end, 31 for the last one; None: that of
    ``ends_on``.
    """

    topic = "contract.renewed"
    term: Annotated[int, Field(ge=1, le=2**31 - 1)]
    starts_on: date
    ends_on: date
    value: int
    currency: str
    late: bool = False
    end_day: int | None = None


class ContractLapsed(Event):
    """Term number ``term`` ended and was not renewed within the grace."""

    topic = "contract.lapsed"
    term: int


class ContractTerminated(Event):
    """The contract ends on ``on``, the last day included; the reason stands in the envelope.

    ``term`` holds that day. Older events name the newest term, which may begin later.
    """

    topic = "contract.terminated"
    term: int
    on: date


ContractEvent = (
    ContractSigned | ContractAmended | ProgressRecorded | ContractRenewed | ContractLapsed | ContractTerminated
)
"""What happens to a contract."""
