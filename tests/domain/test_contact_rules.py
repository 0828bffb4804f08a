"""When a notification is sent, moved or left out: by its customer's consent, hours, caps, windows and addresses."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.contact_rules.admit import (
    Postpone,
    RecipientFacts,
    Send,
    SendingContext,
    Sent,
    Suppress,
    Waiting,
    admit,
)
from domain.contact_rules.definition import Cap, Contact, ContactRules, Hours, QuietDays
from domain.contact_rules.open_hours import next_open
from domain.definitions.definition_file import check, read_definition_file
from domain.definitions.kinds import CONTACT_RULES
from domain.zones import zone_named

HANOI = zone_named("Asia/Ho_Chi_Minh")
SHIPPED = Path(__file__).parents[2] / "api" / "definitions" / "contact-rules.toml"
RULES = ContactRules()
MARKETING, CARE, SERVICE = (Contact(purpose, "sms", "any") for purpose in ("marketing", "care", "service"))
HOUR = timedelta(hours=1)


def local(hour: float, day: int = 2) -> datetime:
    """An hour of a day of March 2026 in Vietnam."""
    return datetime(2026, 3, day, tzinfo=HANOI) + timedelta(hours=hour)


NOON = local(12)


def waiting(contact: Contact = MARKETING, importance: int = 50, position: int = 10) -> Waiting:
    return Waiting(UUID(int=position), contact, importance, position)


def judged(waiting: Waiting, at: datetime = NOON, rules: ContactRules = RULES, **facts: Any) -> object:
    permitted, customer = facts.pop("permitted", True), facts.pop("customer", {})
    return admit(
        rules, waiting, SendingContext(at, HANOI, customer=RecipientFacts(permitted=permitted, **customer), **facts)
    )


def sent(*hours: float, contact: Contact = MARKETING, day: int = 2) -> Sequence[Sent]:
    return [Sent(local(hour, day), contact) for hour in hours]


def test_what_nothing_forbids_is_sent() -> None:
    assert judged(waiting()) == Send()


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"stopped": True}, "stopped"),
        ({"not_after": local(11)}, "expired"),
        ({"superseded": True}, "superseded"),
        ({"no_address": "address_bounced"}, "address_bounced"),
        ({"permitted": False}, "no_consent"),
    ],
)
def test_what_must_not_be_sent_is_suppressed_with_its_reason(facts: dict[str, Any], why: str) -> None:
    assert judged(waiting(), **facts) == Suppress(why)  # type: ignore[arg-type]  # a word of Why


def test_a_person_may_have_sent_what_is_old_or_answered_and_no_more() -> None:
    for facts in ({"not_after": local(11)}, {"superseded": True}, {"customer": {"sent": sent(9, 10, 11)}}):
        assert judged(waiting(), resent=True, **facts) == Send()
    postponed = judged(waiting(), local(23), resent=True, not_after=local(23.5))
    assert isinstance(postponed, Postpone), "it waits for open hours, however long"
    assert judged(waiting(), resent=True, permitted=False) == Suppress("no_consent")
    assert judged(waiting(), resent=True, stopped=True) == Suppress("stopped")


def test_advertising_waits_for_seven_in_the_morning_and_service_does_not() -> None:
    assert judged(waiting(), local(22)) == Postpone(local(7, 3), "quiet_hours")
    assert judged(waiting(), local(6.99)) == Postpone(local(7), "quiet_hours")
    assert judged(waiting(), local(7)) == judged(waiting(), local(21.99)) == Send()
    assert judged(waiting(SERVICE), local(3)) == Send()


def test_calls_are_made_from_eight_to_five() -> None:
    call = waiting(Contact("marketing", "call", "any"))
    assert judged(call, local(7.5)) == Postpone(local(8), "quiet_hours")
    assert judged(call, local(17)) == Postpone(local(8, 3), "quiet_hours")


def test_what_cannot_wait_for_the_morning_is_suppressed() -> None:
    assert judged(waiting(), local(23), not_after=local(6, 3)) == Suppress("quiet_hours")
    assert judged(waiting(), local(23), not_after=local(7, 3)) == Postpone(local(7, 3), "quiet_hours")


def test_at_tet_nothing_of_the_named_purposes_is_sent() -> None:
    tet = QuietDays(name="Tết", purposes=("marketing",), first=date(2026, 2, 16), last=date(2026, 2, 20))
    rules = ContactRules(quiet_days=(tet,))
    eve = datetime(2026, 2, 15, 22, 30, tzinfo=HANOI)
    after = datetime(2026, 2, 21, 7, tzinfo=HANOI)
    assert judged(waiting(), eve, rules) == Postpone(after, "quiet_hours")
    assert judged(waiting(CARE), eve, rules) == Postpone(datetime(2026, 2, 16, 7, tzinfo=HANOI), "quiet_hours")
    assert judged(waiting(SERVICE), eve, rules) == Send()


def test_the_fourth_advertisement_within_24_hours_waits_until_the_first_is_a_day_old() -> None:
    assert judged(waiting(), customer={"sent": sent(8, 9)}) == Send()
    assert judged(waiting(), customer={"sent": sent(8, 9, 10)}) == Postpone(local(8, 3), "frequency_cap")
    assert judged(waiting(), customer={"sent": sent(8, 9, 10)}, not_after=local(20)) == Suppress("frequency_cap")
    assert judged(waiting(), customer={"sent": sent(8, 9, 10, contact=SERVICE)}) == Send()


def test_a_cap_counts_back_over_midnight() -> None:
    evening = sent(20, 20.5, 21, day=1)
    assert judged(waiting(), local(7), customer={"sent": evening}) == Postpone(local(20), "frequency_cap")


def test_of_two_for_one_morning_the_more_important_is_sent_and_the_other_is_superseded() -> None:
    birthday, offer = waiting(CARE, importance=80, position=11), waiting(CARE, importance=20, position=10)
    assert judged(birthday, customer={"rivals": [offer]}) == Send()
    assert judged(offer, customer={"rivals": [birthday]}) == Suppress("superseded")
    older, younger = waiting(CARE, position=1), waiting(CARE, position=2)
    assert judged(older, customer={"rivals": [younger]}) == Send()
    assert judged(younger, customer={"rivals": [older]}) == Suppress("superseded")
    assert judged(offer, customer={"rivals": [waiting(SERVICE, importance=99)]}) == Send()


def test_one_that_is_sent_when_the_cap_has_room_again_is_no_rival() -> None:
    offer, birthday = waiting(CARE, position=10), waiting(CARE, importance=80, position=11)
    hours_of_the_cap = next(cap.hours for cap in RULES.caps if cap.covers(CARE))
    room_again = NOON + hours_of_the_cap * HOUR
    for until, admission in ((room_again - HOUR, Suppress("superseded")), (room_again, Send())):
        assert judged(offer, customer={"rivals": [birthday._replace(postponed_until=until)]}) == admission


def test_it_may_still_be_sent_at_the_last_instant() -> None:
    assert judged(waiting(), not_after=NOON) == Send()
    assert judged(waiting(), not_after=NOON - timedelta(microseconds=1)) == Suppress("expired")


def test_zalo_is_open_for_48_hours_after_the_last_word() -> None:
    zalo = waiting(Contact("service", "zalo", "any"))
    assert judged(zalo) == Suppress("channel_window")
    assert judged(zalo, local(12, 4), customer={"last_word": local(12)}) == Send()
    assert judged(zalo, local(12.01, 4), customer={"last_word": local(12)}) == Suppress("channel_window")


def test_a_word_of_a_clock_that_was_a_year_ahead_opens_no_window() -> None:
    zalo = waiting(Contact("service", "zalo", "any"))
    assert judged(zalo, customer={"last_word": local(12, 4)}) == Send()
    assert judged(zalo, customer={"last_word": NOON + timedelta(days=365)}) == Suppress("channel_window")


def test_what_was_sent_by_a_clock_that_was_ahead_counts_for_as_long_as_a_cap_looks_back() -> None:
    assert judged(waiting(), customer={"sent": sent(11.9, 11.8, 11.7, day=3)}) == Postpone(
        local(11.7, 4), "frequency_cap"
    )
    assert judged(waiting(), customer={"sent": sent(11.9, 11.8, 12, day=3)}) == Send()


def test_zalo_takes_eight_answers_to_the_last_word() -> None:
    contact = Contact("service", "zalo", "any")
    zalo, before = waiting(contact), sent(8.5, 8.6, 8.7, contact=contact)
    seven = [*before, *sent(*(9 + number / 10 for number in range(7)), contact=contact)]
    assert judged(zalo, customer={"last_word": local(9), "sent": seven}) == Send()
    eight = [*seven, *sent(9.9, contact=contact)]
    assert judged(zalo, customer={"last_word": local(9), "sent": eight}) == Suppress("channel_window")
    assert judged(zalo, customer={"last_word": local(10), "sent": eight}) == Send(), "the customer wrote again"
    others = [*seven, *sent(9.9, contact=SERVICE)]
    assert judged(zalo, customer={"last_word": local(9), "sent": others}) == Send()


def test_what_is_not_for_a_customer_has_no_hours_and_no_caps() -> None:
    assert admit(RULES, waiting(CARE), SendingContext(local(3), HANOI)) == Send()


def test_an_hour_that_the_clocks_skip_is_moved_forward_and_of_two_the_first_counts() -> None:
    berlin = zone_named("Europe/Berlin")

    def opens(hour: int, minute: int, night: datetime) -> datetime | None:
        rules = ContactRules(hours=(Hours(opens=time(hour, minute), closes=time(20)),))
        return next_open(rules, SERVICE, night, berlin)

    assert opens(2, 30, datetime(2026, 3, 29, 0, tzinfo=berlin)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert opens(2, 30, datetime(2026, 10, 25, 0, tzinfo=berlin)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_rules_that_are_never_open_together_suppress() -> None:
    rules = ContactRules(hours=(Hours(opens=time(7), closes=time(9)), Hours(opens=time(10), closes=time(11))))
    assert judged(waiting(), rules=rules) == Suppress("quiet_hours")


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": [{"opens": "22:00", "closes": "07:00"}]},
        {"hours": [{"opens": "07:00Z", "closes": "09:00"}]},
        {"quiet_days": [{"name": "a", "first": "2026-03-02", "last": "2026-03-01"}]},
        {"caps": [{"most": 0}]},
        {"zone": "Hanoi"},
        {"rates": {"fax": 1}},
        {"superseded": [{"by": []}]},
        {"superseded": [{"by": ["closed"]}]},
    ],
)
def test_rules_that_say_nothing_sensible_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ContactRules.model_validate(wrong)


def test_the_file_that_comes_along_holds_its_examples() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    file = read_definition_file(text)
    assert file.kind == CONTACT_RULES
    assert [result.differences for result in check(file, text)] == [[]] * 9


def test_the_built_in_rules_are_recorded_and_read_back_the_same() -> None:
    assert ContactRules.model_validate(RULES.model_dump(mode="json")) == RULES


_minutes = st.integers(0, 60 * 24 * 14)


@given(st.lists(_minutes, max_size=40), st.integers(1, 4), st.integers(1, 48))
def test_no_list_of_requests_gets_more_than_the_cap_through_or_sends_at_night(
    minutes: list[int], most: int, hours: int
) -> None:
    rules = ContactRules(caps=(Cap(most=most, hours=hours),))
    start, through = local(0), list[Sent]()
    due = sorted(start + timedelta(minutes=minute) for minute in minutes)
    while due:
        now = due.pop(0)
        answer = judged(waiting(), now, rules, customer={"sent": list(through)})
        if isinstance(answer, Postpone):
            assert answer.until > now
            due = sorted([*due, answer.until])
            continue
        assert answer == Send()
        assert 7 <= now.astimezone(HANOI).hour < 22
        through.append(Sent(now, MARKETING))
    assert len(through) == len(minutes)
    for sent in through:
        assert sum(sent.at - hours * HOUR < other.at <= sent.at for other in through) <= most


def test_the_shipped_rules_keep_every_built_in_cap_and_rate() -> None:
    body, built_in = read_definition_file(SHIPPED.read_text(encoding="utf-8")).body, ContactRules()
    assert isinstance(body, ContactRules)
    stricter = Cap(purposes=("survey",), most=1, hours=48)
    assert body.caps == (*built_in.caps[:-1], stricter)
    assert [(each.channels, each.opens, each.closes) for each in body.hours] == [
        (each.channels, each.opens, each.closes) for each in built_in.hours
    ]
    assert (body.rates, body.windows, body.superseded) == (built_in.rates, built_in.windows, built_in.superseded)
