"""The lists of tickets and of work: what is late or due first comes first, and every filter holds."""

from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from tests.support.definitions_over_http import put
from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import Served, make_key, serving

EN = {"Accept-Language": "en"}
VI = {"Accept-Language": "vi"}
TWO_STEPS = {
    "title": {"vi": "Hai bước", "en": "Two steps"},
    "subject": "ticket",
    "steps": [{"id": "first", "title": {"vi": "Đánh giá", "en": "Assess"}, "role": "holder", "asks": ["severity"]}],
}


@pytest.fixture
def browser(desk: Served) -> BrowserRequests:
    return signed_in(desk)


def text(answer: Response) -> str:
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(answer.text).split())


def order(answer: Response, *subjects: str) -> list[str]:
    """The subjects that a page shows, in its order."""
    shown = text(answer)
    return sorted((subject for subject in subjects if f">{subject}<" in shown), key=shown.index)


def test_what_is_late_comes_first_then_what_is_due_then_what_has_ended(desk: Served, browser: BrowserRequests) -> None:
    later = desk.receive(subject="later", priority="P3")
    desk.receive(subject="soon", priority="P1")
    desk.receive(subject="late", priority="P3", occurred_at="2026-01-05T08:00:00Z")
    desk.post(f"{later}/assign", {"agent": "lan", "team": "care"})
    done = desk.receive(subject="done")
    desk.post(f"{done}/resolve", {"resolution": "sent anew"})
    desk.follow()
    subjects = ("later", "soon", "late", "done")
    assert order(browser.get("/tickets?panel=list", EN), *subjects) == ["late", "soon", "later"]
    assert order(browser.get("/tickets?panel=list&open=all", EN), *subjects) == ["late", "soon", "later", "done"]
    assert order(browser.get("/tickets?panel=list&late=true", EN), *subjects) == ["late"]
    assert order(browser.get("/tickets?panel=list&late=false&open=all", EN), *subjects) == ["soon", "later", "done"]
    assert order(browser.get("/tickets?panel=list&agent=%20lan", EN), *subjects) == ["later"]
    assert order(browser.get("/tickets?panel=list&unassigned=true", EN), *subjects) == ["late", "soon"]
    assert order(browser.get("/tickets?panel=list&state=resolved", EN), *subjects) == ["done"]
    assert order(browser.get("/tickets?panel=list&q=done", EN), *subjects) == ["done"]
    assert "4 tickets, 1 of them late." in text(browser.get("/tickets?panel=list&open=all", EN))


def test_pages_follow_each_other_without_a_gap(
    desk: Served, browser: BrowserRequests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.screen.pages.tickets._PAGE", 2)
    subjects = [f"number {number}" for number in range(5)]
    for number, subject in enumerate(subjects):
        address = desk.receive(subject=subject)
        if number > 2:
            desk.post(f"{address}/cancel", {"cancelled_as": "spam", "reason": "spam"})
    desk.follow()
    shown, path = [], "/tickets?open=all&panel=list"
    while path:
        answer = browser.get(path, EN)
        shown += order(answer, *subjects)
        path = unescape(answer.text.partition('rel="next" href="')[2].partition('"')[0])
        path = path and f"{path}&panel=list"
    assert sorted(shown) == subjects
    assert shown[3:] == ["number 4", "number 3"]


@pytest.mark.parametrize(
    "query",
    [
        "customer=x",
        "cursor=!",
        f"q={'x' * 201}",
        "nothing=1",
        "team=%00",
        "late=yes",
        "open=yes",
        "unassigned=1",
        "waiting=nobody",
        "state=lost",
    ],
)
def test_a_query_that_means_nothing_is_refused(browser: BrowserRequests, query: str) -> None:
    assert browser.get(f"/tickets?{query}").status_code == 422


def test_the_work_list_is_the_visitors_own_and_completes_a_task(desk: Served, browser: BrowserRequests) -> None:
    mine = desk.post("/v1/tasks", {"title": "Gọi lại khách", "agent": "lan"}).json()["id"]
    desk.post("/v1/tasks", {"title": "another's", "agent": "minh"})
    desk.follow()
    shown = text(browser.get("/work", EN))
    assert "Gọi lại khách" in shown
    assert "another's" not in shown
    assert "another's" in text(browser.get("/work?agent=minh", EN))
    assert (
        browser.get("/work?everyone=no").status_code == browser.get("/work?everyone=yes&agent=lan").status_code == 422
    )
    everyones = text(browser.get("/work?everyone=yes", EN))
    assert "Gọi lại khách" in everyones
    assert "another's" in everyones
    answer = browser.submit(
        f"/tasks/{mine}/complete",
        expected_version="1",
        command_id=str(uuid4()),
        result="đã gọi",
        back="/work?agent=lan",
    )
    assert (answer.status_code, answer.headers.get("location")) == (303, "/work?agent=lan&after=4"), answer.text
    desk.follow()
    assert "Gọi lại khách" not in text(browser.get("/work", EN))


def test_the_work_list_says_in_words_that_a_rule_opened_a_task(desk: Served, browser: BrowserRequests) -> None:
    rule = desk.as_key(make_key(desk.dsn, "tickets:write", actor="rule:low-rating"))
    rule.post("/v1/tasks", {"title": "Gọi lại khách", "agent": "lan"})
    desk.post("/v1/tasks", {"title": "Gửi báo giá", "agent": "lan"})
    desk.follow()
    assert "· lan · quy tắc low-rating</p>" in text(browser.get("/work", VI))
    assert "· lan · rule low-rating</p>" in text(browser.get("/work", EN))
    assert "· lan · lan</p>" in text(browser.get("/work", EN))


def test_without_keys_the_work_list_is_everyones(database_url: str) -> None:
    with serving(database_url, keyless="default") as keyless:
        keyless.post("/v1/tasks", {"title": "Gọi lại khách", "agent": "lan"})
        keyless.follow()
        shown = text(BrowserRequests(keyless).get("/work", EN))
    assert "Gọi lại khách" in shown
    assert "My own" not in shown


def test_a_key_that_may_only_read_is_offered_nothing(desk: Served) -> None:
    desk.post("/v1/tasks", {"title": "Gọi lại khách", "agent": "lan"})
    page = desk.receive().removeprefix("/v1")
    desk.follow()
    reader = signed_in(desk, make_key(desk.dsn, "read"))
    for path in ("/work?panel=list", f"{page}?panel=offered", "/tickets?panel=choose"):
        assert 'method="post"' not in reader.get(path).text


def started_two(desk: Served, ticket: str) -> str:
    """The page of a procedure `two` that is started for the ticket."""
    assert put(desk, "/v1/definitions/procedure/two", kind="procedure", name="two", body=TWO_STEPS).is_success
    subject = ticket.rpartition("/")[2]
    started = desk.post("/v1/procedures", {"procedure": "two", "subject": subject, "subject_kind": "ticket"})
    return started.headers["location"].removeprefix("/v1")


def test_a_step_says_what_its_procedure_is_called(desk: Served, browser: BrowserRequests) -> None:
    started_two(desk, desk.receive())
    desk.follow()
    assert "· Two steps" in text(browser.get("/work?everyone=yes", EN))
    assert "· Hai bước" in text(browser.get("/work?everyone=yes", VI))


def test_a_step_and_a_promised_call_are_done_from_the_lists(desk: Served, browser: BrowserRequests) -> None:
    address = desk.receive()
    page = address.removeprefix("/v1")
    desk.post(f"{address}/assign", {"agent": "lan"})
    promise = desk.post(f"{address}/promise-callback", {"at": "2026-12-05T15:00:00+07:00"}).json()["version"]
    step = started_two(desk, address)
    desk.follow()
    for path in ("/work", f"{page}?panel=work"):
        shown = browser.get(path, EN).text
        assert f'action="{step}/complete-step"' in shown
        assert 'name="details.severity"' in shown
        form = shown.partition(f'action="{step}/complete-step"')[2].partition("</form>")[0]
        assert 'name="expected_version" value=' in form
    assert f'action="{page}/keep-callback"' in browser.get(f"{page}?panel=promised").text
    missing = browser.submit(f"{step}/complete-step", EN, step="first", command_id="s1")
    assert missing.status_code == 409
    sent: dict[str, Any] = {"step": "first", "details.severity": "cao", "command_id": "s2"}
    assert browser.submit(f"{step}/complete-step", **sent).status_code == 303
    kept = browser.submit(f"{page}/keep-callback", promise=promise, expected_version=promise, command_id="c1")
    assert kept.status_code == 303
    desk.follow()
    shown = browser.get("/work", EN).text
    assert f'action="{step}/complete-step"' not in shown
    assert f'action="{page}/keep-callback"' not in shown


def test_the_answer_of_a_decision_is_chosen_by_its_words(desk: Served, browser: BrowserRequests) -> None:
    wants = {"id": "wants", "title": {"vi": "Có mua", "en": "Buys"}, "role": "holder", "kind": "decide"}
    body = TWO_STEPS | {"steps": [wants | {"answers": ["accepted", "later"]}]}
    assert put(desk, "/v1/definitions/procedure/asked", kind="procedure", name="asked", body=body).is_success
    subject = desk.receive().rpartition("/")[2]
    desk.post("/v1/procedures", {"procedure": "asked", "subject": subject, "subject_kind": "ticket"})
    desk.follow()
    for language, words in ((EN, "accepted"), (VI, "chấp nhận")):
        shown = browser.get("/work?everyone=yes", language).text
        assert f'<option value="accepted">{words}</option>' in shown
        assert '<option value="later">later</option>' in shown
