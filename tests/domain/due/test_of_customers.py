"""What becomes due of a customer: days of the year, agreed days, check-ins, waves, purchases, silence."""

from dataclasses import replace
from typing import Any

from domain.customer import events as c
from domain.customer.facts import events as f
from domain.customer_figures.nps_wave import NpsWave
from domain.messages import Event
from domain.personal_data.declaration import lost_fields
from tests.support.due_instances import PLAIN, WITH_HOLIDAYS, day, instances, local, told
from tests.support.events import OTHER_CUSTOMER

LOST_DAY = lost_fields(f.DateRecorded)["day"]
LAN = ("2026-01-05 10:00", c.CustomerRegistered(name="Lan"))
VIP = ("2026-01-05 10:00", c.CustomerRegistered(name="Lan", tier="VIP"))


def born(day: int, month: int, *, name: str = "birthday", year: int | None = None, lunar: bool = False) -> Event:
    return f.DateRecorded(name=name, day=day, month=month, year=year, lunar=lunar)


def bought(purchase: str, **fields: Any) -> f.PurchaseRecorded:
    items = (f.PurchasedItem(name="Filter", total=9),)
    return f.PurchaseRecorded(purchase_id=purchase, items=items, total=9, currency="VND", **fields)


def test_a_birthday_is_due_at_nine_of_that_day_once_a_year() -> None:
    history = told(LAN, ("2026-02-01 10:00", born(20, 3, year=1990)))
    assert instances("annual-day", history) == ["birthday/2026 @ 2026-03-20 09:00"]
    fired = replace(PLAIN, settled=frozenset({"birthday/2026"}))
    assert instances("annual-day", history, fired)[-1] == "birthday/2027 @ 2027-03-20 09:00"
    rule_of_2030 = replace(PLAIN, since=local("2030-06-01 12:00"))
    assert instances("annual-day", history, rule_of_2030) == ["birthday/2031 @ 2031-03-20 09:00"]


def test_a_birthday_whose_key_is_lost_is_never_due() -> None:
    known, lost = ("2026-02-01 10:00", born(20, 3)), ("2026-02-02 10:00", born(LOST_DAY, LOST_DAY))
    agreed = ("2026-02-02 10:00", born(LOST_DAY, LOST_DAY, name="payment"))
    assert instances("annual-day", told(LAN, known, lost)) == []
    assert instances("agreed-day", told(LAN, agreed)) == []
    again = ("2026-02-03 10:00", born(21, 3))
    assert instances("annual-day", told(LAN, lost, again)) == ["birthday/2026 @ 2026-03-21 09:00"]


def test_29_february_is_28_february_in_a_common_year() -> None:
    history = told(LAN, ("2026-01-06 10:00", born(29, 2, year=1988)))
    assert instances("annual-day", history) == ["birthday/2026 @ 2026-02-28 09:00"]
    leap = replace(PLAIN, since=local("2028-01-01 00:00"))
    assert instances("annual-day", history, leap) == ["birthday/2028 @ 2028-02-29 09:00"]


def test_a_lunar_day_is_found_each_year_also_in_one_with_a_leap_month() -> None:
    history = told(LAN, ("2025-01-06 10:00", born(15, 8, lunar=True)))
    in_leap_year = replace(PLAIN, since=local("2025-02-01 00:00"))
    assert instances("annual-day", history, in_leap_year) == ["birthday/2025 @ 2025-10-06 09:00"], "month 6 was twice"
    assert instances("annual-day", history, replace(PLAIN, since=local("2026-01-01 00:00"))) == [
        "birthday/2026 @ 2026-09-25 09:00"
    ]


def test_nobody_is_congratulated_whose_date_is_removed_or_who_is_merged() -> None:
    known = (LAN, ("2026-02-01 10:00", born(20, 3)))
    assert instances("annual-day", told(*known, ("2026-02-02 10:00", f.DateRemoved(name="birthday")))) == []
    assert instances("annual-day", told(*known, ("2026-02-02 10:00", c.CustomerMerged(into=OTHER_CUSTOMER)))) == []


def test_an_agreed_day_is_told_of_before_it_and_a_moved_one_is_another() -> None:
    history = told(LAN, ("2026-02-01 10:00", born(31, 3, name="payment:rent", year=2026)))
    assert instances("agreed-day", history) == [
        "payment:rent/2026-03-31/3 @ 2026-03-28 09:00",
        "payment:rent/2026-03-31/1 @ 2026-03-30 09:00",
    ]
    assert instances("agreed-day", history, name="appointment") == []
    moved = told(*((LAN, ("2026-02-01 10:00", born(31, 3, name="payment:rent", year=2026)))),
        ("2026-03-29 10:00", born(10, 4, name="payment:rent", year=2026)))  # fmt: skip
    assert instances("agreed-day", moved, days=3) == ["payment:rent/2026-04-10/3 @ 2026-04-07 09:00"]


def test_check_ins_follow_the_last_one_that_was_done_by_tier() -> None:
    assert instances("check-in", told(VIP)) == ["check-in/1 @ 2026-01-12 09:00"]
    done = ("2026-01-31 11:00", f.CheckInRecorded(channel="hotline", summary="all well"))
    assert instances("check-in", told(LAN, done)) == ["check-in/2 @ 2026-04-30 09:00"]
    gold = ("2026-01-06 10:00", c.TierChanged(tier="gold"))
    assert instances("check-in", told(LAN, gold, done)) == ["check-in/2 @ 2026-03-02 09:00"], (
        "28 February is a Saturday"
    )
    assert instances("check-in", told(VIP, ("2026-02-11 11:00", done[1])), WITH_HOLIDAYS, calendar="Office") == [
        "check-in/2 @ 2026-02-23 09:00"
    ], "18 February is in Tet"


def test_a_wave_asks_twice_until_it_is_answered_or_the_customer_has_just_been_asked() -> None:
    wave = NpsWave(opens=local("2026-03-02 09:00"), closes=local("2026-03-30 09:00"))
    context = replace(PLAIN, waves={"spring": wave})
    assert instances("nps-wave", told(LAN), context) == [
        "wave/spring/1 @ 2026-03-02 09:00",
        "wave/spring/2 @ 2026-03-09 09:00",
    ]
    answered = ("2026-03-03 10:00", f.NpsAnswered(score=9, wave="spring"))
    assert instances("nps-wave", told(LAN, answered), context) == []
    lately = ("2026-01-20 10:00", f.NpsAnswered(score=9))
    assert instances("nps-wave", told(LAN, lately), context) == []
    assert len(instances("nps-wave", told(LAN, lately), context, rest_days=30)) == 2


def test_services_are_counted_and_a_returned_purchase_has_none() -> None:
    service = ("2026-01-31 10:00", bought("P-1", service_every=1, warranty_until=day("2027-01-31")))
    assert instances("maintenance", told(LAN, service)) == ["service/P-1/1/14 @ 2026-02-14 09:00"]
    done = ("2026-02-27 10:00", f.PurchaseServiced(purchase_id="P-1", on=day("2026-02-27")))
    assert instances("maintenance", told(LAN, service, done)) == ["service/P-1/2/14 @ 2026-03-13 09:00"]
    assert instances("warranty", told(LAN, service)) == ["warranty/P-1/14 @ 2027-01-17 09:00"]
    back = ("2026-02-01 10:00", f.PurchaseReturned(purchase_id="P-1", total=9, whole=True))
    assert instances("maintenance", told(LAN, service, back)) == instances("warranty", told(LAN, service, back)) == []


def test_what_was_bought_or_agreed_before_a_merge_is_due_as_before() -> None:
    service = ("2026-01-31 10:00", bought("P-1", service_every=1, warranty_until=day("2027-01-31")))
    agreed = ("2026-02-02 10:00", born(20, 3, name="payment", year=2026))
    merged = ("2026-02-03 10:00", c.CustomerMerged(into=OTHER_CUSTOMER))
    before, after = told(LAN, service, agreed), told(LAN, service, agreed, merged)
    for name in ("maintenance", "warranty", "agreed-day"):
        assert instances(name, after) == instances(name, before) != []
    assert instances("repurchase", after, products={"*": 9}) == instances("repurchase", before, products={"*": 9}) != []


def test_the_next_purchase_is_expected_at_the_median_interval_or_at_the_usual_one_of_the_product() -> None:
    days = ("2026-01-10", "2026-02-09", "2026-03-21")
    purchases = [(f"{on} 10:00", bought(f"P-{number}")) for number, on in enumerate(days)]
    assert instances("repurchase", told(LAN, *purchases)) == ["purchase/P-2/Filter @ 2026-04-25 09:00"]
    assert instances("repurchase", told(LAN, *purchases[:2])) == []
    assert instances("repurchase", told(LAN, *purchases[:2]), products={"Filter": 60}) == [
        "purchase/P-1/Filter @ 2026-04-10 09:00"
    ]


def test_until_the_third_purchase_the_named_days_count_and_else_those_of_all_customers() -> None:
    days = ("2026-01-10", "2026-02-09", "2026-03-21")
    purchases = [(f"{on} 10:00", bought(f"P-{number}")) for number, on in enumerate(days)]
    context = replace(PLAIN, usual_intervals={"Filter": 20})
    assert instances("repurchase", told(LAN, purchases[0]), context) == ["purchase/P-0/Filter @ 2026-01-30 09:00"]
    for named in ({"Filter": 60}, {"*": 60}):
        assert instances("repurchase", told(LAN, purchases[0]), context, products=named) == [
            "purchase/P-0/Filter @ 2026-03-11 09:00"
        ]
    assert instances("repurchase", told(LAN, *purchases), context) == ["purchase/P-2/Filter @ 2026-04-25 09:00"]


def test_nothing_is_due_of_a_purchase_whose_items_are_lost() -> None:
    (lost,) = lost_fields(f.PurchaseRecorded)["items"]
    purchase = bought("P-1").model_copy(update={"items": (f.PurchasedItem(**lost),)})
    assert instances("repurchase", told(LAN, ("2026-01-10 10:00", purchase)), products={"*": 60}) == []


def test_the_next_purchase_is_not_asked_for_after_an_offer_was_declined() -> None:
    purchase = ("2026-01-10 10:00", bought("P-1"))
    for on, identities in (("2025-09-01", 1), ("2026-01-20", 0), ("2026-08-01", 1)):
        history = told(
            LAN, *sorted([purchase, (f"{on} 10:00", f.OfferDeclined(offer_id="O-1"))], key=lambda fact: fact[0])
        )
        assert len(instances("repurchase", history, products={"Filter": 60})) == identities, on


def test_silence_is_counted_by_tier_from_the_last_word() -> None:
    context = replace(PLAIN, last_word=local("2026-03-02 23:30"))
    assert instances("silent-customer", told(VIP), context) == ["word/2026-03-02T16:30:00.000000Z @ 2026-03-16 09:00"]
    after_midnight = replace(PLAIN, last_word=local("2026-03-03 00:30"))
    assert instances("silent-customer", told(VIP), after_midnight)[0].endswith("@ 2026-03-17 09:00")
    assert instances("silent-customer", told(LAN), context)[0].endswith("@ 2026-05-01 09:00")
    assert instances("silent-customer", told(LAN)) == [], "nobody ever had a word"
    merged = ("2026-03-03 10:00", c.CustomerMerged(into=OTHER_CUSTOMER))
    assert instances("silent-customer", told(VIP, merged), context) == [], "the survivor is asked"


def test_a_wave_that_has_closed_asks_nobody_again() -> None:
    wave = NpsWave(opens=local("2026-03-01 09:00"), closes=local("2026-03-05 09:00"))
    assert instances("nps-wave", told(LAN), replace(PLAIN, waves={"q1": wave})) == ["wave/q1/1 @ 2026-03-01 09:00"]
