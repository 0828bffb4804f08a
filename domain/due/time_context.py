"""What due functions know beside a history: the tenant's zone over time, open days, waves, and SLA policies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.customer_figures.nps_wave import NpsWave
from domain.local_time import local_day, midnight
from domain.sla.clock.tiers import TierChange
from domain.sla.policy.policy_history import DEFAULT_POLICY_HISTORY, PolicyHistory
from domain.zones import UTC_ZONE, TimeZone, zone_named

IsOpenDay = Callable[[date], bool]
"""Whether a local day is an open one."""
VIETNAM = zone_named("Asia/Ho_Chi_Minh")
_WEEKEND = 5
"""The weekday from which a week without settings is closed; Monday is 0."""


def _in_vietnam(_at: datetime) -> TimeZone:
    return VIETNAM


def _on_weekdays(_calendar: str | None, _at: datetime) -> IsOpenDay:
    return lambda day: day.weekday() < _WEEKEND


@dataclass(frozen=True, slots=True)
class TimeContext:
    """``zone_at`` gives the tenant's zone at an instant. ``open_days(calendar, at)`` gives the open days of a
    published calendar in its version of an instant, or without a name those of the tenant's working week.

    ``tiers`` are those of a ticket's customer. ``last_word`` is the last word of either side with a customer.
    ``usual_intervals`` are the days between purchases of a product over all customers, by its folded sku or name.
    ``sending_at`` is the instant at which a request is about to be sent that an instance led to before.
    ``since``: instances due at or before it are nobody's. ``settled`` holds the identities that the history records
    for a rule. Both bound series without an end.
    """

    zone_at: Callable[[datetime], TimeZone] = _in_vietnam
    open_days: Callable[[str | None, datetime], IsOpenDay] = _on_weekdays
    waves: Mapping[str, NpsWave] = field(default_factory=dict)
    policy_history: PolicyHistory = DEFAULT_POLICY_HISTORY
    tiers: Sequence[TierChange] = ()
    last_word: datetime | None = None
    usual_intervals: Mapping[str, int] = field(default_factory=dict)
    sending_at: datetime | None = None
    since: datetime | None = None
    settled: frozenset[str] = frozenset()

    def zone_on(self, day: date) -> TimeZone:
        """The zone of a local day: the one in effect when the day begins in UTC."""
        return self.zone_at(midnight(day, UTC_ZONE))

    def local_day(self, at: datetime) -> date:
        """The tenant's local day of an instant."""
        return local_day(at, self.zone_at(at))
