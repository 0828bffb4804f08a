"""What elapsed and add of business time cost, over a day, a year and fifty years.

Run: python -m benchmarks.calendar
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from timeit import repeat

from domain.sla.calendar.business_time import BusinessTime, BusinessTimes, CalendarDefinition, business_time
from domain.sla.calendar.microseconds import duration_in_microseconds, to_microseconds

CALLS = 50_000
OFFICE = CalendarDefinition.model_validate(
    {
        "name": "Hanoi office",
        "zone": "Asia/Ho_Chi_Minh",
        "public_holidays": "VN",
        "week": {"mon-fri": ["08:00-12:00", "13:00-17:30"]},
    }
)


def microseconds_a_call(call: Callable[[], object]) -> float:
    """The best of five rounds, the years in question already indexed."""
    call()
    return min(repeat(call, number=CALLS, repeat=5)) / CALLS * 1_000_000


def calls(office: BusinessTime, start: datetime, end: datetime) -> dict[str, Callable[[], object]]:
    work = office.elapsed(start, end)
    low, high, work_us = to_microseconds(start), to_microseconds(end), duration_in_microseconds(work)
    return {
        "elapsed": lambda: office.elapsed(start, end),
        "add": lambda: office.add(start, work),
        "elapsed_us": lambda: office.elapsed_us(low, high),
        "add_us": lambda: office.add_us(low, work_us),
    }


def main() -> None:
    start = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    by_span = [calls(business_time(OFFICE), start, start + timedelta(days=days)) for days in (1, 365, 50 * 365)]
    print(f"{'microseconds a call':32}{'a day':>10}{'a year':>10}{'50 years':>10}")
    for name in by_span[0]:
        print(f"{name:32}" + "".join(f"{microseconds_a_call(span[name]):10.2f}" for span in by_span))
    fresh = repeat(lambda: BusinessTimes().of(OFFICE).is_open(start), number=1, repeat=20)
    print(f"{'first year of a calendar, in ms':32}{min(fresh) * 1000:10.2f}")


if __name__ == "__main__":
    main()
