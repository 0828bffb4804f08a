"""Actions on a customer: they record what the API records, and a merge can be looked at before it is recorded."""

from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from tests.support.page_tests.page_text import panel_texts
from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import Served, make_key

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def browser(desk: Served) -> BrowserRequests:
    return signed_in(desk)


def registered(desk: Served, name: str, **fields: Any) -> str:
    answer = desk.post("/v1/customers", {"name": name, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def told(desk: Served, customer: str, word: str, **fields: Any) -> None:
    answer = desk.post(f"/v1/customers/{customer}/{word}", fields)
    assert answer.status_code == 200, answer.text


def last_event(desk: Served) -> tuple[str, dict[str, Any]]:
    event = desk.get("/v1/events?limit=500").json()["events"][-1]
    return event["topic"], event["payload"]


def form(**fields: Any) -> dict[str, Any]:
    return {"command_id": str(uuid4()), **fields}


def panels(browser: BrowserRequests, path: str) -> dict[str, str]:
    answer = browser.get(path, ENGLISH)
    assert answer.status_code == 200, answer.text
    return panel_texts(answer.text)


def test_a_customer_is_registered_by_a_form(desk: Served, browser: BrowserRequests) -> None:
    answer = browser.submit("/customers/new", **form(name="Đỗ Thị Hạnh", party="person", tier="gold"))
    assert answer.status_code == 303, answer.text
    topic, payload = last_event(desk)
    assert (topic, payload["name"], payload["tier"]) == ("customer.registered", "Đỗ Thị Hạnh", "gold")
    desk.follow()
    assert "Đỗ Thị Hạnh" in panels(browser, answer.headers["location"])["who"]


PROOF = {"channel": "email", "handle": "a@example.com", "method": "agent", "reason": "seen"}
SPOKEN = {"channel": "phone", "summary": "hài lòng"}
ON_ZALO = {"purpose": "marketing", "on_channel": "zalo", "evidence": "form"}
PHONE = {"channel": "phone", "handle": "0901234567", "region": "VN"}
BIRTHDAY = {"name": "birthday", "day": "15", "month": "8", "lunar": "on"}
IN_HUE = {"detail": "city", "detail_value": "Huế"}
FORMS: tuple[tuple[str, dict[str, str], str, dict[str, Any]], ...] = (
    ("change-details", IN_HUE, "customer.details_changed", {"details": {"city": "Huế"}}),
    ("add-address", PHONE, "customer.address_added", {"trust": "seen", "key": "+84901234567"}),
    ("verify-address", PROOF, "customer.address_trust_changed", {"trust": "verified"}),
    ("change-tier", {"tier": "platinum"}, "customer.tier_changed", {"tier": "platinum"}),
    ("add-note", {"about": "care", "body": "Gọi sau 17 giờ"}, "customer.note_added", {"body": "Gọi sau 17 giờ"}),
    ("record-check-in", SPOKEN, "customer.check_in_recorded", {"summary": "hài lòng"}),
    ("give-consent", ON_ZALO, "customer.consent_given", {"channels": ["zalo"]}),
    ("withdraw-consent", {"purpose": "survey", "on_channel": ""}, "customer.consent_withdrawn", {"channels": []}),
    ("record-date", BIRTHDAY, "customer.date_recorded", {"lunar": True}),
)


@pytest.mark.parametrize(("word", "fields", "topic", "payload"), FORMS, ids=[form[0] for form in FORMS])
def test_a_form_of_the_page_records_its_command(
    desk: Served, browser: BrowserRequests, word: str, fields: dict[str, str], topic: str, payload: dict[str, Any]
) -> None:
    lan = registered(desk, "Nguyễn Thị Lan")
    told(desk, lan, "add-address", channel="email", handle="a@example.com")
    answer = browser.submit(f"/customers/{lan}/{word}", **form(**fields))
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"/customers/{lan}?after=")
    events = desk.get("/v1/events?limit=500").json()["events"]
    (recorded,) = [event["payload"] for event in events[-2:] if event["topic"] == topic and event["stream"] == lan]
    assert recorded.items() >= payload.items()


def test_the_page_offers_the_forms_to_those_who_may_record_and_not_in_the_past(desk: Served) -> None:
    lan = registered(desk, "Nguyễn Thị Lan", occurred_at="2026-03-01T08:00:00Z")
    desk.follow()
    page = signed_in(desk).get(f"/customers/{lan}", ENGLISH).text
    assert f'action="/customers/{lan}/add-note"' in page
    past = signed_in(desk).get(f"/customers/{lan}?as_of=2026-03-05", ENGLISH).text
    reading = signed_in(desk, make_key(desk.dsn, "read")).get(f"/customers/{lan}", ENGLISH).text
    for without in (past, reading):
        assert f'action="/customers/{lan}/' not in without
        assert f"/customers/{lan}/merge" not in without
    assert "Nothing can be recorded in the past." in past
    assert "Your key does not allow this." in reading


def test_changed_details_are_told_to_whoever_has_an_older_page(desk: Served, browser: BrowserRequests) -> None:
    lan = registered(desk, "Nguyễn Thị Lan")
    told(desk, lan, "change-tier", tier="gold")
    answer = browser.submit(f"/customers/{lan}/change-tier", ENGLISH, **form(tier="silver", expected_version="1"))
    assert answer.status_code == 412
    assert "gold" in unescape(answer.text)
    assert 'value="silver"' in answer.text
    assert last_event(desk)[1]["tier"] == "gold"


def two_who_differ(desk: Served) -> tuple[str, str]:
    lan = registered(desk, "Nguyễn Thị Lan", tier="gold", external_reference="KH-1")
    double = registered(desk, "N. T. Lan", tier="silver", external_reference="KH-2")
    for customer, phone, day in ((lan, "0901234567", 1), (double, "0987654321", 2)):
        told(desk, customer, "verify-address", channel="phone", handle=phone, method="code")
        told(desk, customer, "record-date", name="birthday", day=day, month=2)
        told(desk, customer, "change-details", details={"city": phone})
    told(desk, lan, "give-consent", purpose="marketing", evidence="form")
    told(desk, double, "withdraw-consent", purpose="marketing")
    desk.receive(customer_id=double, subject="No hot water")
    desk.receive(customer_id=lan, subject="Wrong bill")
    desk.follow()
    return double, lan


def test_a_preview_of_a_merge_says_what_contradicts_and_which_tickets_go_along(
    desk: Served, browser: BrowserRequests
) -> None:
    double, lan = two_who_differ(desk)
    aside = panels(browser, f"/customers/{double}/merge?into={lan}")["aside"]
    assert "N. T. Lan ends. Nguyễn Thị Lan goes on for both." in aside
    for conflict in (
        "Tier silver and gold", "References KH-2 and KH-1", "city: 0987654321 and 0901234567",
        "Two verified addresses (phone): 0987654321 and 0901234567. Both stay.",
        "Consent to marketing: withdrawn and given", "Birthday: 02/02 and 01/02",
    ):  # fmt: skip
        assert conflict in aside
    assert "No hot water" in aside
    assert "Wrong bill" not in aside
    assert "From the merge on, their targets follow the tier gold." in aside
    assert "would be refused" not in aside


def test_the_survivor_shows_what_the_preview_said(desk: Served, browser: BrowserRequests) -> None:
    double, lan = two_who_differ(desk)
    answer = browser.get(f"/customers/{double}/merge?into={lan}", ENGLISH)
    aside = panel_texts(answer.text)["aside"]
    assert "Tickets 1 1 2" in aside
    assert "Open tickets 1 1 2" in aside
    merged = browser.submit(f"/customers/{double}/merge", **form(into=lan, reason="the same number"))
    assert merged.status_code == 303, merged.text
    desk.follow()
    profile = desk.get(f"/v1/customers/{lan}/profile").json()
    assert (profile["tickets"]["total"], profile["tickets"]["open"]) == (2, 2)
    assert (profile["customer"]["name"], profile["customer"]["tier"]) == ("Nguyễn Thị Lan", "gold")
    page = panels(browser, f"/customers/{lan}")
    assert all(phone in page["who"] for phone in ("0901234567", "0987654321"))


def test_a_preview_of_a_merge_that_a_rule_forbids_says_the_rule(desk: Served, browser: BrowserRequests) -> None:
    double, lan = two_who_differ(desk)
    itself = panels(browser, f"/customers/{lan}/merge?into={lan}")["aside"]
    assert "This merge would be refused." in itself
    third = registered(desk, "Lan Nguyễn")
    told(desk, double, "merge", into=lan, reason="the same")
    desk.follow()
    assert "would be refused" in panels(browser, f"/customers/{double}/merge?into={third}")["aside"]
    vietnamese = panel_texts(browser.get(f"/customers/{double}/merge?into={third}", {"Accept-Language": "vi"}).text)
    assert "Khách hàng đã gộp vào" in vietnamese["aside"]


def test_whoever_merges_can_search_the_other_customer(desk: Served, browser: BrowserRequests) -> None:
    double, lan = two_who_differ(desk)
    answer = browser.get(f"/customers/{double}/merge?q=nguyen thi", ENGLISH)
    assert f"/customers/{double}/merge?into={lan}" in answer.text


def test_an_undoing_lists_what_was_recorded_since_the_merge(desk: Served, browser: BrowserRequests) -> None:
    double, lan = two_who_differ(desk)
    told(desk, double, "merge", into=lan, reason="the same")
    told(desk, lan, "add-note", about="care", body="asks for two rooms")
    ticket = desk.receive(customer_id=lan, subject="A new ticket").rpartition("/")[2]
    desk.follow()
    page = browser.get(f"/customers/{lan}", ENGLISH).text
    assert f"/customers/{double}/undo-merge?into={lan}" in page
    aside = panels(browser, f"/customers/{double}/undo-merge?into={lan}")["aside"]
    assert "asks for two rooms" in aside
    assert "A new ticket" in aside
    assert "No hot water" not in aside
    undone = browser.submit(f"/customers/{double}/undo-merge", **form(into=lan, reason="two persons"))
    assert undone.status_code == 303, undone.text
    desk.follow()
    assert desk.get(f"/v1/tickets/{ticket}").json()["customer"] == lan
    assert f"/customers/{double}/undo-merge" not in browser.get(f"/customers/{lan}", ENGLISH).text


@pytest.mark.parametrize(
    ("word", "topic"), [("accept-match", "customer.absorbed"), ("refuse-match", "customer.match_refused")]
)
def test_a_proposed_match_is_answered_with_a_reason(
    desk: Served, browser: BrowserRequests, word: str, topic: str
) -> None:
    double, lan = two_who_differ(desk)
    told(desk, double, "propose-match", other=lan, alike=["name"], reason="the names are alike")
    desk.follow()
    listed = browser.get("/customers", ENGLISH).text
    assert f"/customers/{double}/{word}?other={lan}" in listed
    assert "N. T. Lan ends." in panels(browser, f"/customers/{double}/{word}?other={lan}")["aside"]
    without = browser.submit(f"/customers/{double}/{word}", **form(other=lan, reason=""))
    assert without.status_code == 422
    answer = browser.submit(f"/customers/{double}/{word}", **form(other=lan, reason="called back"))
    assert answer.status_code == 303, answer.text
    assert last_event(desk)[0] == topic
    desk.follow()
    assert f"/{word}" not in browser.get("/customers", ENGLISH).text
