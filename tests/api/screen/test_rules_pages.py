"""The pages of rules: versions and differences, and a text that is checked, tried, published or adopted."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from api.screen.words import problems_of_texts
from api.translated_sentences import TranslatedSentences
from domain.definitions.shipped import shipped_files
from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import Served, make_key

SETTINGS = """kind = "settings"

[body]
zone = "Asia/Ho_Chi_Minh"
year_begins = 4

[[examples]]
name = "Half past midnight in Hanoi"
at = "2026-03-01T17:30:00Z"
local_day = "2026-03-02"
"""
POLICY = """[policy]
name = "Quicker"

[[policy.rules]]
resolution = { duration = "4h", calendar = "Office" }

[[calendars]]
name = "Office"
zone = "Asia/Ho_Chi_Minh"
week = { mon-fri = ["08:00-12:00"] }
"""


@pytest.fixture
def browser(desk: Served) -> BrowserRequests:
    browser = signed_in(desk)
    browser.language = "en"
    return browser


def form(text: str, **fields: Any) -> dict[str, Any]:
    return {
        "text": text,
        "reason": "decided on Monday",
        "expected_version": "0",
        "command_id": str(uuid4()),
        "effective_from": "2026-03-02",
    } | fields


def recorded(desk: Served) -> list[Any]:
    """The events behind the registration of a customer, which every desk of these tests begins with."""
    events: list[Any] = desk.get("/v1/events").json()["events"][1:]
    return events


def shown(answer: Response) -> str:
    return " ".join(unescape(answer.text).split())


def test_a_text_is_published_from_the_local_day_that_the_form_names(desk: Served, browser: BrowserRequests) -> None:
    answer = browser.submit("/rules/settings/tenant/publish", **form(SETTINGS))
    assert (answer.status_code, answer.headers["location"]) == (303, "/rules/settings/tenant?after=2")
    (event,) = recorded(desk)
    assert event["topic"] == "definition.published"
    assert event["payload"]["effective_from"] == "2026-03-01T17:00:00Z"
    assert event["payload"]["body"]["year_begins"] == 4
    assert (event["reason"], event["origin"]["channel"]) == ("decided on Monday", "screen")
    page = shown(browser.get("/rules/settings/tenant?after=2"))
    assert "year_begins = 4" in page
    assert "year begins: 1 becomes 4" in page
    assert page.count("in effect</span>") == 1


def test_a_form_that_is_sent_twice_publishes_one_version(desk: Served, browser: BrowserRequests) -> None:
    sent = form(SETTINGS, effective_from="")
    first, second = (browser.submit("/rules/settings/tenant/publish", **sent) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert len(recorded(desk)) == 1


def test_a_text_with_a_problem_is_told_with_its_line_and_kept(desk: Served, browser: BrowserRequests) -> None:
    text = SETTINGS.replace("year_begins = 4", "year_begins = 13")
    for word, status in (("check", 200), ("publish", 422)):
        answer = browser.submit(f"/rules/settings/tenant/{word}", **form(text))
        assert "Line 5: body, year_begins: " in shown(answer)
        assert "year_begins = 13" in answer.text
        assert "decided on Monday" in answer.text
        assert answer.status_code == status
    assert recorded(desk) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("year_begins = 13", "Dòng 5: body, year_begins: nhiều nhất là 12"),
        ("year_begin = 4", "Dòng 5: body, year_begin: không có trường này; hãy kiểm tra chính tả hoặc bỏ đi"),
        ('year_begins = "4"', "Dòng 5: body, year_begins: phải là số nguyên"),
        ("year_begins = = 4", "Dòng 5: không đọc được theo cú pháp TOML"),
        ('language = "fr"', "Dòng 5: body, language: phải là 'en' hoặc 'vi'"),
    ],
)
def test_what_is_wrong_with_a_text_is_said_in_vietnamese(browser: BrowserRequests, change: str, expected: str) -> None:
    browser.language = "vi"
    answer = browser.submit("/rules/settings/tenant/check", **form(SETTINGS.replace("year_begins = 4", change)))
    assert expected in shown(answer)


def test_a_sentence_of_a_rule_of_its_own_is_said_in_vietnamese(browser: BrowserRequests) -> None:
    browser.language = "vi"
    text = SETTINGS.replace("Asia/Ho_Chi_Minh", "Asia/Saigonn")
    answer = browser.submit("/rules/settings/tenant/check", **form(text))
    assert "Dòng 4: body, zone: không có múi giờ 'Asia/Saigonn': ghi tên IANA" in shown(answer)


def test_a_sentence_without_a_translation_is_marked_as_english(
    browser: BrowserRequests, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.language = "vi"
    monkeypatch.setattr(problems_of_texts, "_OF_RULES", TranslatedSentences({}))
    text = SETTINGS.replace("Asia/Ho_Chi_Minh", "Asia/Saigonn")
    answer = browser.submit("/rules/settings/tenant/check", **form(text))
    assert 'Dòng 4: body, zone: <span lang="en">' in shown(answer)


def test_an_example_that_does_not_hold_is_told_and_stops_the_publication(
    desk: Served, browser: BrowserRequests
) -> None:
    text = SETTINGS.replace('local_day = "2026-03-02"', 'local_day = "2026-03-01"')
    page = shown(browser.submit("/rules/settings/tenant/check", **form(text)))
    assert "1 of 1 worked examples do not hold." in page
    assert "<li>the local day is 2026-03-02, not 2026-03-01</li>" in page
    browser.language = "vi"
    named = text.replace("[[examples]]\nname = ", '[[examples]]\nname.vi = "Nửa đêm"\nname.en = ')
    page = shown(browser.submit("/rules/settings/tenant/check", **form(named)))
    assert 'data-label="Ví dụ">Nửa đêm</th>' in page
    assert "<li>ngày địa phương là 2026-03-02, không phải 2026-03-01</li>" in page
    assert browser.submit("/rules/settings/tenant/publish", **form(text)).status_code == 422
    assert recorded(desk) == []


def test_a_text_written_for_an_older_version_is_told_what_was_published_meanwhile(
    desk: Served, browser: BrowserRequests
) -> None:
    browser.submit("/rules/settings/tenant/publish", **form(SETTINGS, reason="the year begins in April"))
    late = form(SETTINGS.replace("= 4", "= 7"))
    answer = browser.submit("/rules/settings/tenant/publish", **late)
    assert answer.status_code == 412
    assert "Version 1, published" in shown(answer)
    assert "the year begins in April" in shown(answer)
    assert 'name="expected_version" value="1"' in answer.text
    assert len(recorded(desk)) == 1
    again = browser.submit("/rules/settings/tenant/publish", **late | {"expected_version": "1"})
    assert again.status_code == 303


def test_a_reason_and_an_instant_that_cannot_be_used_are_told_at_their_fields(
    desk: Served, browser: BrowserRequests
) -> None:
    answer = browser.submit("/rules/settings/tenant/publish", **form(SETTINGS, reason=" "))
    assert answer.status_code == 422
    assert 'id="draft-reason-error"' in answer.text
    answer = browser.submit("/rules/settings/tenant/publish", **form(SETTINGS, effective_from="soon"))
    assert 'id="draft-effective_from-error"' in answer.text
    assert recorded(desk) == []


def test_a_policy_is_published_with_the_new_calendars_of_its_text(desk: Served, browser: BrowserRequests) -> None:
    answer = browser.submit("/rules/policy/tenant/publish", **form(POLICY))
    assert answer.headers["location"] == "/rules/policy/tenant?after=3"
    assert desk.get("/v1/sla/policy/versions/1").json()["policy"]["name"] == "Quicker"
    alone = POLICY[: POLICY.index("[[calendars]]")].replace("4h", "5h")
    answer = browser.submit("/rules/policy/tenant/publish", **form(alone, expected_version="1"))
    assert answer.headers["location"] == "/rules/policy/tenant?after=4"
    page = shown(browser.get("/rules/policy/tenant?from=1&to=2&after=4"))
    assert "rules 1 > resolution > duration: 4h becomes 5h" in page
    assert "Office" in shown(browser.get("/rules/calendar/Office"))


def test_what_if_shows_the_history_beside_the_proposal_and_records_nothing(
    desk: Served, browser: BrowserRequests
) -> None:
    desk.receive()
    before = recorded(desk)
    answer = browser.submit("/rules/policy/tenant/what-if", **form(POLICY, days="90"))
    page = shown(answer)
    assert answer.status_code == 200
    assert "1 ticket, with what ended in the last 90 days" in page
    assert "Proposed: Quicker" in page
    assert "As recorded" in page
    rule = shipped_files("automation")["vip-first"]
    answer = browser.submit("/rules/automation/vip-first/what-if", **form(rule))
    assert "No rule of that name is in effect." in shown(answer)
    assert "As written here" in shown(answer)
    assert recorded(desk) == before


def test_what_if_calls_tickets_by_number_subject_and_customer_and_says_both_results(
    desk: Served, browser: BrowserRequests
) -> None:
    customer = desk.post("/v1/customers", {"name": "Lan <b>"}).json()["id"]
    desk.receive(
        subject="No code", external_reference="INC7", priority="P2", customer_id=customer,
        occurred_at=(datetime.now(UTC) - timedelta(hours=5)).isoformat(),
    )  # fmt: skip
    desk.follow()
    policy = POLICY[: POLICY.index("[[calendars]]")].replace("Office", "24x7")
    page = browser.submit("/rules/policy/tenant/what-if", **form(policy, days="90"))
    assert "INC7, No code</a> (<a" in page.text
    assert "Lan &lt;b&gt;</a>)" in page.text
    cells = re.findall(r'data-label="(Promise|As recorded|As proposed)">([^<]*)<', page.text)
    assert cells[-3:] == [("Promise", "resolution"), ("As recorded", "open"), ("As proposed", "open and late")]
    rule = re.sub("when = .*", "", shipped_files("automation")["vip-first"])
    page = browser.submit("/rules/automation/vip-first/what-if", **form(rule))
    assert "INC7, No code</a> (<a" in page.text


def test_worked_examples_are_checked_under_the_version_in_effect_and_as_written(browser: BrowserRequests) -> None:
    browser.submit("/rules/settings/tenant/publish", **form(SETTINGS, effective_from=""))
    other = SETTINGS.replace("Asia/Ho_Chi_Minh", "UTC").replace('local_day = "2026-03-02"', 'local_day = "2026-03-01"')
    page = browser.submit("/rules/settings/tenant/check", **form(other, expected_version="1"))
    written, now = re.findall(r'<td data-label="(As [a-z ]+)"><div>\s*<span class="tag (\w+)">', page.text)
    assert (written, now) == (("As written here", "good"), ("As in effect today", "bad"))


def test_chosen_shipped_definitions_are_adopted_and_no_longer_wait(desk: Served, browser: BrowserRequests) -> None:
    assert "automation/vip-first" in browser.get("/rules").text
    assert '<span class="muted">Raises the priority of a VIP' in browser.get("/rules").text
    sent: dict[str, Any] = {
        "adopt": ["automation/vip-first", "procedure/complaint"],
        "reason": "as it is",
        "command_id": "once",
    }
    assert [browser.submit("/rules/adopt", **sent).headers["location"] for _ in range(2)] == [
        "/rules?after=3",
        "/rules",
    ]
    events = recorded(desk)
    assert [event["payload"]["name"] for event in events] == ["vip-first", "complaint"]
    for language, description in {"vi": "Nâng độ ưu tiên cho phiếu", "en": "Raises the priority of a VIP"}.items():
        browser.language = language
        pages = {path: shown(browser.get(path)) for path in ("/rules", "/rules/automation/vip-first")}
        assert [f">{description}" in page for page in pages.values()] == [False, True]
        title = {"vi": "Ưu tiên khách VIP", "en": "VIP customers first"}[language]
        assert f"<strong>{title}</strong>" in pages["/rules/automation/vip-first"]
    page = browser.get("/rules").text
    assert 'value="automation/vip-first"' not in page
    assert 'value="automation/csat"' in page


def test_who_may_not_publish_sees_no_form_and_nothing_is_published(desk: Served) -> None:
    reader = signed_in(desk, make_key(desk.dsn, "read"))
    assert "<textarea" not in reader.get("/rules/settings/tenant").text
    overview = reader.get("/rules?kind=automation&name=new").text
    assert not re.search("/rules/adopt|/rules#begin|/rules/automation/new", overview)
    assert "Để ban hành cần khóa có quyền admin" in overview
    answer = reader.submit("/rules/settings/tenant/publish", **form(SETTINGS))
    assert answer.status_code == 403
    assert "year_begins = 4" in answer.text
    assert recorded(desk) == []


def test_an_ended_session_keeps_what_was_typed(desk: Served) -> None:
    stranger = BrowserRequests(desk, "default_" + "0" * 64)
    answer = stranger.submit("/rules/settings/tenant/publish", **form(SETTINGS))
    assert answer.status_code == 401
    assert "year_begins = 4" in answer.text


@pytest.mark.parametrize(
    "address", ["/rules/nonsense/tenant", "/rules/settings/other", "/rules/settings/tenant?version=7"]
)
def test_there_is_no_page_of_what_cannot_be(browser: BrowserRequests, address: str) -> None:
    assert browser.get(address).status_code == 404


def test_a_name_with_every_kind_of_character_has_a_page(browser: BrowserRequests) -> None:
    text = 'kind = "segment"\nname = "a/b %2F <i>"\n\n[body]\nmembers = { field = "tier", value = "vip" }\n'
    address = "/rules/segment/a%2Fb%20%252F%20%3Ci%3E"
    answer = browser.submit(f"{address}/publish", **form(text))
    assert answer.headers["location"] == f"{address}?after=2"
    page = browser.get(answer.headers["location"])
    assert page.status_code == 200
    assert "<i>" not in page.text
    assert f'href="{address}"' in browser.get("/rules").text
