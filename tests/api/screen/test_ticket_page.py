"""The page of a ticket shows what its stream says, at any two instants, and offers what its state allows."""

from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from httpx import Response

from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import Served

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
    assert "lan assigned the ticket: team care, agent lan" in text(english).replace("Lan", "lan")
    assert "Chúng tôi đang kiểm tra" in text(vietnamese)
    assert "First response 1 is met" in text(english).replace("first response", "First response")
    assert "đang chạy" in text(vietnamese)


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
