"""Policies and short histories that hypothesis draws for the SLA clock."""

from datetime import timedelta

from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import CalendarDefinition, CalendarVersion
from domain.sla.calendar.microseconds import EPOCH
from domain.sla.policy.policy import TARGET_NAMES, Policy, PolicyVersion
from domain.sla.policy.policy_history import PolicyHistory
from tests.support.events import AGENT, CUSTOMER_ACTOR, MINUTE, START, SYSTEM, Fact, history
from tests.support.histories import LATER_FACTS, RECEIPTS

MICROSECOND, SECOND = timedelta(microseconds=1), timedelta(seconds=1)

DESK = CalendarDefinition.model_validate(
    {
        "name": "desk",
        "zone": "UTC",
        "week": {"mon": ["08:10-08:40", "08:50-09:00", "09:20-13:00"], "tue-sun": ["06:00-06:30"]},
    }
)


@st.composite
def targets(draw: st.DrawFn, name: str) -> dict[str, object]:
    minutes = draw(st.sampled_from([2, 6, 8, 20, 26, 30, 40, 120]))
    return {
        "duration": f"{minutes}m",
        "calendar": draw(st.sampled_from(["24x7", "desk"])),
        "pauses": draw(st.lists(st.sampled_from(["customer", "third_party"]))),
        "warn_at": draw(
            st.sampled_from([[], [0.5], ["2m before"], [0.5, "1m before"]] if minutes > 2 else [[], [0.5]])
        ),
        "until": draw(st.sampled_from(["resolved", "closed"])) if name == "resolution" else "resolved",
    }


@st.composite
def rules(draw: st.DrawFn, *, complete: bool) -> dict[str, object]:
    names = draw(st.lists(st.sampled_from(TARGET_NAMES), min_size=1, unique=True))
    return {name: draw(targets(name)) for name in (TARGET_NAMES if complete else names)}


@st.composite
def policies(draw: st.DrawFn, *, complete: bool = False) -> Policy:
    """Three rules; ``complete``: each with every target."""
    reopen = draw(st.sampled_from(["continue", "new_cycle"]))
    rule = rules(complete=complete)
    chosen = [draw(rule) | {"priority": ["P1"]}, draw(rule) | {"category": "a"}, draw(rule)]
    return Policy.model_validate({"name": "drawn", "reopen": reopen, "rules": chosen})


@st.composite
def short_histories(draw: st.DrawFn) -> list[RecordedEvent]:
    """Events within a few hours, some out of order, many at the instant of a deadline or of a closing."""
    minutes, late = st.sampled_from([0, 1, 2, 6, 20, 61]), st.sampled_from([0, 0, 0, 6, 45])
    for_somebody = SYSTEM.model_copy(update={"on_behalf_of": "an"})
    actors = st.sampled_from([AGENT, AGENT, CUSTOMER_ACTOR, SYSTEM, for_somebody])
    steps = draw(st.lists(st.tuples(LATER_FACTS, actors, minutes, late), max_size=11))
    facts = [Fact(START, draw(RECEIPTS))]
    now = START
    for payload, actor, pause, lateness in steps:
        now += pause * MINUTE
        facts.append(Fact(now - lateness * MINUTE, payload, actor, recorded_at=now))
    return history(*facts)


def policy_history(policy: Policy) -> PolicyHistory:
    return PolicyHistory(
        [PolicyVersion(version=1, effective_from=EPOCH, policy=policy)],
        [CalendarVersion(version=1, effective_from=EPOCH, calendar=DESK)],
    )
