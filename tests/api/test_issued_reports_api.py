"""Issued reports over HTTP."""

import sys
from datetime import UTC, datetime
from uuid import UUID

import pytest

from api.api_keys import Permission
from domain.ids import new_id
from tests.support.serving import make_key, serving
from tests.support.told import march, told

NOW = datetime(2026, 4, 20, tzinfo=UTC)
WEEK = {"pack": "weekly", "period": "2026-W10"}


@pytest.fixture
def reported(database_url: str) -> tuple[str, UUID]:
    """A log with a ticket of the week."""
    with told(database_url) as desk:
        ticket = desk.ticket(march(2, 3))
        desk.follow()
        return database_url, ticket


def late_ticket(dsn: str) -> UUID:
    with told(dsn) as desk:
        return desk.ticket(march(4))


def test_a_report_is_issued_read_verified_and_compared(reported: tuple[str, UUID]) -> None:
    dsn, _ = reported
    with serving(dsn, key=make_key(dsn, "admin"), clock=lambda: NOW) as desk:
        issued = desk.post("/v1/issued-reports", WEEK)
        assert issued.status_code == 201, issued.text
        address = issued.headers["location"]
        record = desk.get(address).json()
        assert (record["name"], record["version"], record["complete"], record["zone"]) == (
            "weekly",
            1,
            True,
            "Asia/Ho_Chi_Minh",
        )
        assert record["figures"]["sections"][0]["figure"] == "flow"
        late = late_ticket(dsn)
        assert desk.get(f"{address}/verification").json()["equal"] is True
        changes = desk.get(f"{address}/changes").json()
        assert str(late) in {fact["stream"] for fact in changes["facts"] if fact["relation"] == "within"}
        assert (changes["otherwise_folded"], changes["made_by"]) == ([], [])
        assert any(each["name"] == "received" and each["after"] == 1 for each in changes["differences"])
        assert desk.post("/v1/issued-reports", WEEK).json()["code"] == "report_issued"
        again = desk.post("/v1/issued-reports", WEEK | {"reason": "a ticket was missing"})
        assert (again.json()["id"], again.json()["version"]) == (issued.json()["id"], 2)
        desk.follow()
        listed = desk.get("/v1/issued-reports?pack=weekly").json()["issues"]
        assert [(row["version"], row["reason"]) for row in listed] == [(2, "a ticket was missing"), (1, None)]
        assert desk.get(f"{address}?issue=1").json() == record


def test_the_list_has_pages_without_a_gap(reported: tuple[str, UUID]) -> None:
    dsn, _ = reported
    days = [f"2026-03-0{day}" for day in range(1, 6)]
    with serving(dsn, key=make_key(dsn, "admin"), clock=lambda: NOW) as desk:
        for pack, period in [("weekly", "2026-W10"), *(("daily", day) for day in days)]:
            desk.post("/v1/issued-reports", {"pack": pack, "period": period})
        desk.follow()
        page = desk.get("/v1/issued-reports?limit=2").json()
        listed = [page]
        while page["next"]:
            page = desk.get(f"/v1/issued-reports?limit=2&cursor={page['next']}").json()
            listed.append(page)
        assert [[row["first"] for row in each["issues"]] for each in listed] == [
            ["2026-03-05", "2026-03-04"],
            ["2026-03-03", "2026-03-02"],
            ["2026-03-01", "2026-03-02"],
        ]
        assert desk.get("/v1/issued-reports?pack=weekly&limit=1").json()["next"] is None
        for refused in ("cursor=x", "limit=0", "limit=501"):
            assert desk.get(f"/v1/issued-reports?{refused}").status_code == 422, refused


def test_a_retry_with_the_same_key_gets_the_first_answer(reported: tuple[str, UUID]) -> None:
    dsn, _ = reported
    with serving(dsn, key=make_key(dsn, "admin"), clock=lambda: NOW) as desk:
        once = {"Idempotency-Key": "weekly-w10"}
        first = desk.post("/v1/issued-reports", WEEK, headers=once).json()
        late_ticket(dsn)
        second = desk.post("/v1/issued-reports", WEEK, headers=once).json()
        assert second == first | {"repeated": True}
        other = desk.post("/v1/issued-reports", WEEK | {"period": "2026-W09"}, headers=once)
        assert other.status_code == 422


def test_a_report_is_downloaded_as_a_page_and_as_a_workbook(reported: tuple[str, UUID]) -> None:
    dsn, _ = reported
    pytest.importorskip("xlsxwriter")
    with serving(dsn, key=make_key(dsn, "admin"), clock=lambda: NOW) as desk:
        address = desk.post("/v1/issued-reports", WEEK).headers["location"]
        page = desk.get(f"{address}/page?language=en")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["content-disposition"] == 'attachment; filename="weekly-2026-W10-1.html"'
        assert "<h1>Weekly report 2026-W10</h1>" in page.text
        assert "<h1>Báo cáo tuần 10/2026 (02/03 - 08/03)</h1>" in desk.get(f"{address}/page").text
        book = desk.get(f"{address}/workbook")
        assert book.content.startswith(b"PK")
        assert "weekly-2026-W10-1.xlsx" in book.headers["content-disposition"]


def test_a_workbook_that_this_server_cannot_make_is_no_fault_of_the_request(
    reported: tuple[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn, _ = reported
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with serving(dsn, key=make_key(dsn, "admin"), clock=lambda: NOW) as desk:
        answer = desk.get(f"{desk.post('/v1/issued-reports', WEEK).headers['location']}/workbook")
    assert (answer.status_code, answer.json()["type"]) == (501, "urn:ticketledger:not_installed")
    assert "pip" not in answer.json()["detail"]


def test_who_may_not_issue_or_read_is_refused(reported: tuple[str, UUID]) -> None:
    dsn, _ = reported

    def status(scope: Permission, path: str) -> int:
        with serving(dsn, key=make_key(dsn, scope), clock=lambda: NOW) as desk:
            return desk.get(path).status_code if path else desk.post("/v1/issued-reports", WEEK).status_code

    report = f"/v1/issued-reports/{new_id()}"
    assert [status(scope, "") for scope in ("read", "audit", "tickets:write")] == [403, 403, 403]
    assert [status("read", report), status("audit", report)] == [404, 403]
    for address in (f"{report}/changes", f"{report}/verification"):
        assert [status("read", address), status("audit", address)] == [403, 404]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"pack": "board"}, "there is no report pack 'board'"),
        ({"pack": "weekly", "period": "2026-11"}, "a weekly report covers a week"),
        ({"pack": "weekly", "zone": "Mars/Base"}, "zone"),
        ({"pack": "weekly", "week": 10}, "week"),
        ({}, "pack"),
    ],
)
def test_what_cannot_be_issued_is_malformed(reported: tuple[str, UUID], body: dict[str, object], says: str) -> None:
    dsn, _ = reported
    with serving(dsn, key=make_key(dsn, "admin"), clock=lambda: NOW) as desk:
        answer = desk.post("/v1/issued-reports", body)
    assert (answer.status_code, says in answer.text) == (422, True), answer.text
