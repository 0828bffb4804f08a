"""The health of a customer: a pure function of the facts, a definition and an instant."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
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


class HealthScore(NamedTuple):
    """The score and the band of a customer, as `Health` shows them."""

    score: float | None
    band: str
    coverage: int


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
    score, band, coverage = _judged([(each.rule.weight, each.points) for each in measures], definition)
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


def judge(summary: CustomerSummary, definition: HealthDefinition) -> HealthScore:
    """The same without the facts that explain it: far faster for many customers."""
    measured = {rule.measure: MEASURES[rule.measure].read(summary, rule.days) for rule in definition.measures}
    return judge_values({name: each.value for name, each in measured.items() if each is not None}, definition)


def judge_values(values: Mapping[str, float], definition: HealthDefinition) -> HealthScore:
    """Score, band and coverage of given values of the measures; one that is absent has no data."""
    return _judged([(rule.weight, _points(rule, values.get(rule.measure))) for rule in definition.measures], definition)


def _measured(rule: MeasureRule, measured: Measured | None) -> MeasuredHealth:
    return MeasuredHealth(
        rule=rule,
        unit=MEASURES[rule.measure].unit,
        value=measured and measured.value,
        points=_points(rule, measured and measured.value),
        facts=tuple(measured.facts) if measured else (),
    )


def _points(rule: MeasureRule, value: float | None) -> float | None:
    return None if value is None else round(rule.points_of(value), 1)


def _judged(measures: Iterable[tuple[int, float | None]], definition: HealthDefinition) -> HealthScore:
    """Of the weight and the points of each measure."""
    known = [(weight, points) for weight, points in measures if points is not None]
    coverage = sum(weight for weight, _ in known)
    if coverage < definition.least_coverage:
        return HealthScore(None, UNKNOWN, coverage)
    score = round(sum(weight * points for weight, points in known) / coverage, 1)
    return HealthScore(score, definition.band_of(score), coverage)
