"""The health of a customer: a pure function of the facts, a definition and an instant."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domain.health.definition import UNKNOWN, HealthDefinition, MeasureRule
from domain.health.measures import MEASURES, HealthFact, Measured
from domain.health.summary import CustomerSummary
from domain.messages import Message


class MeasuredHealth(Message):
    """What one measure adds: ``value`` in ``unit``, worth ``points`` of 100. None: it has no data and is left out."""

    rule: MeasureRule
    unit: str
    value: float | None
    points: float | None
    facts: tuple[HealthFact, ...]


class Health(Message):
    """``score`` is 0 to 100 to one decimal; None and the band unknown when ``coverage`` is too low.

    ``coverage`` is per cent of the weights that have data. ``measures`` explain the score: it is the sum of weight
    times points, by the sum of the weights with data. ``definition_version`` 0 is the built-in one, None one
    that is not published.
    """

    customer: UUID
    at: datetime
    definition_version: int | None
    score: float | None
    band: str
    coverage: int
    least_coverage: int
    measures: tuple[MeasuredHealth, ...]


def health(summary: CustomerSummary, definition: HealthDefinition, version: int | None = None) -> Health:
    """The health of the customer at the instant of the summary. ``version`` is the number of the definition."""
    measures = tuple(_measured(rule, MEASURES[rule.measure].read(summary, rule.days)) for rule in definition.measures)
    score, band, coverage = _judged(measures, definition)
    return Health(
        customer=summary.customer,
        at=summary.at,
        definition_version=version,
        score=score,
        band=band,
        coverage=coverage,
        least_coverage=definition.least_coverage,
        measures=measures,
    )


def judge_values(values: Mapping[str, float], definition: HealthDefinition) -> tuple[float | None, str, int]:
    """Score, band and coverage of given values of the measures; one that is absent has no data."""
    return _judged(
        [
            _measured(rule, Measured(values[rule.measure], ()) if rule.measure in values else None)
            for rule in definition.measures
        ],
        definition,
    )


def _measured(rule: MeasureRule, measured: Measured | None) -> MeasuredHealth:
    return MeasuredHealth(
        rule=rule,
        unit=MEASURES[rule.measure].unit,
        value=measured and measured.value,
        points=measured and round(rule.points_of(measured.value), 1),
        facts=tuple(measured.facts) if measured else (),
    )


def _judged(measures: Sequence[MeasuredHealth], definition: HealthDefinition) -> tuple[float | None, str, int]:
    known = [(each.rule.weight, each.points) for each in measures if each.points is not None]
    coverage = sum(weight for weight, _ in known)
    if coverage < definition.least_coverage:
        return None, UNKNOWN, coverage
    score = round(sum(weight * points for weight, points in known) / coverage, 1)
    return score, definition.band_of(score), coverage
