"""The working time that is left of a day."""

from datetime import datetime

from domain.sla.calendar.interval_index import covered
from domain.sla.calendar.microseconds import SECOND
from domain.sla.policy.policy_history import PolicyHistory
from domain.text_folding import fold_name

_NEWEST = 2**63
"""A position behind every event: all versions that are given are known."""


def working_seconds(policy_history: PolicyHistory, calendar: str, now: datetime, until: datetime) -> float:
    """The open seconds of a calendar, in the version in effect at ``now``, up to ``until``.

    Raises KeyError for an unknown calendar.
    """
    start, end = covered(now), covered(until)
    bound = policy_history.calendar(fold_name(calendar), start, _NEWEST)
    return bound.time.elapsed_us(start, max(start, end)) / SECOND
