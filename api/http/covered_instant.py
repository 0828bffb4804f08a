"""The instants of readings: near enough that their days, in any zone, and a century beside them can be computed."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator

from domain.messages import FIRST_DAY, LAST_DAY, Instant


def _covered(at: datetime) -> datetime:
    if not FIRST_DAY <= at.date() <= LAST_DAY:
        raise ValueError(f"give an instant from {FIRST_DAY} to {LAST_DAY}")
    return at


CoveredInstant = Annotated[Instant, AfterValidator(_covered)]
