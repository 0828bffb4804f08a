"""The pages of reports, procedures, notifications and automation say what the API says, and record what it records."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from pydantic_core import to_json

from api.automation.overview import SuspendedRule
from api.screen.pages.rules import automation
from domain.definitions.definition_file import read_definition_file
from domain.definitions.shipped import shipped_files
from tests.support.issued_reports import told_otherwise_by_an_older_formula, told_otherwise_by_an_older_release
from tests.support.page_tests.desk_history import NOTIFICATION, PROCEDURE, REPORT
from tests.support.page_tests.shown_desk import ShownDesk
from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import Served, make_key
from tests.support.told import march, told

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def browser(desk: Served) -> BrowserRequests:
    browser = signed_in(desk)
    browser.language = "en"
    return browser


def form(**fields: Any) -> dict[str, Any]:
    return {"command_id": str(uuid4()), **fields}


def shown(answer: Response) -> str:
    return " ".join(unescape(answer.text).split())


def last_event(desk: Served) -> Any:
    return desk.get("/v1/events").json()["events"][-1]


def test_a_report_is_issued_once_and_another_issue_needs_a_reason(desk: Served, browser: BrowserRequests) -> None:
    sent = form(pack="daily", period="2026-03-02")
    first, second = (browser.submit("/reports/issue", **sent) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert last_event(desk)["topic"] == "report.issued"
    refused = browser.submit("/reports/issue", **form(pack="daily", period="2026-W10", reason="as asked"))
    assert refused.status_code == 422
    assert "A daily report covers a day and 2026-W10 is a week" in shown(refused)
    assert 'value="as asked"' in refused.text
    desk.follow()
    page = shown(browser.get(first.headers["location"]))
    assert "Daily report 2026-03-02" in page
    assert "Daily report 2026-03-02" in shown(browser.get("/reports"))


def test_the_list_of_reports_has_pages_without_a_gap(
    desk: Served, browser: BrowserRequests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.screen.pages.reports.issued.SHOWN", 2)
    days = [f"2026-03-0{day}" for day in range(1, 6)]
    for day in days:
        browser.submit("/reports/issue", **form(pack="daily", period=day))
    desk.follow()
    listed, path = [], "/reports?pack=daily"
    while path:
        html = browser.get(path).text
        listed += re.findall(r">Daily report ([0-9-]{10})</a>", html)
        path = unescape(html.partition('rel="next" href="')[2].partition('"')[0])
    assert listed == days[::-1]
    assert browser.get("/reports?cursor=x").status_code == 422


def test_a_report_has_the_name_under_which_it_was_issued_whatever_settings_came_later(
    desk: Served, browser: BrowserRequests
) -> None:
    browser.submit("/reports/issue", **form(pack="quarterly", period="2026-Q1"))
    settings = {"kind": "settings", "name": "tenant", "body": {"year_begins": 4}, "reason": "decided"}
    whole = {**settings, "effective_from": "2020-01-01T00:00:00Z"}
    assert desk.put("/v1/definitions/settings/tenant", json=whole).status_code == 200
    desk.follow()
    assert "Quarterly review 2026-Q1" in shown(browser.get("/reports"))
    assert desk.get("/v1/issued-reports?pack=quarterly").json()["issues"][0]["year_begins"] == 1


def test_who_may_only_read_issues_nothing_and_examines_nothing(desk: Served, browser: BrowserRequests) -> None:
    there = browser.submit("/reports/issue", **form(pack="daily", period="2026-03-02")).headers["location"]
    reader = signed_in(desk, make_key(desk.dsn, "read"))
    desk.follow()
    assert '<form method="post" action="/reports/issue"' not in reader.get("/reports").text
    assert reader.submit("/reports/issue", **form(pack="daily")).status_code == 403
    page = there.partition("?")[0]
    assert "/verification" not in reader.get(page).text
    assert reader.get(f"{page}/verification").status_code == 403
    assert "The same bytes." in shown(browser.get(f"{page}/verification"))
    unchanged = shown(browser.get(f"{page}/changes"))
    assert "No number has changed." in unchanged
    assert "A number may differ" not in unchanged


def test_what_changed_names_the_versions_that_made_the_report_otherwise(desk: Served, browser: BrowserRequests) -> None:
    with told(desk.dsn) as facts:
        facts.ticket(march(2, 3))
    there = browser.submit("/reports/issue", **form(pack="daily", period="2026-03-02")).headers["location"]
    versions = told_otherwise_by_an_older_release(desk.dsn, "received")
    desk.follow()
    page = shown(browser.get(f"{there.partition('?')[0]}/changes"))
    assert ["Another version of the program" in page, ", ".join(versions) in page] == [True, True]
    assert "No event recorded since" not in page


def test_a_formula_that_changed_is_named_on_both_pages(desk: Served, browser: BrowserRequests) -> None:
    with told(desk.dsn) as facts:
        facts.ticket(march(2, 3))
    there = browser.submit("/reports/issue", **form(pack="daily", period="2026-03-02")).headers["location"]
    told_otherwise_by_an_older_formula(desk.dsn, "flow", "received")
    desk.follow()
    for page in ("changes", "verification"):
        text = shown(browser.get(f"{there.partition('?')[0]}/{page}"))
        assert "The formula of flow changed (version 0 to 1)." in text
        assert "No event recorded since" not in text


def test_the_page_of_a_report_tells_what_the_api_tells(shown_desk: ShownDesk) -> None:
    report = shown_desk.get(f"/v1/issued-reports/{REPORT}").json()
    page = shown(shown_desk.get(f"/reports/{REPORT}", headers=ENGLISH))
    assert report["sha256"] in page
    for section in report["figures"]["sections"]:
        assert section["title"]["en"] in page
    verified = shown_desk.get(f"/v1/issued-reports/{REPORT}/verification").json()
    assert ("The same bytes." in shown(shown_desk.get(f"/reports/{REPORT}/verification", headers=ENGLISH))) is (
        verified["equal"]
    )


def test_the_pages_of_procedures_list_what_the_api_lists(shown_desk: ShownDesk) -> None:
    listed = shown_desk.get("/v1/procedures").json()["procedures"]
    assert listed
    page = shown_desk.get("/procedures", headers=ENGLISH).text
    assert all(f"/procedures/{each['procedure_stream']}" in page for each in listed)
    procedure = shown_desk.get(f"/v1/procedures/{PROCEDURE}").json()
    page = shown(shown_desk.get(f"/procedures/{PROCEDURE}", headers=ENGLISH))
    assert all(step["title_en"] in page for step in procedure["steps"])


def test_the_pages_of_notifications_list_what_the_api_lists(shown_desk: ShownDesk) -> None:
    for query in ("", "?dead=true", "?state=suppressed", "?channel=email"):
        api = f"/v1/notifications{query}"
        wanted = {each["notification"] for each in shown_desk.get(api).json()["notifications"]}
        page = shown_desk.get(f"/notifications{query}", headers=ENGLISH).text
        linked = {part.partition('"')[0] for part in page.split('href="/notifications/')[1:]}
        assert linked == wanted, query
        assert wanted or query.startswith("?")
    notification = shown_desk.get(f"/v1/notifications/{NOTIFICATION}").json()
    page = shown(shown_desk.get(f"/notifications/{NOTIFICATION}", headers=ENGLISH))
    assert notification["notification"]["address"] in page


def test_a_page_of_the_past_shows_what_was_known_then_and_no_form(shown_desk: ShownDesk) -> None:
    page = shown_desk.get("/automation?as_of=2026-03-01", headers=ENGLISH).text
    assert 'action="/automation/stop"' not in page
    assert "vip-first" not in page
    assert 'action="/automation/stop"' in shown_desk.get("/automation", headers=ENGLISH).text


@pytest.fixture
def ruled(desk: Served) -> Served:
    """A desk with one rule."""
    written = read_definition_file(shipped_files("automation")["vip-first"])
    body = {
        "kind": "automation",
        "name": "vip-first",
        "effective_from": "2026-01-01T00:00:00Z",
        "body": written.body.model_dump(mode="json"),
        "reason": "as it is shipped",
    }
    assert desk.send("PUT", "/v1/definitions/automation/vip-first", to_json(body)).status_code == 200
    return desk


def test_a_rule_is_stopped_and_started_with_a_reason(ruled: Served, browser: BrowserRequests) -> None:
    ruled.follow()
    assert "Stop: vip-first" in shown(browser.get("/automation")).replace('<span class="visually-hidden">', "")
    sent = form(what="rule", name="vip-first", reason="it escalates too much", back="/automation")
    assert browser.submit("/automation/stop", **sent).status_code == 303
    assert last_event(ruled)["topic"] == "switch.stopped"
    ruled.follow()
    (stop,) = ruled.get("/v1/automation/switches").json()
    assert (stop["what"], stop["name"], stop["reason"]) == ("rule", "vip-first", "it escalates too much")
    page = " ".join(shown(browser.get("/automation#switches")).split())
    assert f"stopped by {stop['actor']}, " in page
    assert ": it escalates too much" in page
    again = form(what="rule", name="vip-first", back="/automation")
    assert browser.submit("/automation/start", **again).status_code == 422
    assert browser.submit("/automation/start", **again | {"reason": "mended"}).status_code == 303
    assert ruled.get("/v1/automation/switches").json() == []


def test_a_rule_that_is_not_suspended_is_not_resumed(ruled: Served, browser: BrowserRequests) -> None:
    ticket = ruled.receive().rpartition("/")[2]
    sent = form(subject_kind="ticket", rule="vip-first", reason="mended")
    answer = browser.submit(f"/automation/{ticket}/resume", **sent)
    assert answer.status_code == 409
    assert 'value="vip-first"' in answer.text


def test_the_subject_of_a_suspended_rule_is_named_in_the_reader_s_language(
    ruled: Served, browser: BrowserRequests, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = UUID(ruled.receive().rpartition("/")[2])
    ruled.follow()
    since = datetime(2026, 3, 2, tzinfo=UTC)
    suspended = SuspendedRule(subject=ticket, rule="vip-first", why="rate", version=1, since=since, position=4)
    monkeypatch.setattr(automation, "suspended_rules", lambda *_: [suspended])
    for language, kind in {"en": "ticket", "vi": "phiếu"}.items():
        browser.language = language
        assert f">{kind} {ticket}</a>" in shown(browser.get("/automation"))


def test_a_ticket_is_explained_by_its_number(ruled: Served, browser: BrowserRequests) -> None:
    ticket = ruled.receive(external_reference="4711").rpartition("/")[2]
    ruled.follow()
    page = shown(browser.get("/automation?subject=4711"))
    explained = ruled.get(f"/v1/automation/explain/{ticket}").json()
    assert explained
    assert all(each["rule"] in page for each in explained)
    assert "Nothing is recorded of 4712." in shown(browser.get("/automation?subject=4712"))
