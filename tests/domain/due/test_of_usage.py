"""What becomes due of usage: a share of the limit once a month, a drop once a week."""

from datetime import date, timedelta

from domain.usage.events import UsageRecorded
from tests.support.due_instances import day, due, instances, told
from tests.support.events import CUSTOMER


def used(on: str | date, value: float, limit: float | None = None) -> UsageRecorded:
    at = day(on) if isinstance(on, str) else on
    return UsageRecorded(customer_id=CUSTOMER, product="App", metric="Calls", day=at, value=value, limit=limit)


def test_a_share_of_the_limit_is_told_of_once_in_a_month() -> None:
    history = told(
        ("2026-03-01 20:00", used("2026-03-01", 79, 100)),
        ("2026-03-02 20:00", used("2026-03-02", 85, 100)),
        ("2026-03-03 20:00", used("2026-03-03", 101, 100)),
        ("2026-04-01 20:00", used("2026-04-01", 90, 100)),
    )
    assert instances("usage-near-limit", history) == [
        "Calls/2026-03/0.8 @ 2026-03-02 20:00",
        "Calls/2026-03/1 @ 2026-03-03 20:00",
        "Calls/2026-04/0.8 @ 2026-04-01 20:00",
    ]


def test_a_share_of_a_limit_that_was_raised_since_is_told_of_no_more() -> None:
    reached = ("2026-03-02 20:00", used("2026-03-02", 85, 100))
    raised, again = (
        ("2026-03-03 20:00", used("2026-03-03", 86, 200)),
        ("2026-03-09 20:00", used("2026-03-09", 170, 200)),
    )
    assert instances("usage-near-limit", told(reached, raised)) == []
    assert instances("usage-near-limit", told(reached, raised, again)) == ["Calls/2026-03/0.8 @ 2026-03-09 20:00"]
    corrected = ("2026-03-03 20:00", used("2026-03-03", 70, 100))
    assert len(instances("usage-near-limit", told(reached, corrected))) == 1, "the limit is as before"


def weeks(*values: float) -> list[tuple[str, UsageRecorded]]:
    monday = date(2026, 3, 2)
    days = [monday + timedelta(weeks=number, days=2) for number in range(len(values))]
    return [(f"{on} 20:00", used(on, value)) for on, value in zip(days, values, strict=True)]


def test_a_week_under_half_of_the_mean_of_four_is_told_of_when_it_is_over() -> None:
    assert instances("usage-dropped", told(*weeks(10, 10, 10, 10, 4)))[0] == "Calls/2026-W14 @ 2026-04-06 09:00"
    assert instances("usage-dropped", told(*weeks(10, 10, 10, 10, 5)))[0] == "Calls/2026-W15 @ 2026-04-13 09:00"


def test_usage_that_ends_is_told_of_although_nothing_more_is_recorded_and_not_for_ever() -> None:
    reminders = instances("usage-dropped", told(*weeks(10, 10, 10, 10)))
    assert [reminder.split(" ")[0] for reminder in reminders] == [
        "Calls/2026-W14",
        "Calls/2026-W15",
        "Calls/2026-W16",
        "Calls/2026-W17",
    ]
    assert instances("usage-dropped", told(*weeks(10, 10))) != reminders


def test_the_percentage_of_a_drop_is_what_is_left_of_the_mean() -> None:
    reminders = due("usage-dropped", told(*weeks(10, 10, 10, 10, 4)))
    assert reminders[0].placeholders["percent"] == "40"
