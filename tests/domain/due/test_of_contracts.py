"""What becomes due of a contract: by term and by days before its end."""

from dataclasses import replace
from typing import Any

import pytest

from domain.contract import events as e
from domain.zones import zone_named
from tests.support.due_instances import PLAIN, WITH_HOLIDAYS, day, due, instances, told
from tests.support.events import CUSTOMER


def signed(ends_on: str) -> tuple[str, e.ContractSigned]:
    facts: dict[str, Any] = {"number": "1", "customer_id": CUSTOMER, "value": 9, "currency": "VND"}
    return "2025-01-02 10:00", e.ContractSigned(starts_on=day("2025-01-01"), ends_on=day(ends_on), **facts)


def renewed(ends_on: str) -> e.ContractRenewed:
    return e.ContractRenewed(term=2, starts_on=day("2026-06-01"), ends_on=day(ends_on), value=9, currency="VND")


def test_a_renewal_is_told_of_30_and_15_days_before_on_the_last_open_day_at_or_before() -> None:
    assert instances("contract-renewal", told(signed("2026-06-02"))) == [
        "term/1/30 @ 2026-05-01 09:00",
        "term/1/15 @ 2026-05-18 09:00",
    ]
    assert instances("contract-renewal", told(signed("2026-06-02")), WITH_HOLIDAYS, calendar="Office") == [
        "term/1/30 @ 2026-04-29 09:00",
        "term/1/15 @ 2026-05-18 09:00",
    ], "30 April and 1 May are holidays"


def test_the_days_that_are_left_are_counted_from_the_open_day() -> None:
    reminders = due("contract-renewal", told(signed("2026-06-02")), WITH_HOLIDAYS, calendar="Office")
    assert [reminder.placeholders["days"] for reminder in reminders] == ["34", "15"]


def test_days_before_are_days_of_the_calendar_also_through_a_change_of_the_clock() -> None:
    berlin = replace(PLAIN, zone_at=lambda _at: zone_named("Europe/Berlin"))
    reminders = instances("contract-renewal", told(signed("2026-04-15")), berlin, "Europe/Berlin", days=[30, 15])
    assert reminders == ["term/1/30 @ 2026-03-16 09:00", "term/1/15 @ 2026-03-31 09:00"]


def test_a_renewed_term_has_reminders_of_its_own_and_an_ended_contract_has_none() -> None:
    again = told(signed("2026-05-31"), ("2026-05-01 10:00", renewed("2026-11-30")))
    assert instances("contract-renewal", again, days=30) == ["term/2/30 @ 2026-10-30 09:00"]
    over = e.ContractTerminated(term=1, on=day("2026-03-31"))
    assert instances("contract-renewal", told(signed("2026-05-31"), ("2026-03-01 10:00", over))) == []
    assert instances("term-ended", told(signed("2026-05-31"), ("2026-03-01 10:00", over))) == []


def test_the_end_of_a_term_and_that_of_its_grace_are_told_also_after_the_lapse() -> None:
    expected = ["term/1/ended/1 @ 2026-06-01 09:00", "term/1/ended/2 @ 2026-07-01 09:00"]
    assert instances("term-ended", told(signed("2026-05-31"))) == expected
    lapsed = told(signed("2026-05-31"), ("2026-07-01 00:00", e.ContractLapsed(term=1)))
    assert instances("term-ended", lapsed) == expected


def test_a_milestone_is_late_on_the_day_after_its_day_until_it_is_done() -> None:
    planned = ("2026-01-05 10:00", e.ProgressRecorded(milestone="Go-live", done=False, due_on=day("2026-02-27")))
    done = ("2026-03-01 10:00", e.ProgressRecorded(milestone="Go-live", done=True, due_on=day("2026-02-27")))
    assert instances("milestone-late", told(signed("2026-05-31"), planned)) == ["milestone/Go-live @ 2026-02-28 09:00"]
    assert instances("milestone-late", told(signed("2026-05-31"), planned, done)) == []


@pytest.mark.parametrize("end", [e.ContractTerminated(term=1, on=day("2026-02-01")), e.ContractLapsed(term=1)])
def test_no_milestone_of_an_ended_contract_is_late(end: e.ContractEvent) -> None:
    planned = ("2026-01-05 10:00", e.ProgressRecorded(milestone="Go-live", done=False, due_on=day("2026-02-27")))
    assert instances("milestone-late", told(signed("2026-05-31"), planned, ("2026-02-01 10:00", end))) == []
