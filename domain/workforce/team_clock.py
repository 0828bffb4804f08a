"""How long a team held a ticket in its own working time, and whether that was within its target."""

from typing import NamedTuple

from domain.sla.clock.intervals import if_covered
from domain.sla.clock.target_instance import Verdict
from domain.sla.policy.policy_history import BoundCalendar, PolicyHistory
from domain.workforce.team_rules import TeamRuleHistory
from domain.workforce.team_spans import TeamSpan


class TeamTime(NamedTuple):
    """A span as judged by ``workforce_version``. Instants and durations are microseconds.

    - ``elapsed`` is the open time of ``calendar`` in the span, without the waits that pause; of a span that goes on,
      up to the last of them. ``paused`` is the real time of these waits that have ended.
    - ``verdict`` of a span that has ended: breached when more than the target elapsed, however it ended; met when it
      ended otherwise than by a merge or a cancellation; else None, as without a target.
    - ``late_after`` of a span that goes on: at any later instant it is over its target, unless it pauses before. None
      without a target, in a pause within the target, and where the calendar ends before it. Of a target that elapsed
      before the last pause it is no earlier than that pause's end or the last event.
    """

    span: TeamSpan
    workforce_version: int
    calendar: BoundCalendar
    target: int | None
    elapsed: int
    paused: int
    verdict: Verdict | None
    late_after: int | None


def judge(span: TeamSpan, rules: TeamRuleHistory, policy_history: PolicyHistory) -> TeamTime:
    """Judges a span by the versions of workforce and calendar in effect at its end, among those recorded by then.

    A span that goes on is judged by those of the ticket's last event. Raises KeyError for an unknown calendar.
    """
    version = rules.at(span.judged_at, span.position)
    rule = version.of(span.team)
    calendar = policy_history.calendar(rule.calendar, span.judged_at, span.position)
    target = rule.target_of(span.ticket.priority)
    elapsed = paused = 0
    since: int | None = span.start
    for wait in span.waits:
        if wait.waiting_for in rule.pauses:
            if since is not None:
                elapsed += calendar.time.elapsed_us(since, wait.start)
            paused += 0 if wait.end is None else wait.end - wait.start
            since = wait.end
    verdict, late_after = None, None
    if span.end is None:
        late_after = _late_after(span, calendar, target, elapsed, since)
    else:
        if since is not None:
            elapsed += calendar.time.elapsed_us(since, span.end)
        verdict = _verdict(span, target, elapsed)
    return TeamTime(span, version.version, calendar, target, elapsed, paused, verdict, late_after)


def _verdict(span: TeamSpan, target: int | None, elapsed: int) -> Verdict | None:
    if target is None:
        return None
    if elapsed > target:
        return "breached"
    return "met" if span.ended_by in {"passed_on", "resolved"} else None


def _late_after(
    span: TeamSpan, calendar: BoundCalendar, target: int | None, elapsed: int, since: int | None
) -> int | None:
    """The last instant that is in time: a closing at which the target elapses is followed by the next opening."""
    if target is None:
        return None
    if elapsed > target:
        return span.judged_at if since is None else since
    if since is None:
        return None
    due = if_covered(calendar.time.add_us, since, target - elapsed)
    return None if due is None else if_covered(calendar.time.next_opening_us, due)
