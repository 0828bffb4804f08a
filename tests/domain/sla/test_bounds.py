"""What a definition may hold is bounded by its cost, wherever it comes in; what is stored goes on being read."""

import tomllib
from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import Any
from unittest.mock import patch

import pytest
from pydantic import ValidationError

from domain.command_context import Actor
from domain.envelope import Envelope, NewEvent
from domain.event_log.codec import EventCodec
from domain.event_log.event_types import EVENT_TYPES
from domain.ids import new_id
from domain.refusal import Refusal
from domain.sla.calendar.business_time import BusinessTimes, CalendarDefinition, business_time
from domain.sla.calendar.interval_index import MOST_INTERVALS_HELD
from domain.sla.clock.clock import clocks
from domain.sla.clock.explain import explain
from domain.sla.policy import bounds
from domain.sla.policy.bounds import calendar_beyond, policy_beyond
from domain.sla.policy.commands import PublishCalendar, PublishPolicy
from domain.sla.policy.events import CalendarPublished, PolicyPublished
from domain.sla.policy.policy import Policy
from domain.sla.policy.policy_history import always
from domain.sla.policy.publishing import Published, decide
from domain.sla.policy_file.policy_file import check, read_policy_file
from domain.toml_file import FileRefused
from domain.toml_text import DEEPEST, LARGEST_FILE
from tests.support.beyond_bounds import CALENDARS, COSTLIEST, POLICIES, YEARS
from tests.support.costly import MINUTES, counted, dates, office, policy, policy_file
from tests.support.events import Fact, history, received

SPRING = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(("changed", "sentence"), CALENDARS, ids=[sentence for _, sentence in CALENDARS])
def test_a_calendar_beyond_a_bound_is_refused_by_a_command_and_a_file(changed: dict[str, Any], sentence: str) -> None:
    made = office(**changed)
    with pytest.raises(ValidationError) as refused:
        PublishCalendar.model_validate({"effective_from": SPRING, "calendar": made, "reason": "r"})
    assert sentence in str(refused.value)
    with pytest.raises(FileRefused) as of_file:
        read_policy_file(policy_file(policy(), made))
    (problem,) = of_file.value.problems
    assert (problem.line, sentence.partition(": ")[2] in problem.reason) == (2, True)


@pytest.mark.parametrize(("made", "sentence"), POLICIES, ids=[sentence for _, sentence in POLICIES])
def test_a_policy_beyond_a_bound_is_refused_by_a_command_and_a_file(made: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PublishPolicy.model_validate({"effective_from": SPRING, "policy": made, "reason": "r"})
    assert sentence in str(refused.value)
    with pytest.raises(FileRefused) as of_file:
        read_policy_file(policy_file(made, office()))
    assert any(
        problem.line == 1 and sentence.partition(": ")[2] in problem.reason for problem in of_file.value.problems
    )


@pytest.mark.parametrize("year", [1, 1969, 2100, 9999])
def test_a_version_is_effective_from_a_year_that_calendars_cover(year: int) -> None:
    since = datetime(year, 6, 1, tzinfo=UTC)
    for command, content in ((PublishCalendar, {"calendar": office()}), (PublishPolicy, {"policy": policy()})):
        with pytest.raises(ValidationError, match="it lies outside the years 1970 to 2099"):
            command.model_validate({"effective_from": since, "reason": "r"} | content)


RECEIVED = "2026-03-02 08:00 received"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (
            policy_file(policy(), *[office(name=f"o{n}") for n in range(51)]),
            2,
            "calendars: 51 calendars of a policy file",
        ),
        (
            policy_file(policy(), office(), examples=[{"name": f"e{n}", "story": [RECEIVED]} for n in range(201)]),
            3,
            "examples: 201 examples of a policy file: at most 200",
        ),
        (
            policy_file(
                policy(), office(), examples=[{"name": "x", "story": [RECEIVED, *["2026-03-02 09:00 noted"] * 200]}]
            ),
            3,
            "examples 1, story: 201 lines of a story: at most 200",
        ),
        (
            policy_file(policy(), office(), examples=[{"name": "x", "story": [RECEIVED], "resolution": [{}] * 101}]),
            3,
            "examples 1, resolution: 101 instances of a target",
        ),
        ("#" * LARGEST_FILE + "\n", 1, f"the file is longer than {LARGEST_FILE:,} characters"),
        ("a = " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), 1, f"more than {DEEPEST} levels deep"),
        ("a = " + "[" * 100_000, 1, f"more than {DEEPEST} levels deep"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 80 else "",
)
def test_a_file_beyond_a_bound_is_refused(text: str, line: int, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_policy_file(text)
    (problem,) = refused.value.problems
    assert (problem.line, reason in problem.reason) == (line, True), problem


def test_what_is_exactly_at_the_bounds_is_taken() -> None:
    days = dict.fromkeys(dates(1_000), MINUTES[:12])
    largest = office(week={"mon-sun": MINUTES[:12]}, holidays=dict.fromkeys(dates(5_000), "n" * 200), special_days=days)
    assert not list(calendar_beyond(CalendarDefinition.model_validate(largest)))
    rules = [{"category": [f"{n} {word}" for word in range(100)], "resolution": "1h"} for n in range(99)]
    points = [n / 20 for n in range(1, 11)]
    assert not list(policy_beyond(Policy.model_validate(policy(*rules, duration="36500d", warn_at=points))))


def test_every_country_s_calendar_can_be_read_and_published_again() -> None:
    """With its holidays of 132 years written out."""
    made = CalendarDefinition.model_validate(office(public_holidays="NP")).with_holidays_written_out()
    assert len(made.holidays) > 1_000
    assert not list(calendar_beyond(made))


def test_what_was_stored_before_there_was_a_bound_goes_on_being_read_and_counted_with() -> None:
    """The negative control of where bounds are checked: the same calendar is refused when it comes in."""
    stored = CalendarDefinition.model_validate(office(week={"mon-sun": MINUTES}))
    assert list(calendar_beyond(stored))
    rules = Policy.model_validate(policy(*[{"category": f"c{n}", "resolution": "1h"} for n in range(200)]))
    codec = EventCodec(EVENT_TYPES)
    for payload in (
        CalendarPublished(version=300, effective_from=datetime(1, 1, 1, tzinfo=UTC), calendar=stored),
        PolicyPublished(version=2_000, effective_from=datetime(9999, 1, 1, tzinfo=UTC), policy=rules),
    ):
        envelope = Envelope(
            event_id=str(new_id()),
            schema_version=payload.schema_version,
            occurred_at=SPRING,
            actor=Actor(id="lan", kind="agent"),
            command_id="c",
        )
        event = NewEvent(new_id(), 1, envelope, payload)
        read = codec.decode(1, event.stream, 1, payload.topic, SPRING, codec.encode(event))
        assert read.payload == payload
    day = SPRING, SPRING.replace(day=2)
    assert business_time(stored).elapsed(*day).total_seconds() == 48 * 60


@pytest.mark.parametrize(
    ("command", "bound", "says"),
    [
        (
            PublishCalendar,
            bounds.CALENDAR_VERSIONS,
            "200 versions of a calendar already: publish it under another name",
        ),
        (PublishPolicy, bounds.POLICY_VERSIONS, "1,000 versions of the policy already: no more are taken"),
    ],
)
def test_the_versions_that_can_be_published_are_bounded(command: Any, bound: bounds.Bound, says: str) -> None:
    content = {"calendar": office(), "policy": {"name": "x", "rules": [{"resolution": "1h"}]}}
    field = "calendar" if command is PublishCalendar else "policy"
    published = command.model_validate({"effective_from": SPRING, "reason": "r", field: content[field]})
    (event,) = decide(published, Published("published", bound.most - 1), [])
    assert event.version == bound.most
    with pytest.raises(Refusal, match=says) as refused:
        decide(published, Published("published", bound.most), [])
    assert refused.value.code == "too_many_versions"
    at_the_bound = Published("published", bound.most, SPRING, getattr(event, field))
    assert decide(published, at_the_bound, []) == [], "the same again is not one more"


DAYS_OF_A_YEAR = 366 + 2 * 4


def test_the_costliest_calendar_is_gone_through_once_and_then_year_by_year() -> None:
    """A clock from 1970 to 2099 and its explanation; what is asked next makes the years of its own instants anew."""
    events = history(Fact(datetime(1970, 1, 2, tzinfo=UTC), received()))
    costly = Policy.model_validate(policy(duration="36500d", warn_at=[0.25, 0.5, 0.75]))
    with counted() as work:
        policy_history = always(costly, [CalendarDefinition.model_validate(COSTLIEST)], work.times)
        elapsed = []
        for last in (30, 31):
            begun, end = len(work.years), datetime(2099, 12, last, tzinfo=UTC)
            (clock,) = clocks(events, policy_history, end)
            explain(clock)
            elapsed.append(clock.elapsed)
            years = work.years[begun:]
            assert len(set(years)) == (YEARS if last == 30 else len(set(years)))
            assert len(years) <= (YEARS + 4 if last == 30 else 4)
        assert work.shifts <= len(work.years) * DAYS_OF_A_YEAR * bounds.SHIFTS.most
    assert elapsed[0] < elapsed[1]


def test_a_clock_makes_the_years_that_it_is_asked_for() -> None:
    events = history(Fact(datetime(2026, 3, 2, tzinfo=UTC), received()))
    with counted() as work:
        calendars = [CalendarDefinition.model_validate(office())]
        policy_history = always(Policy.model_validate(policy()), calendars, work.times)
        clocks(events, policy_history, datetime(2026, 3, 3, tzinfo=UTC))
    assert work.years == [2026]


def test_far_instants_make_no_year_between_them() -> None:
    """The negative control of a contiguous index."""
    with counted() as work:
        time = work.times.of(CalendarDefinition.model_validate(office()))
        for year in (1971, 2098):
            assert time.is_open(datetime(year, 6, 1, tzinfo=UTC)) is False
    assert work.years == [1971, 2098]


def test_years_that_are_given_up_are_made_again_and_count_the_same() -> None:
    first, last = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 6, 1, tzinfo=UTC)
    with counted() as work:
        time = work.times.of(CalendarDefinition.model_validate(office()))
        elapsed, due = time.elapsed(first, last), time.add(first, timedelta(hours=5_000))
        held = len(work.years)
    assert held == len(set(work.years)) == 11
    with counted(most_intervals=0) as work:
        time = work.times.of(CalendarDefinition.model_validate(office()))
        assert (time.elapsed(first, last), time.add(first, timedelta(hours=5_000))) == (elapsed, due)
    assert len(work.years) > held


def test_calendars_hold_a_bounded_number_of_intervals_together() -> None:
    """Four calendars with three years of 4,380 intervals each: no more than one year is held at a time."""
    with counted(most_intervals=5_000) as work:
        week = {"mon-sun": MINUTES[:12]}
        times = [
            work.times.of(CalendarDefinition.model_validate(office(name=f"held {n}", week=week))) for n in range(4)
        ]
        for time in times:
            time.elapsed(datetime(2020, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC))
        made = len(work.years)
        for time in times:
            assert time.is_open(datetime(2020, 6, 1, 0, 0, 30, tzinfo=UTC))
        assert len(work.years) == made + len(times), "the year of each had been given up"
        assert times[-1].is_open(datetime(2020, 7, 1, 0, 0, 30, tzinfo=UTC))
        assert len(work.years) == made + len(times), "the year made last is held"


def test_what_this_process_counts_with_is_bounded_as_the_page_says() -> None:
    assert signature(BusinessTimes).parameters["most_intervals"].default == MOST_INTERVALS_HELD == 500_000


def test_what_a_file_s_lines_cost_is_bounded_by_the_table_that_holds_them() -> None:
    """The largest file: each line is found by halving, in its own table, not by reading all lines before it."""
    story = "\n".join(f'    "2026-03-02 09:{minute:02} noted",' for minute in range(60))
    tables = [f'[[examples]]\nname = "e{n}"\nstory = [\n    "{RECEIVED}",\n{story}\n]\n' for n in range(100)]
    text = '[policy]\nname = "x"\nrules = [{ resolution = "1h" }]\n\n' + "".join(tables)
    assert LARGEST_FILE * 0.6 < len(text) < LARGEST_FILE
    read, loads = 0, tomllib.loads

    def counting(part: str) -> Any:
        nonlocal read
        read += len(part)
        return loads(part)

    with patch.object(tomllib, "loads", counting):
        outcomes = check(read_policy_file(text), text)
    assert [outcome.line for outcome in outcomes] == [5 + n * 65 for n in range(100)]
    assert read < 20 * len(text)
