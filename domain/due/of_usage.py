"""What becomes due of the usage of a product: a limit that comes near, a drop."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field

from domain.due.due_function import DueFunction, History
from domain.due.instance import DueInstance, identity_of
from domain.due.schedule import at_wall
from domain.due.time_context import TimeContext
from domain.messages import Message, WallTime, one_or_more
from domain.text_folding import fold_name
from domain.usage.events import UsageRecorded

USAGE = frozenset({"usage"})
_WEEK = timedelta(days=7)
_WEEKS_OF_MEAN = 4


class UsageNearLimit(Message):
    """``steps`` are shares of the limit, each of them once in a month."""

    steps: Annotated[
        tuple[Annotated[float, Field(gt=0, le=10)], ...],
        BeforeValidator(one_or_more),
        Field(min_length=1, max_length=20),
    ] = (0.8, 1.0)


class _Reached(NamedTuple):
    """A share of a limit that was reached."""

    metric: str
    limit: float
    share: float
    due: DueInstance

    def is_ended_by(self, usage: UsageRecorded) -> bool:
        """Whether a later value lies under the share of a limit that was raised since."""
        if fold_name(usage.metric) != self.metric or not usage.limit:
            return False
        return usage.limit > self.limit and usage.value < self.share * usage.limit


def _near_limit(history: History, parameters: UsageNearLimit, _context: TimeContext) -> Iterator[DueInstance]:
    """When a value of a month first reaches a share of the limit that was recorded with it, until that is raised."""
    reached: dict[str, _Reached] = {}
    for event in history:
        usage = event.payload
        if not isinstance(usage, UsageRecorded) or not usage.limit:
            continue
        reached = {identity: each for identity, each in reached.items() if not each.is_ended_by(usage)}
        metric = fold_name(usage.metric)
        for step in parameters.steps:
            identity = identity_of(metric, f"{usage.day:%Y-%m}", f"{step:g}")
            if usage.value >= step * usage.limit and identity not in reached:
                values = {"product": usage.product, "metric": usage.metric, "limit": f"{usage.limit:g}"}
                values |= {"percent": f"{100 * usage.value / usage.limit:.0f}"}
                due = DueInstance(identity, event.occurred_at, placeholders=values)
                reached[identity] = _Reached(metric, usage.limit, step, due)
    yield from (each.due for each in reached.values())


class UsageDropped(Message):
    """A week under ``share`` of the mean of the four weeks before it."""

    share: Annotated[float, Field(gt=0, le=1)] = 0.5
    time: WallTime = "09:00"


def _dropped(history: History, parameters: UsageDropped, context: TimeContext) -> Iterator[DueInstance]:
    """On the Monday after the week. A week without a value counts 0; four weeks must lie behind the first value."""
    values: defaultdict[str, dict[date, float]] = defaultdict(dict)
    for event in history:
        if isinstance(event.payload, UsageRecorded):
            values[fold_name(event.payload.metric)][event.payload.day] = event.payload.value
    for metric, by_day in values.items():
        weeks: defaultdict[date, float] = defaultdict(float)
        for day, value in by_day.items():
            weeks[day - timedelta(days=day.weekday())] += value
        week, last = min(weeks) + _WEEKS_OF_MEAN * _WEEK, max(weeks) + _WEEKS_OF_MEAN * _WEEK
        while week <= last:
            mean = sum(weeks.get(week - back * _WEEK, 0.0) for back in range(1, _WEEKS_OF_MEAN + 1)) / _WEEKS_OF_MEAN
            if weeks.get(week, 0.0) < parameters.share * mean:
                due_at = at_wall(week + _WEEK, parameters.time, context)
                texts = {"product": history[0].payload.product, "metric": metric}
                texts |= {"percent": f"{100 * weeks.get(week, 0.0) / mean:.0f}"}
                yield DueInstance(identity_of(metric, f"{week:%G-W%V}"), due_at, placeholders=texts)
            week += _WEEK


USAGE_NEAR_LIMIT = DueFunction(
    "usage-near-limit", USAGE, UsageNearLimit, _near_limit, gives=frozenset({"product", "metric", "limit", "percent"})
)
USAGE_DROPPED = DueFunction(
    "usage-dropped", USAGE, UsageDropped, _dropped, gives=frozenset({"product", "metric", "percent"})
)
