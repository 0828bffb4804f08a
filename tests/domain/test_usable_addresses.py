"""The channel on which a customer is asked, and the address to which a notification is sent."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.contact_rules.definition import ContactRules
from domain.contact_rules.reachable_channel import reachable_channel
from domain.contact_rules.recipient_address import NoAddress, usable_address
from domain.customer.addresses import CustomerAddress
from domain.notification.commands import NotificationChannel

AT, HOUR = datetime(2026, 11, 2, 9, tzinfo=UTC), timedelta(hours=1)


def address(handle: str, trust: str | None = "seen", hours: int = 0) -> CustomerAddress:
    return CustomerAddress("email", handle, None, handle, 2, trust, shared=False, added_at=AT + hours * HOUR)


@pytest.mark.parametrize("turned", [False, True])
def test_it_is_the_one_that_is_trusted_most_and_of_two_alike_the_newer_one(*, turned: bool) -> None:
    old, new, trusted = address("old@a.vn"), address("new@a.vn", hours=2), address("sure@a.vn", "verified", hours=1)
    step = -1 if turned else 1
    assert usable_address([old, new][::step], "email", {}) == "new@a.vn"
    assert usable_address([old, trusted, new][::step], "email", {}) == "sure@a.vn"


def test_an_address_that_was_withdrawn_or_stands_on_another_channel_is_not_used() -> None:
    withdrawn, kept = address("gone@a.vn", "withdrawn", hours=2), address("kept@a.vn")
    assert usable_address([withdrawn, kept], "email", {}) == "kept@a.vn"
    assert usable_address([withdrawn], "email", {}) == NoAddress("address_withdrawn")
    assert usable_address([kept], "sms", {}) == NoAddress("address_unknown")
    assert usable_address([], "email", {}) == NoAddress("address_unknown")


def test_an_address_that_came_back_is_used_again_when_it_is_added_anew() -> None:
    back, other = address("back@a.vn", "verified", hours=1), address("other@a.vn")
    for came_back in (AT + HOUR, AT + 2 * HOUR):
        assert usable_address([back, other], "email", {"back@a.vn": came_back}) == "other@a.vn"
        assert usable_address([back], "email", {"back@a.vn": came_back}) == NoAddress("address_bounced")
    assert usable_address([back, other], "email", {"back@a.vn": AT}) == "back@a.vn"


def test_a_customer_is_asked_on_the_channel_itself_or_on_the_first_fallback_with_an_address() -> None:
    rules = ContactRules.model_validate({"fallbacks": [{"channels": ["email"], "to": ["zalo", "sms"]}]})
    email, phone = address("a@a.vn"), address("0912")._replace(channel="phone")
    zalo = address("z1")._replace(channel="zalo")

    def chosen(*addresses: CustomerAddress, given: ContactRules = rules, channel: NotificationChannel = "email") -> str:
        return reachable_channel(given, channel, "service", "csat", addresses)

    assert chosen(zalo, email, phone) == "email"
    assert chosen(phone, zalo) == "zalo"
    assert chosen(phone) == "sms"
    assert chosen(email._replace(trust="withdrawn"), phone) == "sms"
    assert chosen() == "email"
    assert chosen(phone, given=ContactRules(fallbacks=())) == "email"
    assert chosen(email, channel="sms") == "sms"
