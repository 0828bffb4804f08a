"""Addresses whose data key is recorded as lost."""

from datetime import UTC, datetime

import pytest

from domain.contact_rules.recipient_address import NoAddress, usable_address
from domain.customer.addresses import CustomerAddress, with_address
from domain.customer.events import AddressAdded
from domain.personal_data.declaration import LOST

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def address(channel: str, handle: str) -> CustomerAddress:
    return CustomerAddress(channel, handle, None, handle, 2, "seen", shared=False, added_at=AT)


@pytest.mark.parametrize(("of", "sent_by"), [("email", "email"), ("phone", "sms"), ("phone", "call"), ("zalo", "zalo")])
def test_nothing_is_sent_to_a_lost_address(of: str, sent_by: str) -> None:
    lost, real = address(of, LOST), address(of, "0912")
    assert usable_address([lost], sent_by, {}) == NoAddress("address_unknown")
    assert usable_address([lost, real], sent_by, {}) == "0912"


def test_a_customer_has_no_address_without_a_handle() -> None:
    known = with_address((), AddressAdded(channel="zalo", handle="zz1"), AT)
    assert with_address(known, AddressAdded(channel="zalo", handle=LOST, key=LOST), AT) == known
