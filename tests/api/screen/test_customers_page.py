"""The list of customers: the search of the API, the newest ones, the matches; hostile names are only text."""

import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest

from tests.support.page_tests.desk_history import BACKWARDS, HOSTILE_NAMES, MARKUP
from tests.support.page_tests.page_text import panel_texts
from tests.support.page_tests.signed_in import signed_in
from tests.support.serving import Served

SEARCHES = ("tran van hung", "0901 234 567", "4567", "hung@", "KH-77", "nuoc nong", "nobody of that name")


class FoundCustomers:
    """A desk with customers to be found."""

    def __init__(self, desk: Served) -> None:
        self.desk = desk
        self.hung = self.registered("Trần Văn Hùng", "2026-03-02T08:00:00Z", external_reference="KH-77")
        self.lan = self.registered("Nguyễn Thị Lan", "2026-03-01T08:00:00Z")
        for channel, handle in (("phone", "0901234567"), ("email", "hung@example.com")):
            answer = desk.post(f"/v1/customers/{self.hung}/add-address", {"channel": channel, "handle": handle})
            assert answer.status_code == 200, answer.text
        desk.receive(customer_id=self.lan, subject="Không có nước nóng")
        desk.follow()

    def registered(self, name: str, at: str, **fields: Any) -> str:
        answer = self.desk.post("/v1/customers", {"name": name, "occurred_at": at, **fields})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@pytest.fixture(scope="module")
def found_customers(shared_desk: Served) -> FoundCustomers:
    return FoundCustomers(shared_desk)


@pytest.mark.parametrize("text", SEARCHES)
def test_a_search_shows_the_hits_of_the_api_in_their_order(found_customers: FoundCustomers, text: str) -> None:
    hits = found_customers.desk.get("/v1/search", params={"q": text}).json()
    page = signed_in(found_customers.desk).get(f"/customers?q={text}", {"Accept-Language": "en"}).text
    results = page[page.index("Customers found") : page.index("</section>", page.index("Customers found"))]
    shown = [re.findall(rf'href="/{kind}/([0-9a-f-]{{36}})"', results) for kind in ("customers", "tickets")]
    assert shown == [[hit["customer"] for hit in hits["customers"]], [hit["ticket"] for hit in hits["tickets"]]]
    assert bool(hits["customers"] or hits["tickets"]) == (text != "nobody of that name")


def test_the_newest_customers_come_first(found_customers: FoundCustomers) -> None:
    page = panel_texts(signed_in(found_customers.desk).get("/customers").text)["newest"]
    assert page.index("Trần Văn Hùng") < page.index("Nguyễn Thị Lan")
    past = panel_texts(signed_in(found_customers.desk).get("/customers?as_of=2026-03-01").text)["newest"]
    assert "Trần Văn Hùng" not in past
    assert "Nguyễn Thị Lan" in past


def test_a_text_that_no_search_takes_is_refused(found_customers: FoundCustomers) -> None:
    browser = signed_in(found_customers.desk)
    assert browser.get(f"/customers?q={'a' * 201}").status_code == 422
    assert browser.get("/customers?q=a%00b").status_code == 422
    assert browser.get("/customers?cursor=abc").status_code == 422


def test_the_matches_of_the_page_are_those_of_the_api(desk: Served) -> None:
    names = ("Trần Văn Hùng", "T. V. Hùng", "Hùng Trần")
    first, second, third = (desk.post("/v1/customers", {"name": name}).json()["id"] for name in names)
    for customer in (second, third):
        answer = desk.post(f"/v1/customers/{customer}/propose-match", {"other": first, "reason": "the names are alike"})
        assert answer.status_code == 200, answer.text
    desk.follow()
    matches = desk.get("/v1/customers/matches").json()["matches"]
    page = signed_in(desk).get("/customers", {"Accept-Language": "en"}).text
    listed = page[page.index('id="matches"') :]
    proposed = [datetime.fromisoformat(at) for at in re.findall(r'<time datetime="([^"]+)"', listed)]
    assert proposed == [datetime.fromisoformat(match["proposed_at"]) for match in matches]
    assert len(matches) == 2


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=["markup", "backwards", "long", "decomposed"])
def test_a_hostile_name_is_only_text(desk: Served, name: str) -> None:
    customer = desk.post("/v1/customers", {"name": name, "external_reference": name}).json()["id"]
    other = desk.post("/v1/customers", {"name": name}).json()["id"]
    bought = {"purchase_id": name, "items": [{"name": name, "total": 1}], "total": 1, "currency": "VND"}
    for word, fields in (
        ("add-address", {"channel": "zalo", "handle": name}),
        ("change-details", {"details": {name: name}}),
        ("add-note", {"about": "care", "body": name}),
        ("record-check-in", {"channel": name, "summary": name}),
        ("give-consent", {"purpose": "care", "evidence": name}),
        ("record-purchase", bought),
        ("make-offer", {"offer_id": name, "product": name}),
        ("record-date", {"name": name, "day": 1, "month": 2}),
        ("propose-match", {"other": other, "alike": [name], "reason": name}),
    ):  # fmt: skip
        assert desk.post(f"/v1/customers/{customer}/{word}", fields).status_code == 200
    desk.receive(customer_id=customer, subject=name)
    desk.follow()
    browser = signed_in(desk)
    of = f"/customers/{customer}"
    for path in (
        "/customers",
        "/customers?q=nguy",
        of,
        f"{of}/timeline",
        f"{of}/merge?into={other}",
        f"{of}/merge?q=nguy",
    ):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert "<img" not in answer.text
        assert "alert(2)</script>" not in answer.text
        outside_of_fields = re.sub(r"<(input|option|textarea)[^>]*>", "", answer.text)
        assert not set("\u202e\u2066\u200f\u200b") & set(outside_of_fields), path
    shown = unescape(browser.get(of).text)
    expected = {BACKWARDS: r"\u202egnp.exe", MARKUP: "<img src=x onerror=alert(1)>"}.get(name, name)
    assert expected in shown
