"""The commands about the usage of a product."""

from typing import Annotated

from pydantic import AllowInfNan, Field

from domain.messages import Command, Day, Word

Quantity = Annotated[float, Field(ge=0, le=1e15), AllowInfNan(allow_inf_nan=False)]


class RecordUsage(Command):
    """The value of a metric on a day; the last value of a day counts. ``limit`` is what the customer may use."""

    product: Word
    metric: Word
    day: Day
    value: Quantity
    limit: Quantity | None = None
