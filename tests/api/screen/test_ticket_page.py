"""The page of a ticket shows what its stream says, at any two instants, and offers what its state allows."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from api.screen.actions.action import Action
from api.screen.actions.of_tickets import ON_TICKETS
from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import Served
from tests.support.sla_publishing import CALENDAR, OFFICE, put
from tests.support.ticket_commands import ACTS

EN = {"Accept-Language": "en"}


@pytest.fixture
def browser(desk: Served) -> BrowserRequests:
    return signed_in(desk)


def text(answer: Response) -> str:
    return " ".join(unescape(answer.text).split())


def ticket(desk: Served, *commands: tuple[str, dict[str, Any]]) -> str:
    """The address of the page of a ticket after some commands; its projections are up to the log."""
    address = desk.receive(subject="Không nhận được mã <img onerror=alert(1)>")
    for word, body in commands:
        answer = desk.post(f"{address}/{word}", body)
        assert answer.status_code == 200, answer.text
    desk.follow()
    return address.removeprefix("/v1")


ASSIGN = ("assign", {"team": "care", "agent": "lan"})


def test_a_ticket_has_a_page_in_both_languages(desk: Served, browser: BrowserRequests) -> None:
    page = ticket(desk, ASSIGN, ("send-reply", {"body": "Chúng tôi đang kiểm tra"}), ("add-note", {"body": "gateway"}))
    english, vietnamese = (browser.get(page, {"Accept-Language": language}) for language in ("en", "vi"))
    assert english.status_code == vietnamese.status_code == 200
    assert "Không nhận được mã &lt;img onerror" in english.text
    assert "Lan assigned the ticket: team care, agent lan" in text(english)
    assert "Chúng tôi đang kiểm tra" in text(vietnamese)
    assert "First response 1 is met" in text(english)
    assert "đang chạy" in text(vietnamese)


def test_a_message_is_the_customers_whoever_recorded_it(desk: Served, browser: BrowserRequests) -> None:
    page = ticket(desk, ("receive-message", {"body": "Tháng 9"}), ("send-reply", {"body": "Đã gửi"}))
    shown = text(browser.get(page, {"Accept-Language": "vi"}))
    labels = [label.split(", ")[:2] for label in re.findall(r'<p class="label">([^<]+)', shown)]
    assert sorted(labels[-2:]) == [["Tin nhắn", "khách hàng"], ["Trả lời", "nhân viên"]]


def test_sentences_call_a_customer_by_the_name_at_the_instant_of_the_page(
    desk: Served, browser: BrowserRequests
) -> None:
    other = desk.post("/v1/customers", {"name": "Trần Bình", "occurred_at": "2026-03-01T02:00:00Z"}).json()["id"]
    address = desk.receive(occurred_at="2026-03-02T02:00:00Z")
    desk.post(f"{address}/correct-customer", {"customer_id": other, "reason": "typed wrongly"})
    renamed = desk.post(f"/v1/customers/{other}/change-details", {"name": "Trần Thị Bình"})
    assert renamed.status_code == 200, renamed.text
    desk.follow()
    page = f"{address.removeprefix('/v1')}?panel=history"
    assert "corrected the customer of the ticket to Trần Thị Bình" in text(browser.get(page, EN))
    before = desk.get(f"/v1/customers/{other}/history").json()["entries"][-1]["recorded_at"]
    moment = (datetime.fromisoformat(before) - timedelta(microseconds=1)).isoformat().replace("+00:00", "Z")
    then = browser.get(f"{page}&known_at={moment}", EN)
    assert "corrected the customer of the ticket to Trần Bình" in text(then)


def test_an_unknown_ticket_is_not_found(browser: BrowserRequests) -> None:
    for path in ("/tickets/nonsense", "/tickets/01890a5d-ac96-774b-bcce-b302099a8099"):
        assert browser.get(path).status_code == 404


def test_the_page_looks_at_both_instants(desk: Served, browser: BrowserRequests) -> None:
    early = datetime(2026, 3, 2, 2, tzinfo=UTC)
    address = desk.receive(occurred_at=early.isoformat())
    desk.post(f"{address}/assign", {"agent": "lan", "occurred_at": "2026-03-03T02:00:00Z"})
    desk.post(f"{address}/resolve", {"resolution": "done", "occurred_at": "2026-03-05T02:00:00Z"})
    desk.follow()
    page = address.removeprefix("/v1")
    then = browser.get(f"{page}?as_of=2026-03-04&panel=glance", EN)
    assert "assigned" in text(then)
    now = browser.get(f"{page}?panel=glance", EN)
    assert "resolved" in text(now)
    assert "Nothing can be recorded in the past" in text(browser.get(f"{page}?as_of=2026-03-04&panel=offered", EN))
    assert browser.get(f"{page}?as_of=2026-03-01").status_code == 404
    assert browser.get(f"{page}?known_at=2026-03-04").status_code == 404


@pytest.mark.parametrize("action", ON_TICKETS, ids=lambda action: action.key)
def test_an_action_is_offered_where_its_command_acts(action: Action) -> None:
    """A hold that is moved is a second hold, for which the form would need what the ticket waits for."""
    acts = {
        state.partition(" ")[0] for row in ACTS if type(row.command) is action.endpoint.command for state in row.states
    }
    assert action.states == acts - ({"waiting"} if action.word == "put-on-hold" else set())


def test_what_a_ticket_offers_follows_its_state(desk: Served, browser: BrowserRequests) -> None:
    page = ticket(desk, ASSIGN, ("resolve", {"resolution": "sent anew"}))
    shown = browser.get(f"{page}?panel=offered", EN).text
    assert {f'action="{page}/{word}"' in shown for word in ("reopen", "close", "add-note")} == {True}
    assert {f'action="{page}/{word}"' in shown for word in ("assign", "resolve", "merge", "put-on-hold")} == {False}


def test_a_ticket_is_received_for_a_customer_that_a_search_finds(desk: Served, browser: BrowserRequests) -> None:
    desk.follow()
    assert "Choose above" in text(browser.get("/tickets/new", EN))
    customer = desk.get("/v1/customers").json()["customers"][0]
    page = browser.get(f"/tickets/new?q={customer['name']}", EN)
    assert f"/tickets/new?customer_id={customer['customer']}" in page.text
    assert 'name="subject"' in browser.get(f"/tickets/new?customer_id={customer['customer']}").text
    sent = {"customer_id": customer["customer"], "subject": "Mất mã", "category": "login", "command_id": str(uuid4())}
    refused = browser.submit("/tickets/new", EN, priority="P2", **sent)
    assert (refused.status_code, "Fill this in." in refused.text, "Mất mã" in refused.text) == (422, True, True)
    answers = [browser.submit("/tickets/new", priority="P2", channel="hotline", **sent) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    (address,) = {answer.headers["location"] for answer in answers}
    desk.follow()
    assert "Mất mã" in text(browser.get(address))


def test_a_merge_is_looked_at_before_it_is_recorded_and_can_be_undone(desk: Served, browser: BrowserRequests) -> None:
    goes_on, ends = ticket(desk, ASSIGN), ticket(desk)
    into = goes_on.rpartition("/")[2]
    preview = browser.get(f"{ends}/merge?into={into}", EN)
    assert "Resolution 1 is cancelled" in text(preview)
    assert "The tickets are of two customers" not in text(preview)
    assert f">{into[-12:]}<" in preview.text
    assert re.search(r">[^<]*" + into, preview.text) is None, "an id stands in addresses alone"
    assert "(-)" not in text(preview)
    assert "merged" in text(preview)
    assert len(desk.get("/v1/events").json()["events"]) == 4
    merged = browser.submit(f"{ends}/merge", EN, into=into, reason="asked twice", expected_version="1", command_id="m1")
    assert merged.headers["location"].startswith(f"{ends}?after=")
    desk.follow()
    assert goes_on in browser.get(f"{ends}?panel=merged").text
    assert ends in browser.get(f"{goes_on}?panel=merged").text
    assert f'action="{ends}/undo-merge"' in browser.get(f"{ends}?panel=offered").text
    assert f'name="into" value="{into}"' in browser.get(f"{ends}/undo-merge").text
    undone = browser.submit(f"{ends}/undo-merge", EN, into=into, reason="two", expected_version="2", command_id="m2")
    assert undone.status_code == 303
    desk.follow()
    assert f'action="{ends}/assign"' in browser.get(f"{ends}?panel=offered").text


def test_a_reopened_ticket_is_not_shown_as_resolved(desk: Served, browser: BrowserRequests) -> None:
    resolved = (ASSIGN, ("resolve", {"resolution": "sent", "code": "fixed"}))
    assert "<dt>Resolved</dt>" in browser.get(f"{ticket(desk, *resolved)}?panel=glance", EN).text
    glance = browser.get(f"{ticket(desk, *resolved, ('reopen', {'reason': 'again'}))}?panel=glance", EN).text
    assert "<dt>Resolved before it was reopened</dt>" in glance
    assert "<dt>Resolved</dt>" not in glance


def test_the_preview_of_a_merge_warns_where_the_customers_differ(desk: Served, browser: BrowserRequests) -> None:
    registered = desk.post("/v1/customers", {"name": "Phạm Vân", "party": "person"})
    other = desk.receive(customer_id=registered.headers["location"].rpartition("/")[2], subject="Elsewhere")
    ends = ticket(desk)
    page = browser.get(f"{ends}/merge?q=elsewhere", EN)
    assert f"{other[-12:]}, Phạm Vân" in text(page)
    preview = browser.get(f"{ends}/merge?into={other.rpartition('/')[2]}", EN)
    assert "The tickets are of two customers" in text(preview)
    assert text(preview).count("Phạm Vân") > 1


def test_a_merge_that_a_rule_forbids_says_so_in_the_preview(desk: Served, browser: BrowserRequests) -> None:
    page = ticket(desk)
    assert "Name another ticket to merge into." in text(browser.get(f"{page}/merge?into={page.rpartition('/')[2]}", EN))


def test_a_clock_is_drawn_with_what_counted_what_paused_and_where_it_became_late(
    desk: Served, browser: BrowserRequests
) -> None:
    address = desk.receive(priority="P1", occurred_at="2026-03-02T01:00:00Z")
    desk.post(f"{address}/assign", {"agent": "lan", "occurred_at": "2026-03-02T01:05:00Z"})
    wait = {"waiting_for": "customer", "reason": "asked", "occurred_at": "2026-03-02T01:10:00Z"}
    desk.post(f"{address}/put-on-hold", wait)
    desk.post(f"{address}/resume-work", {"occurred_at": "2026-03-02T03:10:00Z"})
    done = desk.post(f"{address}/resolve", {"resolution": "sent anew", "occurred_at": "2026-03-02T05:00:00Z"})
    assert done.status_code == 200
    desk.follow()
    shown = browser.get(f"{address.removeprefix('/v1')}?panel=clocks", EN)
    assert "Resolution 1 is breached: 2 h of 1 h, 1 h over." in text(shown)
    for kind in ("span-counted", "span-paused", "span-over", "mark-due", "mark-breach"):
        assert f'class="{kind}"' in shown.text
    assert "waiting for the customer" in text(shown)


def test_a_night_of_the_calendar_is_drawn_as_time_that_does_not_count(desk: Served, browser: BrowserRequests) -> None:
    assert put(desk, CALENDAR, OFFICE).status_code == 200
    rules = [{"resolution": {"duration": "8h", "calendar": OFFICE["name"]}}]
    assert put(desk, "/v1/sla/policy", {"name": "day", "rules": rules}).status_code == 200
    address = desk.receive(occurred_at="2026-03-02T09:00:00Z")
    done = desk.post(f"{address}/resolve", {"resolution": "sent anew", "occurred_at": "2026-03-03T03:00:00Z"})
    assert done.status_code == 200, done.text
    desk.follow()
    shown = browser.get(f"{address.removeprefix('/v1')}?panel=clocks", EN)
    assert "Resolution 1 is met: 3 h of 8 h" in text(shown)
    spans = re.findall(r'<rect class="span-counted" x="([^"]+)"[^>]* width="([^"]+)"', shown.text)
    assert [(round(float(start)), round(float(width))) for start, width in spans] == [(0, 42), (667, 83)]
