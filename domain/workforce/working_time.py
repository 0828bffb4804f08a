"""The working time that is left of a day."""

from datetime import datetime

from domain.envelope import BEHIND_ALL
from domain.sla.calendar.interval_index import covered
from domain.sla.calendar.microseconds import SECOND
from domain.sla.policy.policy_history import PolicyHistory
from domain.text_folding import fold_name


def working_seconds(policy_history: PolicyHistory, calendar: str, now: datetime, until: datetime) -> float:
    """The open seconds of a calendar, in the version in effect at ``now``, up to ``until``.

    Raises KeyError for an unknown calendar.
    """
    start, end = covered(now), covered(until)
    bound = policy_history.calendar(fold_name(calendar), start, BEHIND_ALL)
    return bound.time.elapsed_us(start, max(start, end)) / SECOND
