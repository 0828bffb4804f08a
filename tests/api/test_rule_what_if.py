"""What a rule would have done in the last days."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.automation.what_if import Bounds, what_if
from api.automation.what_if_result import RuleWhatIf
from domain.automation.definition import AutomationRule
from domain.automation.firing import NamedRule
from domain.command_context import Actor
from domain.customer.commands import RegisterCustomer
from domain.customer.facts.commands import RecordDate
from domain.sla.policy.commands import PublishCalendar, PublishPolicy
from domain.sla.policy.policy import Policy
from domain.sla.policy.publishing import POLICY_STREAM, calendar_stream
from domain.ticket import commands as t
from domain.usage.commands import RecordUsage
from tests.support.automating import (
    LONG_AGO,
    NOTE,
    VIP_FIRST,
    Automated,
    automated,
    caught_up_connection,
    react,
    rule_body,
)
from tests.support.events import AGENT, CUSTOMER, IMPORT

pytestmark = pytest.mark.anyio
TASK = {"do": "open-task", "title": "Look at it"}


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Automated]:
    async with automated(database_url) as made:
        yield made


def tried(desk: Automated, body: dict[str, Any], bounds: Bounds | None = None, name: str = "tried") -> RuleWhatIf:
    rule = NamedRule(name, 0, 0, LONG_AGO, AutomationRule.model_validate(body))
    now = datetime.now(UTC)
    with caught_up_connection(desk) as connection:
        return what_if(connection, "default", rule, now - timedelta(days=1), now, bounds or Bounds())


def timed_rule(when: dict[str, Any] | None = None) -> NamedRule:
    body = {"at": {"due": "resolved-for", "after": "24h"}, "when": when, "then": [{"do": "close"}]}
    return NamedRule("tried", 0, 0, LONG_AGO, AutomationRule.model_validate(body))


async def test_a_what_if_fires_where_the_rule_would_have_fired_and_records_nothing(desk: Automated) -> None:
    urgent = [await desk.receive() for _ in range(3)]
    await desk.receive(priority="P3")
    head = len(desk.log())
    tried_out = tried(desk, VIP_FIRST)
    assert (tried_out.judged, tried_out.fired, tried_out.subjects, tried_out.complete) == (4, 3, 3, True)
    assert tried_out.failed == {"ticket.priority": 1}
    assert tried_out.commands == {"escalate": 3}
    assert [firing.subject for firing in tried_out.fired_on] == urgent
    assert len(desk.log()) == head


@pytest.mark.parametrize(
    "rule", [NamedRule("tried", 0, 0, LONG_AGO, AutomationRule.model_validate(VIP_FIRST)), timed_rule()]
)
async def test_a_what_if_says_how_far_it_has_read(desk: Automated, rule: NamedRule) -> None:
    await desk.receive()
    now, seen = datetime.now(UTC), list[tuple[int, int]]()
    with caught_up_connection(desk) as connection:
        what_if(
            connection,
            "default",
            rule,
            now - timedelta(days=1),
            now,
            progress=lambda read, most: seen.append((read, most)),
        )
    read, most = seen[-1]
    assert 0 < read == most


async def test_a_what_if_of_a_rule_in_effect_says_what_the_reactor_did(desk: Automated) -> None:
    body = {"on": ["ticket.message_received"], "then": [NOTE], "once_per": "subject"}
    await desk.publish("tried", body)
    async with desk.reactor() as reactor:
        for _ in range(3):
            ticket = await desk.receive()
            for _ in range(2):
                await desk.ask(ticket, t.ReceiveMessage(body="hello"))
        await react(reactor)
    assert tried(desk, body).fired == len(desk.fired()) == 3


@pytest.mark.parametrize(("order", "fired", "why"), [(3, 0, "stop"), (1, 1, None)])
async def test_a_what_if_fires_for_no_event_that_a_rule_before_it_has_ended(
    desk: Automated, order: int, fired: int, why: str | None
) -> None:
    await desk.publish("ending", rule_body(order=2, stop=True))
    async with desk.reactor() as reactor:
        await desk.receive()
        await react(reactor)
    tried_out = tried(desk, rule_body(order=order))
    assert (tried_out.fired, tried_out.why_nothing) == (fired, why)
    assert tried(desk, rule_body(order=order), name="ending").fired == 1, "a rule does not end its own events"


async def test_a_what_if_sees_the_state_as_it_was(desk: Automated) -> None:
    ticket = await desk.receive(priority="P3")
    await desk.ask(ticket, t.PrioritiseTicket(priority="P1", reason="urgent"))
    assert tried(desk, VIP_FIRST).fired == 0


async def test_a_what_if_ends_at_its_bounds_and_says_so(desk: Automated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.automation.what_if.SUBJECTS_AT_ONCE", 2)
    for _ in range(6):
        await desk.receive()
    tried_out = tried(desk, rule_body(), Bounds(events=1))
    assert not tried_out.complete


@pytest.mark.parametrize(("replied", "fired"), [(False, 1), (True, 0)])
async def test_a_what_if_of_a_rule_with_a_time_follows_each_stream(
    desk: Automated, *, replied: bool, fired: int
) -> None:
    now = datetime.now(UTC)
    ticket = await desk.receive()
    await desk.ask(ticket, t.ResolveTicket(resolution="done"))
    if replied:
        await desk.ask(ticket, t.ReopenTicket(reason="not done"))
    rule = timed_rule()
    with caught_up_connection(desk) as connection:
        tried_out = what_if(connection, "default", rule, now - timedelta(days=1), now + timedelta(days=2))
    assert (tried_out.judged, tried_out.fired) == (fired, fired)
    assert tried_out.commands == ({"close": 1} if fired else {})


@pytest.mark.parametrize(
    ("by", "when", "why", "has"),
    [
        (AGENT, None, "nothing_due", None),
        (IMPORT, None, "import", None),
        (AGENT, {"field": "ticket.priority", "value": "P4"}, "condition", "P1"),
    ],
)
async def test_a_what_if_of_a_rule_with_a_time_says_why_nothing_would_have_fired(
    desk: Automated, by: Actor, when: dict[str, Any] | None, why: str, has: str | None
) -> None:
    ticket = await desk.receive(by)
    if when is not None:
        await desk.ask(ticket, t.ResolveTicket(resolution="done"))
    rule = timed_rule(when)
    now = datetime.now(UTC)
    with caught_up_connection(desk) as connection:
        tried_out = what_if(connection, "default", rule, now - timedelta(days=1), now + timedelta(days=2))
    assert (tried_out.fired, tried_out.why_nothing) == (0, why)
    assert (tried_out.condition and tried_out.condition.has) == has


async def test_a_what_if_of_a_rule_with_a_time_does_not_blame_imports_for_what_is_not_imported(desk: Automated) -> None:
    for by in (IMPORT, AGENT):
        await desk.receive(by)
    now = datetime.now(UTC)
    with caught_up_connection(desk) as connection:
        tried_out = what_if(connection, "default", timed_rule(), now - timedelta(days=1), now + timedelta(days=2))
    assert (tried_out.fired, tried_out.why_nothing) == (0, "nothing_due")


async def test_a_what_if_that_fires_gives_no_reason_and_one_without_events_does(desk: Automated) -> None:
    await desk.receive()
    assert tried(desk, rule_body()).why_nothing is None
    assert tried(desk, {"on": ["ticket.reopened"], "then": [NOTE]}).why_nothing == "no_event"


def tried_from_yesterday_on(desk: Automated, at: dict[str, Any], **body: Any) -> RuleWhatIf:
    """A rule with a time, tried until three days from now."""
    given = AutomationRule.model_validate({"at": at, "then": [TASK]} | body)
    now = datetime.now(UTC)
    with caught_up_connection(desk) as connection:
        rule = NamedRule("tried", 0, 0, LONG_AGO, given)
        return what_if(connection, "default", rule, now - timedelta(days=1), now + timedelta(days=3))


async def test_a_what_if_counts_what_was_due_before_it_was_recorded(desk: Automated) -> None:
    """Such a thing fires as soon as it is recorded, unless it is too late."""
    ticket = await desk.receive()
    await desk.ask(ticket, t.PromiseCallback(at=datetime.now(UTC) + timedelta(minutes=5)))
    in_time = tried_from_yesterday_on(desk, {"due": "call-back", "before": "15m"})
    late = tried_from_yesterday_on(desk, {"due": "call-back", "before": "15m"}, stale_after="5m")
    assert (in_time.fired, in_time.passed_over) == (1, {})
    assert (late.fired, late.passed_over) == (0, {"missed": 1})


async def test_a_what_if_counts_what_fires_when_it_is_recorded(desk: Automated) -> None:
    await register_customer(desk, AGENT)
    for value in (9, 9.5):
        usage = RecordUsage(product="CRM", metric="seats", day=date(2026, 3, 2), value=value, limit=10)
        await desk.ask(CUSTOMER, usage)
    assert tried_from_yesterday_on(desk, {"due": "usage-near-limit"}).fired == 1


@pytest.mark.parametrize("by", [AGENT, IMPORT])
async def test_a_what_if_counts_what_becomes_due_of_an_imported_customer_behind_the_import(
    desk: Automated, by: Actor
) -> None:
    await register_customer(desk, by)
    day = datetime.now(UTC).date() + timedelta(days=2)
    await desk.ask(CUSTOMER, RecordDate(name="birthday", day=day.day, month=day.month), by)
    assert tried_from_yesterday_on(desk, {"due": "annual-day"}).fired == 1


@pytest.mark.parametrize(("tier", "fired"), [("vip", 2), ("gold", 0)])
async def test_a_what_if_knows_what_a_tier_is_promised(desk: Automated, tier: str, fired: int) -> None:
    await register_customer(desk, AGENT, tier)
    rules = [{"customer_tier": "vip", "next_response": "1h"}, {"resolution": "48h"}]
    policy = Policy.model_validate({"name": "Published", "rules": rules})
    await desk.ask(POLICY_STREAM, PublishPolicy(effective_from=LONG_AGO, policy=policy, reason="agreed"))
    ticket = await desk.receive()
    await desk.ask(ticket, t.ReceiveMessage(body="are you there?"))
    assert tried_from_yesterday_on(desk, {"due": "reply-due"}).fired == fired


@pytest.mark.parametrize(("stale_after", "fired"), [("3d", 1), ("1m", 0)])
async def test_a_what_if_of_a_rule_with_a_time_waits_for_its_calendar(
    desk: Automated, stale_after: str, fired: int
) -> None:
    await opens_the_day_after_tomorrow(desk)
    ticket = await desk.receive()
    await desk.ask(ticket, t.ResolveTicket(resolution="done"))
    tried_out = tried_from_yesterday_on(
        desk, {"due": "resolved-for", "after": "1m"}, quiet="Open later", stale_after=stale_after
    )
    assert tried_out.fired == fired


async def test_a_what_if_waits_for_the_calendar_beyond_events_that_come_meanwhile(desk: Automated) -> None:
    """The rule waits, whatever happens at night, as long as it is due."""
    await opens_the_day_after_tomorrow(desk)
    ago = datetime.now(UTC) - timedelta(minutes=10)
    ticket = await desk.receive(occurred_at=ago)
    await desk.ask(ticket, t.ResolveTicket(resolution="done", occurred_at=ago))
    await desk.ask(ticket, t.AddNote(body="at night"))
    at = {"due": "resolved-for", "after": "1m"}
    assert tried_from_yesterday_on(desk, at, quiet="Open later", stale_after="3d").fired == 1


async def opens_the_day_after_tomorrow(desk: Automated) -> None:
    """Publishes a calendar that is closed on the day on which the ticket is resolved, and on the next one."""
    today = datetime.now(UTC).date()
    closed = [{"date": (today + timedelta(days=days)).isoformat(), "hours": []} for days in range(2)]
    calendar = {"name": "Open later", "zone": "UTC", "week": {"mon-sun": ["00:00-24:00"]}, "special_days": closed}
    facts = {"effective_from": LONG_AGO, "calendar": calendar, "reason": "tried"}
    await desk.ask(calendar_stream("Open later"), PublishCalendar.model_validate(facts))


async def register_customer(desk: Automated, by: Actor, tier: str = "standard") -> None:
    await desk.ask(CUSTOMER, RegisterCustomer(name="Lan", tier=tier), by)
