"""Definitions that exceed a bound, each with its error text, and the most expensive ones within all bounds."""

from typing import Any

from domain.sla.calendar import interval_index as calendar_index
from tests.support.costly import MINUTES, dates, office, policy

LONG = "n" * 201

SHIFTS, SPECIAL = MINUTES[:13], {"2026-03-02": MINUTES[:13]}
CALENDARS: list[tuple[dict[str, Any], str]] = [
    ({"week": {"mon-fri": SHIFTS}}, "week.mon: 13 shifts that start on one day: at most 12 are allowed"),
    ({"special_days": SPECIAL}, "special_days.2026-03-02: 13 shifts that start on one day: at most 12"),
    (
        {"special_days": dict.fromkeys(dates(1_001), ())},
        "special_days: 1,001 special days of a calendar: at most 1,000",
    ),
    ({"holidays": dates(5_001)}, "holidays: 5,001 holidays of a calendar, besides those of its country: at most 5,000"),
    ({"holidays": {"2026-03-02": LONG}}, "holidays.2026-03-02: 201 characters of the name of a holiday"),
    ({"special_days": {"2026-03-02": {"name": LONG}}}, "special_days.2026-03-02: 201 characters"),
    ({"holidays": ["9999-03-02"]}, "holidays.9999-03-02: 9999-03-02 lies outside the years 1970 to 2099"),
    ({"special_days": {"0001-03-02": []}}, "special_days.0001-03-02: 0001-03-02 lies outside the years"),
]

POLICIES: list[tuple[dict[str, Any], str]] = [
    (
        policy(*[{"category": f"c{n}", "resolution": "1h"} for n in range(100)]),
        "rules: 101 rules of a policy: at most 100",
    ),
    (
        policy({"category": [f"c{n}" for n in range(101)], "resolution": "1h"}),
        "rules.0.category: 101 words of a selector",
    ),
    (policy(warn_at=[n / 20 for n in range(1, 12)]), "rules.0.resolution.warn_at: 11 warning points of a target"),
    (policy(duration="36501d"), "a duration is at most 100 years (36500d)"),
    (
        policy(
            *[
                {"category": f"c{n}", name: {"duration": "1h", "calendar": f"{name} {n}"}}
                for n in range(26)
                for name in ("first_response", "resolution")
            ]
        ),
        "rules: 53 calendars that a policy counts on: at most 50 are allowed",
    ),
]

COSTLIEST = office(week={"mon-sun": MINUTES[:12]}, special_days=dict.fromkeys(dates(1_000), MINUTES[:12]))

YEARS = calendar_index.LAST_YEAR + 1 - calendar_index.FIRST_YEAR
