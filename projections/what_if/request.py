"""The request of a what-if, made from what a person or a program gives."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg import Connection

from domain.event_log import reader
from domain.messages import Message
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.policy.policy import Policy
from projections.scope.periods import Period
from projections.what_if.scenarios import Scenario, instead, rung, scenario_in_effect

MOST_LISTED = 1_000


class WhatIfRequest(Message):
    """Judged as things stand at ``now``, when the log held ``up_to`` events.

    What ended counts if it ended from ``start`` up to but not including ``end``; what had not counts always. Months are
    those of ``zone``. At most ``listed`` changes are named.
    """

    scenarios: tuple[Scenario, ...]
    up_to: int
    now: datetime
    start: datetime | None = None
    end: datetime | None = None
    zone: str = "UTC"
    listed: int = MOST_LISTED


class WhatIfOptions(NamedTuple):
    """Another policy, other calendars, and a ladder of resolution targets, for what ended on the days of ``period``.

    ``ladder``: the name of each rung and its seconds. ``listed``: how many changed verdicts are named.
    """

    policy: Policy | None
    calendars: Sequence[CalendarDefinition]
    ladder: Sequence[tuple[str, int]]
    period: Period
    listed: int


def what_if_request(
    connection: Connection, tenant: str, options: WhatIfOptions, *, position: int, now: datetime
) -> WhatIfRequest:
    """The request as of a position: the other policy with its calendars, then each rung of the ladder under it.

    With a ladder alone, its rungs shorten the policy in effect; with nothing, that policy is compared with itself.
    Raises PeriodRefused, and ValueError when the policy counts on an unknown calendar.
    """
    current = scenario_in_effect(reader.rules(connection, tenant, position), now)
    other = instead(current, options.policy, options.calendars)
    rungs = [rung(other, name, seconds) for name, seconds in options.ladder]
    start, end = options.period.bounds()
    return WhatIfRequest(
        scenarios=(other, *rungs) if options.policy or options.calendars or not rungs else tuple(rungs),
        up_to=position,
        now=now,
        start=start,
        end=end,
        zone=options.period.zone.key,
        listed=options.listed,
    )
