"""A policy or a calendar changes by publishing its next version."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.messages import Message
from domain.refusal import Refusal
from domain.sla.calendar.business_time import CalendarDefinition, business_time
from domain.sla.policy.commands import PublishCalendar, PublishPolicy
from domain.sla.policy.events import CalendarPublished, PolicyPublished
from domain.sla.policy.policy import DEFAULT_POLICY, Policy
from domain.sla.policy.publishing import Published, calendar_stream, calendar_streams, decide, evolve, refuse_unknown
from tests.support.specification import Specification

SPRING, AUTUMN = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
TIGHTER = Policy.model_validate({"name": "Tighter", "rules": [{"resolution": "12h"}]})
OFFICE: Any = {
    "name": "Hanoi office",
    "zone": "Asia/Ho_Chi_Minh",
    "public_holidays": "VN",
    "week": {"mon-fri": ["08:00-12:00", "13:00-17:30"]},
}
publishing = Specification(Published(), evolve, lambda command, state, _by: decide(command, state, []))


def policy(effective_from: datetime, content: Policy) -> PublishPolicy:
    return PublishPolicy(effective_from=effective_from, policy=content, reason="the board's decision")


def calendar(effective_from: datetime = SPRING) -> PublishCalendar:
    return PublishCalendar(effective_from=effective_from, calendar=OFFICE, reason="opening hours")


def test_the_first_policy_is_version_1() -> None:
    published = PolicyPublished(version=1, effective_from=SPRING, policy=TIGHTER)
    publishing.given().when(policy(SPRING, TIGHTER)).then(published)


def test_the_next_policy_has_the_next_number() -> None:
    first = PolicyPublished(version=1, effective_from=SPRING, policy=DEFAULT_POLICY)
    second = PolicyPublished(version=2, effective_from=AUTUMN, policy=TIGHTER)
    publishing.given(first).when(policy(AUTUMN, TIGHTER)).then(second)


def test_the_same_policy_from_the_same_instant_changes_nothing() -> None:
    first = PolicyPublished(version=1, effective_from=SPRING, policy=TIGHTER)
    publishing.given(first).when(policy(SPRING, TIGHTER)).then_quiet()


def test_a_calendar_is_recorded_with_its_public_holidays_written_out() -> None:
    (event,) = decide(calendar(), Published(), [])
    assert isinstance(event, CalendarPublished)
    assert event.calendar.public_holidays is None
    assert {holiday.date.isoformat() for holiday in event.calendar.holidays} >= {"2026-02-17", "2026-09-02"}


@pytest.mark.parametrize("year", [1970, 2000, 2026, 2090, 2099])
def test_a_published_calendar_keeps_every_public_holiday_whatever_the_year_it_is_effective_from(year: int) -> None:
    (event,) = decide(calendar(datetime(year, 1, 1, tzinfo=UTC)), Published(), [])
    assert isinstance(event, CalendarPublished)
    published, written = business_time(event.calendar), business_time(CalendarDefinition.model_validate(OFFICE))
    liberation_day = datetime(2026, 4, 29, 17, tzinfo=UTC), datetime(2026, 4, 30, 17, tzinfo=UTC)
    assert published.elapsed(*liberation_day) == timedelta(0)
    always = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    assert published.open_intervals(*always) == written.open_intervals(*always)


def test_the_same_calendar_from_the_same_instant_changes_nothing() -> None:
    events = decide(calendar(), Published(), [])
    publishing.given(*events).when(calendar()).then_quiet()


def test_a_policy_counts_on_published_calendars_alone() -> None:
    on_office = Policy.model_validate(
        {"name": "Office", "rules": [{"resolution": {"duration": "8h", "calendar": "x"}}]}
    )
    assert calendar_streams(on_office.calendars) == [calendar_stream("x")]
    with pytest.raises(Refusal, match="publish every calendar first"):
        decide(policy(SPRING, on_office), Published(), [Published()])
    with pytest.raises(Refusal, match=r"named here: x$"):
        refuse_unknown([Published()], frozenset({"24x7", "x"}))
    assert decide(policy(SPRING, on_office), Published(), [Published(state="published", version=1)])


def test_each_calendar_has_a_stream_of_its_own() -> None:
    assert calendar_stream("a") != calendar_stream("b")


def test_what_is_published_survives_being_stored() -> None:
    events: list[Message] = [*decide(calendar(), Published(), None)]  # type: ignore[arg-type]  # nobody in particular
    events.append(PolicyPublished(version=1, effective_from=SPRING, policy=DEFAULT_POLICY))
    for event in events:
        assert type(event).model_validate_json(event.model_dump_json()) == event
