"""The definition of health: which measures count, how much, and where the bands begin."""

from bisect import bisect_right
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.health.measures import MeasureName
from domain.messages import Message, Word

UNKNOWN = "unknown"
"""The band of a customer of whom too little is known."""

Finite = Annotated[float, Field(allow_inf_nan=False)]
Points = Annotated[float, Field(ge=0, le=100)]


class Threshold(Message):
    """A measure of ``value`` gives ``points``."""

    value: Finite
    points: Points


class MeasureRule(Message):
    """How a measure counts. ``weight`` is per cent of the whole; ``days`` is how far back its facts count.

    ``thresholds`` rise by value. ``linear``: points lie on the line between two thresholds; ``steps``: those of the
    last threshold that is reached. Outside of them the first or the last one counts.
    """

    measure: MeasureName
    weight: Annotated[int, Field(strict=True, ge=1, le=100)]
    days: Annotated[int, Field(strict=True, ge=1, le=365)] = 30
    scale: Literal["linear", "steps"] = "linear"
    thresholds: Annotated[tuple[Threshold, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _must_rise(self) -> Self:
        values = [threshold.value for threshold in self.thresholds]
        if any(later <= earlier for earlier, later in pairwise(values)):
            raise ValueError("thresholds: each value is greater than the one before it")
        return self

    def points_of(self, value: float) -> float:
        """The points, 0 to 100, of a value of the measure."""
        values = [threshold.value for threshold in self.thresholds]
        reached = bisect_right(values, value)
        if reached == 0:
            return self.thresholds[0].points
        below = self.thresholds[reached - 1]
        if self.scale == "steps" or reached == len(values):
            return below.points
        above = self.thresholds[reached]
        share = (value - below.value) / (above.value - below.value)
        return below.points + share * (above.points - below.points)


class Band(Message):
    """The scores ``below`` a number, down to the band before it. The last band has no end."""

    name: Word
    below: Points | None = None


class HealthDefinition(Message):
    """The weights sum to 100. ``least_coverage``: with less per cent of the weights in data, health is unknown."""

    measures: Annotated[tuple[MeasureRule, ...], Field(min_length=1)]
    bands: Annotated[tuple[Band, ...], Field(min_length=2, max_length=10)]
    least_coverage: Annotated[int, Field(strict=True, ge=1, le=100)] = 60

    @model_validator(mode="after")
    def _must_be_whole(self) -> Self:
        names = [rule.measure for rule in self.measures]
        if len(set(names)) < len(names):
            raise ValueError("measures: each measure stands in it once")
        total = sum(rule.weight for rule in self.measures)
        if total != 100:  # noqa: PLR2004 -- per cent
            raise ValueError(f"measures: the weights sum to {total}, not to 100")
        *ends, last = [band.below for band in self.bands]
        if last is not None or None in ends:
            raise ValueError("bands: each band but the last has `below`")
        known = [end for end in ends if end is not None]
        if known != sorted(set(known)):
            raise ValueError("bands: each `below` is greater than the one before it")
        bands = [band.name for band in self.bands]
        if len(set(bands)) < len(bands) or UNKNOWN in bands:
            raise ValueError(f"bands: each name stands in it once, and none is {UNKNOWN!r}")
        return self

    def band_of(self, score: float) -> str:
        """The band of a score."""
        return next(band.name for band in self.bands if band.below is None or score < band.below)


def _line(*points: tuple[float, float]) -> tuple[Threshold, ...]:
    return tuple(Threshold(value=value, points=given) for value, given in points)


DEFAULT_HEALTH = HealthDefinition(
    measures=(
        MeasureRule(measure="usage", weight=35, thresholds=_line((0, 0), (50, 30), (100, 100))),
        MeasureRule(measure="tickets", weight=20, days=90, thresholds=_line((0, 100), (3, 70), (10, 0))),
        MeasureRule(measure="satisfaction", weight=20, days=180, thresholds=_line((0, 0), (100, 100))),
        MeasureRule(measure="contact", weight=15, scale="steps", thresholds=_line((0, 100), (31, 0))),
        MeasureRule(measure="contract", weight=10, thresholds=_line((0, 0), (30, 40), (90, 100))),
    ),
    bands=(Band(name="red", below=40), Band(name="amber", below=70), Band(name="green")),
)
"""The built-in definition. The thresholds are a choice of ours, the weights and the bands come from the contract."""
