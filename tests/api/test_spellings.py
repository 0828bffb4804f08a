"""Over HTTP a word or an address is found in every spelling, and an address belongs to one customer."""

from unicodedata import normalize

import pytest

from tests.support.serving import Served

NFC, NFD = normalize("NFC", "Hạnh"), normalize("NFD", "Hạnh")


@pytest.mark.parametrize("dimension", ["agent", "team"])
def test_a_filter_finds_whoever_holds_tickets_in_every_spelling(desk: Served, dimension: str) -> None:
    for written in (NFC, NFD, "Vy"):
        ticket = desk.receive()
        desk.post(f"{ticket}/assign", {dimension: written})
    desk.follow()
    for spelling in (NFC, NFD, f"\u00a0{NFC}"):
        tickets = desk.get("/v1/tickets", params={dimension: spelling}).json()["tickets"]
        assert {row[dimension] for row in tickets} == {NFC, NFD}
        open_then = desk.get("/v1/reports/backlog", params={dimension: spelling, "by": dimension}).json()
        assert [(group["of"], group["tickets"]) for group in open_then] == [({dimension: min(NFC, NFD)}, 2)]


def test_a_filter_finds_categories_and_states_in_every_spelling(desk: Served) -> None:
    for written in ("hóa đơn", normalize("NFD", "hóa  đơn"), "đơn"):
        desk.receive(category=written)
    desk.follow()
    tickets = desk.get("/v1/tickets", params={"category": "hóa\u00a0đơn", "state": "Received"}).json()["tickets"]
    assert len(tickets) == 2
    assert desk.get("/v1/tickets", params={"state": "nothing"}).status_code == 422


def test_a_mail_address_finds_its_customer_in_any_case(desk: Served) -> None:
    customer = desk.post("/v1/customers", {"name": "Anh"}).headers["location"]
    desk.post(f"{customer}/add-address", {"channel": "email", "handle": "Anh.Test@Example.com"})
    desk.follow()
    query = {"channel": "email", "handle": "anh.test@example.com"}
    (matched,) = desk.get("/v1/customers", params=query).json()["customers"]
    (address,) = matched["addresses"]
    assert (address["channel"], address["handle"]) == ("email", "Anh.Test@Example.com")
    assert desk.get("/v1/customers", params=query | {"channel": "zalo"}).json()["customers"] == []
    assert desk.post(f"{customer}/add-address", query).json()["events"] == 0
    assert desk.post(f"{customer}/remove-address", query).json()["events"] == 2


def test_the_address_of_another_customer_is_refused_until_both_say_that_they_share_it(desk: Served) -> None:
    lan, minh = (desk.post("/v1/customers", {"name": name}).headers["location"] for name in ("Lan", "Minh"))
    address = {"channel": "phone", "handle": "+84901234567"}
    assert desk.post(f"{lan}/add-address", address).status_code == 200
    for body in (address, address | {"shared": True}):
        refused = desk.post(f"{minh}/add-address", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "address_taken")
        assert lan.rpartition("/")[2] in refused.json()["rule"]
        assert "Lan" not in refused.text
    for customer in (lan, minh):
        assert desk.post(f"{customer}/add-address", address | {"shared": True}).json()["events"] == 2
    desk.follow()
    assert len(desk.get("/v1/customers", params=address).json()["customers"]) == 2
    history = desk.get(f"{minh}/history", params={"language": "vi"}).json()["entries"]
    assert history[-1]["sentence"].partition("+84901234567 ")[2].startswith("(dùng chung, ")
