"""A worked example of a health definition: values of measures, and the expected score, band and coverage."""

from pydantic import Field

from domain.health.definition import Finite, HealthDefinition
from domain.health.health import judge_values
from domain.health.measures import MeasureName
from domain.messages import Message, Word
from domain.text_by_language import Title


class HealthExample(Message):
    """``values`` are those of measures, in their units; a measure without a value has no data.

    An answer that is left out is not checked.
    """

    name: Title
    values: dict[MeasureName, Finite] = Field(default_factory=dict)
    score: Finite | None = None
    band: Word | None = None
    coverage: int | None = None

    def differences(self, body: HealthDefinition) -> list[str]:
        """Where the answers differ from the expected ones."""
        score, band, coverage = judge_values({str(name): value for name, value in self.values.items()}, body)
        answers = {"score": (score, self.score), "band": (band, self.band), "coverage": (coverage, self.coverage)}
        return [
            f"the {what} is {'unknown' if answer is None else answer}, not {expected}"
            for what, (answer, expected) in answers.items()
            if expected is not None and answer != expected
        ]
