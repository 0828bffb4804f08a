"""Where a rule stops circling: the depth of a chain of reactions, and its firings on one subject within an hour."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.automation.definition import AutomationRule
from domain.automation.events import AutomationFired, AutomationResumed
from domain.automation.facts import Facts
from domain.automation.firing import MOST_FIRINGS, Judgement, NamedRule, Trigger, judge_rule
from domain.command_context import MOST_DEPTH
from tests.support.events import START, Fact, asked, at, history, instant, received

RULE = NamedRule(
    "noting",
    1,
    0,
    START,
    AutomationRule.model_validate({"on": ["ticket.message_received"], "then": [{"do": "add-note", "body": "noted"}]}),
)
FIRED = AutomationFired(rule="noting", version=1)
NOW = 90
FACTS = Facts(value_of=lambda _condition: None)


def judged(*before: Fact, depth: int = 0) -> Judgement:
    """The judgement of a message 90 minutes behind the receipt."""
    *earlier, message = history(at(0, received()), *before, at(NOW, asked()), ticket=UUID(int=7))
    message = message._replace(envelope=message.envelope.model_copy(update={"depth": depth}))
    return judge_rule(RULE, Trigger(cause=message), [*earlier, message], FACTS, instant(NOW))


def firings(minute: float, count: int) -> list[Fact]:
    return [at(minute, FIRED)] * count


@pytest.mark.parametrize(("depth", "verdict"), [(MOST_DEPTH - 1, "fired"), (MOST_DEPTH, "suspended")])
def test_a_chain_of_reactions_ends_at_the_greatest_depth(depth: int, verdict: str) -> None:
    judgement = judged(depth=depth)
    assert (judgement.verdict, judgement.depth) == (verdict, depth + 1)


def test_a_rule_that_has_fired_twenty_times_within_an_hour_is_suspended() -> None:
    assert judged(*firings(NOW - 59, MOST_FIRINGS - 1)).verdict == "fired"
    assert judged(*firings(NOW - 59, MOST_FIRINGS)).why == "rate"


def test_a_firing_that_is_an_hour_old_counts_no_longer() -> None:
    assert judged(*firings(NOW - 60, 1), *firings(NOW - 59, MOST_FIRINGS - 1)).verdict == "fired"


def test_what_fired_before_a_person_resumed_the_rule_counts_no_longer() -> None:
    resumed = at(NOW - 1, AutomationResumed(rule="noting"))
    assert judged(*firings(NOW - 59, MOST_FIRINGS), resumed).verdict == "fired"


def test_what_fired_while_the_clock_was_a_year_ahead_does_not_suspend_it() -> None:
    assert judged(*firings(NOW + 59, MOST_FIRINGS)).why == "rate"
    assert judged(*firings(NOW + 365 * 24 * 60, MOST_FIRINGS)).verdict == "fired"


@pytest.mark.parametrize(("now", "why"), [(NOW, None), (NOW + 24 * 60 * 30, "stale")])
def test_an_event_of_now_is_not_stale_although_the_log_is_a_year_ahead_of_the_clock(now: int, why: str | None) -> None:
    *_, message = events = history(at(0, received()), at(NOW, asked()), ticket=UUID(int=7))
    put_back = message._replace(recorded_at=message.recorded_at + timedelta(days=365))
    assert judge_rule(RULE, Trigger(cause=put_back), events, FACTS, instant(now)).why == why


@pytest.mark.parametrize(("late", "why"), [(0, None), (1, "missed")])
def test_the_patience_with_an_event_begins_when_it_is_recorded_or_when_it_happens_later(
    late: float, why: str | None
) -> None:
    patience = RULE.body.stale_seconds / 60
    *_, message = events = history(at(0, received()), at(NOW, asked()), ticket=UUID(int=7))
    ahead = message._replace(recorded_at=message.recorded_at - timedelta(minutes=4))
    judgement = judge_rule(RULE, Trigger(cause=ahead), events, FACTS, instant(NOW + patience + late))
    assert judgement.why == why


@pytest.mark.parametrize(("fired", "why"), [(1, None), (2, "limit")])
def test_a_rule_with_a_limit_of_two_fires_twice(fired: int, why: str | None) -> None:
    limited = RULE._replace(body=RULE.body.model_copy(update={"limit": 2}))
    *_, message = events = history(at(0, received()), at(NOW, asked()), ticket=UUID(int=7))
    facts = Facts(value_of=lambda _condition: None, fired_lately=lambda _rule, _most: fired)
    assert judge_rule(limited, Trigger(cause=message), events, facts, instant(NOW)).why == why
