"""Actions: a form records what the API records; where it does not, it comes back with all that was typed."""

from html import unescape
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from httpx import Response

from api.api_keys import Principal
from api.http.authentication import Authentication
from api.http.session_cookie import form_token
from api.migrations import migrate
from api.screen.actions.action import Action
from api.screen.actions.table import ACTIONS
from api.screen.words import WORDS
from projections.audit.rules_in_words import RULES_IN_VIETNAMESE
from projections.audit.vocabularies import VOCABULARIES
from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import RECEIPT, Served, make_key, serving
from tests.support.ticket_commands import REFUSED


@pytest.fixture
def browser(desk: Served) -> BrowserRequests:
    return signed_in(desk)


def received(desk: Served) -> str:
    """The address of the page of a new ticket."""
    return desk.receive().removeprefix("/v1")


def form(**fields: Any) -> dict[str, Any]:
    return {"expected_version": "1", "command_id": str(uuid4()), **fields}


def topics(desk: Served, page: str) -> list[str]:
    """The events of a ticket."""
    ticket = page.rpartition("/")[2]
    return [event["topic"] for event in desk.get("/v1/events").json()["events"] if event["stream"] == ticket]


def text(answer: Response) -> str:
    return unescape(answer.text)


def test_a_form_records_what_its_command_records(desk: Served, browser: BrowserRequests) -> None:
    page = received(desk)
    answer = browser.submit(f"{page}/assign", **form(team="payments", agent="lan"))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?after=3")
    event = desk.get("/v1/events").json()["events"][-1]
    assert (event["topic"], event["payload"]) == (
        "ticket.assigned",
        {"team": "payments", "agent": "lan", "routing": None},
    )
    assert (event["actor"]["id"], event["origin"]["channel"]) == ("lan", "screen")


def test_a_form_that_is_sent_twice_has_one_effect(desk: Served, browser: BrowserRequests) -> None:
    page = received(desk)
    sent = form(body="Cùng cổng thanh toán với tuần trước")
    first, second = (browser.submit(f"{page}/add-note", **sent) for _ in range(2))
    assert first.headers["location"] == second.headers["location"] == f"{page}?after=3"
    assert topics(desk, page) == ["ticket.received", "ticket.note_added"]


def test_what_is_wrong_with_a_field_stands_at_the_field(desk: Served, browser: BrowserRequests) -> None:
    page = received(desk)
    answer = browser.submit(
        f"{page}/escalate", {"Accept-Language": "en"}, **form(to="", level="eleven", reason="<b>their outage</b>")
    )
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'id="' + page[1:].replace("/", "-") + '-escalate-to-error">Fill this in.' in answer.text
    assert "A whole number." in answer.text
    assert "&lt;b&gt;their outage&lt;/b&gt;" in answer.text
    assert topics(desk, page) == ["ticket.received"]


def test_a_refusal_says_the_rule_and_keeps_the_text(desk: Served, browser: BrowserRequests) -> None:
    page = received(desk)
    sent = form(waiting_for="customer", until="2026-03-05T09:00", reason="khách đi vắng")
    answer = browser.submit(f"{page}/put-on-hold", {"Accept-Language": "vi"}, **sent)
    assert answer.status_code == 409
    assert "Chỉ tạm dừng được phiếu đã phân công hoặc đang xử lý" in text(answer)
    assert "khách đi vắng" in text(answer)
    assert 'value="2026-03-05T09:00"' in answer.text


def test_a_stale_form_is_told_what_was_recorded_meanwhile(desk: Served, browser: BrowserRequests) -> None:
    page = received(desk)
    desk.post(f"/v1{page}/receive-message", {"body": "Tôi đã nhận được mã"})
    desk.post(f"/v1{page}/prioritise", {"priority": "P1", "reason": "all shops"})
    answer = browser.submit(f"{page}/send-reply", {"Accept-Language": "en"}, **form(body="We look into it"))
    assert answer.status_code == 412
    assert "The customer wrote" in text(answer) or "Tôi đã nhận được mã" in text(answer)
    assert "P1" in text(answer)
    assert "We look into it" in text(answer)
    assert 'name="expected_version" value="3"' in answer.text
    again = browser.submit(f"{page}/send-reply", **form(body="We look into it", expected_version="3"))
    assert again.status_code == 303


def test_who_may_not_read_the_audit_is_not_told_who_it_was(desk: Served) -> None:
    page = received(desk)
    other = desk.as_key(make_key(desk.dsn, actor="secret"))
    assert other.post(f"/v1{page}/prioritise", {"priority": "P1", "reason": "all shops"}).status_code == 200
    writer = signed_in(desk, make_key(desk.dsn, "read", "tickets:write", actor="minh"))
    answer = writer.submit(f"{page}/add-note", {"Accept-Language": "en"}, **form(body="x"))
    assert answer.status_code == 412
    assert "An agent" in text(answer)
    assert "secret" not in text(answer)


def test_a_form_of_another_session_comes_back_with_the_token_of_the_present_one(desk: Served) -> None:
    page = received(desk)
    other = signed_in(desk)
    answer = other.submit(f"{page}/add-note", **form(body="kept", token="0" * 64))
    assert answer.status_code == 403
    assert "kept" in answer.text
    assert topics(desk, page) == ["ticket.received"]
    token = answer.text.partition('name="token" value="')[2][:64]
    assert other.submit(f"{page}/add-note", **form(body="kept", token=token)).status_code == 303


def test_a_form_of_another_site_does_not_come_back(database_url: str) -> None:
    """Filled in and with a token it would be sent by one click, of somebody who wrote nothing."""
    make_key(database_url)
    with serving(database_url, keyless="default") as keyless:
        visitor = BrowserRequests(keyless, f"local_{'a1' * 32}")
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            answer = visitor.submit("/tickets/new", headers | {"Accept-Language": "en"}, **form(subject="planted"))
            assert answer.status_code == 403
            assert "planted" not in answer.text
            assert "token" not in answer.text
            assert "A page of another site sent this." in answer.text


def test_without_keys_a_form_of_another_session_says_nothing_of_signing_in(database_url: str) -> None:
    make_key(database_url)
    with serving(database_url, keyless="default") as keyless:
        answer = BrowserRequests(keyless).submit("/tickets/new", {"Accept-Language": "en"}, **form(subject="kept"))
    assert (answer.status_code, "kept" in answer.text) == (403, True)
    assert "another session" in answer.text
    assert "Sign in" not in answer.text


@pytest.mark.parametrize("version", ["abc", "-1", "1.0", "²", "9" * 10])
def test_a_version_that_is_none_is_not_taken_for_any(desk: Served, browser: BrowserRequests, version: str) -> None:
    page = received(desk)
    assert browser.submit(f"{page}/add-note", **form(body="x", expected_version=version)).status_code == 422
    assert browser.get(f"{page}/add-note?expected_version={version}").status_code == 422
    assert topics(desk, page) == ["ticket.received"]


def test_details_that_no_page_asks_for_are_refused(desk: Served, browser: BrowserRequests) -> None:
    page = received(desk)
    answer = browser.submit(f"{page}/resolve", **form(resolution="x") | {"details.": "a", "details.b": "c"})
    assert answer.status_code in {409, 422}


def test_a_lost_session_keeps_what_was_typed(desk: Served) -> None:
    page = received(desk)
    for visitor in (BrowserRequests(desk), BrowserRequests(desk, f"default_{'0' * 64}")):
        answer = visitor.submit(f"{page}/add-note", {"Accept-Language": "en"}, **form(body="a long note"))
        assert answer.status_code in {401, 403}
        assert "You are signed out" in text(answer)
        assert "a long note" in text(answer)
    assert topics(desk, page) == ["ticket.received"]


def test_a_key_that_may_only_read_records_nothing(desk: Served) -> None:
    page = received(desk)
    reader = signed_in(desk, make_key(desk.dsn, "read"))
    answer = reader.submit(f"{page}/add-note", {"Accept-Language": "en"}, **form(body="x"))
    assert (answer.status_code, "Your key does not allow this." in text(answer)) == (403, True)


def test_a_form_keeps_text_that_deceives_as_it_was_typed(desk: Served, browser: BrowserRequests) -> None:
    page = received(desk)
    typed = "\u202etxet\u200b <script>\r\n two"
    answer = browser.submit(f"{page}/send-reply", **form(body=typed, channel="smoke"))
    assert answer.status_code == 422
    assert "\u202etxet\u200b &lt;script&gt;" in answer.text


def test_a_form_is_kept_while_the_database_is_away(
    desk: Served, browser: BrowserRequests, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = received(desk)

    def away(*_: object) -> None:
        raise psycopg.OperationalError("gone")

    monkeypatch.setattr("api.screen.visit.tenant_settings", away)
    sent = form(body="typed once")
    answer = browser.submit(f"{page}/add-note", {"Accept-Language": "en"}, **sent)
    assert answer.status_code == 503
    assert "never recorded twice" in text(answer)
    assert "typed once" in text(answer)
    assert sent["command_id"] in answer.text


def test_a_form_page_and_the_form_that_comes_back_say_which_ticket_they_are_about(
    desk: Served, browser: BrowserRequests
) -> None:
    page = received(desk)
    subject = RECEIPT["subject"]
    named = f"Put on hold: {subject} ({page[-12:]}, received)"
    opened = browser.get(f"{page}/put-on-hold", {"Accept-Language": "en"})
    sent = form(waiting_for="customer", reason="x")
    refused = browser.submit(f"{page}/put-on-hold", {"Accept-Language": "en"}, **sent)
    assert (opened.status_code, refused.status_code) == (200, 409)
    for answer in (opened, refused):
        assert f"<h1>{named}</h1>" in text(answer)
        assert f"<title>{named} · ticketledger</title>" in text(answer)
        assert 'action="/sign-out"' in answer.text
        assert 'href="/tickets"' in answer.text


def test_a_form_that_the_state_forbids_says_so_and_is_not_shown(desk: Served, browser: BrowserRequests) -> None:
    page = received(desk)
    answer = browser.get(f"{page}/undo-merge", {"Accept-Language": "en"})
    assert "The state is “received”, in which this cannot be recorded." in text(answer)
    assert f'method="post" action="{page}/undo-merge"' not in answer.text
    assert f'href="{page}"' in answer.text


def test_who_may_not_read_is_not_told_what_the_form_is_about(desk: Served) -> None:
    page = received(desk)
    subject = RECEIPT["subject"]
    writer = signed_in(desk, make_key(desk.dsn, "tickets:write"))
    assert subject not in text(writer.get(f"{page}/assign"))
    assert subject not in text(writer.submit(f"{page}/assign", **form(team="")))


def test_a_form_page_shows_the_form_for_the_present_version(desk: Served, browser: BrowserRequests) -> None:
    page = received(desk)
    assert browser.submit(f"{page}/assign", **form(team="payments")).status_code == 303
    answer = browser.get(f"{page}/put-on-hold?waiting_for=third_party")
    assert answer.status_code == 200
    assert 'name="expected_version" value="2"' in answer.text
    assert '<option value="third_party" selected>' in answer.text


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.key)
def test_each_action_and_each_of_its_fields_that_people_see_has_a_word(action: Action) -> None:
    assert f"actions.{action.key}" in WORDS
    for field in action.form_fields:
        if field.name in action.given:
            continue
        assert f"actions.field.{field.name}" in WORDS
        assert not field.choices or set(field.choices) <= VOCABULARIES[field.name].keys()


def test_every_refusal_of_a_ticket_has_a_vietnamese_sentence() -> None:
    assert {code for row in REFUSED for code in row.codes.values()} <= RULES_IN_VIETNAMESE.keys()


def test_a_form_of_a_page_of_another_tenant_is_recorded_in_neither_until_it_is_sent_again(desk: Served) -> None:
    """Two tabs of one browser: who signed in last is who both are, and the form of the first tab says so."""
    migrate(desk.dsn, "second")
    first, second = signed_in(desk), signed_in(desk, make_key(desk.dsn, tenant="second", actor="minh"))
    tenants = (desk, desk.as_key(make_key(desk.dsn, tenant="second")))
    before = [each.get("/v1/events").json()["head"] for each in tenants]
    answer = second.submit(
        "/customers/new", {"Accept-Language": "en"}, **form(name="Trần Mai", token=form_token(first.cookie or ""))
    )
    assert answer.status_code == 403
    assert "Trần Mai" in answer.text
    assert "now minh is signed in, of the tenant second" in text(answer)
    assert [each.get("/v1/events").json()["head"] for each in tenants] == before


def test_a_form_of_another_session_is_refused_as_such_though_the_session_can_no_longer_be_read(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = signed_in(desk)
    page = received(desk)

    async def gone(*_: object) -> Principal:
        raise psycopg.OperationalError("the server has closed the connection")

    monkeypatch.setattr(Authentication, "of_session", gone)
    answer = other.submit(f"{page}/add-note", **form(body="kept", token="0" * 64))
    assert (answer.status_code, "kept" in answer.text) == (403, True)
