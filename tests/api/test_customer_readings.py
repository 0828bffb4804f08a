"""A customer is found, shown and followed over HTTP, merged or not, now and at an instant."""

import re
from typing import Any

from tests.support.command_line import Run
from tests.support.serving import Served, fresh


def registered(desk: Served, name: str, **fields: Any) -> str:
    answer = desk.post("/v1/customers", {"name": name, "occurred_at": "2026-03-01T08:00:00Z", **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def asked(desk: Served, address: str) -> Any:
    """The answer once the projections have read the log."""
    desk.follow()
    answer = desk.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_suggestions_and_search_find_a_customer_without_accents(desk: Served) -> None:
    lan = registered(desk, "Nguyễn Thị Lan", tier="gold")
    registered(desk, "Trần Văn Hùng")
    (hit,) = asked(desk, "/v1/customers/suggest?q=lan%20ng")["customers"]
    assert (hit["customer"], hit["name"], hit["matched"]) == (lan, "Nguyễn Thị Lan", "name")
    hits = asked(desk, "/v1/search?q=tran")
    assert [hit["name"] for hit in hits["customers"]] == ["Trần Văn Hùng"]
    assert hits["tickets"] == []


def test_a_search_needs_a_text(desk: Served) -> None:
    assert desk.get("/v1/search").status_code == 422
    assert desk.get("/v1/customers/suggest?q=").status_code == 422
    for region in ("vietnam", "UK"):
        for reading in ("search", "customers/suggest"):
            assert desk.get(f"/v1/{reading}?q=a&region={region}").status_code == 422


def test_a_merged_customer_has_the_timeline_and_the_profile_of_the_survivor(desk: Served) -> None:
    lan, double = registered(desk, "Nguyễn Thị Lan"), registered(desk, "N. T. Lan")
    note = {"about": "sales", "body": "asks for two rooms", "occurred_at": "2026-03-02T08:00:00Z"}
    assert desk.post(f"/v1/customers/{double}/add-note", note).status_code == 200
    before = desk.get("/v1/events?limit=500").json()["events"][-1]["recorded_at"]
    merged = desk.post(f"/v1/customers/{double}/merge", {"into": lan, "reason": "the same number"})
    assert merged.status_code == 200, merged.text
    timeline = asked(desk, f"/v1/customers/{double}/timeline?kind=note")
    assert (timeline["survivor"], timeline["absorbed"]) == (lan, [double])
    assert [entry["facts"]["body"] for entry in timeline["entries"]] == ["asks for two rooms"]
    profile = asked(desk, f"/v1/customers/{double}/profile")
    assert profile["customer"]["customer"] == lan
    assert [row["customer"] for row in profile["absorbed"]] == [double]
    assert [note["body"] for note in profile["notes"]] == ["asks for two rooms"]
    then = asked(desk, f"/v1/customers/{lan}/profile?known_at={before.replace('+', '%2B')}")
    assert (then["absorbed"], then["notes"]) == ([], [])


def test_a_timeline_comes_in_pages_in_both_orders(desk: Served) -> None:
    lan = registered(desk, "Nguyễn Thị Lan")
    for minute in (30, 10, 20):
        note = {"about": "care", "body": f"at {minute}", "occurred_at": f"2026-03-02T08:{minute}:00Z"}
        assert desk.post(f"/v1/customers/{lan}/add-note", note).status_code == 200
    for order, expected in (("oldest", ["at 10", "at 20", "at 30"]), ("newest", ["at 30", "at 20", "at 10"])):
        bodies, cursor = [], ""
        while cursor is not None:
            page = asked(desk, f"/v1/customers/{lan}/timeline?kind=note&limit=1&order={order}{cursor}")
            bodies += [entry["facts"]["body"] for entry in page["entries"]]
            cursor = page["next"] and f"&cursor={page['next']}"
        assert bodies == expected


def test_nobody_has_no_timeline_and_no_profile(desk: Served) -> None:
    nobody = fresh()
    desk.follow()
    for reading in ("timeline", "profile"):
        assert desk.get(f"/v1/customers/{nobody}/{reading}").status_code == 404


def test_the_command_line_finds_and_shows_a_customer(desk: Served, run: Run) -> None:
    lan = registered(desk, "Nguyễn Thị Lan")
    desk.follow()
    answer = run("customer", "search", "lan")
    assert (answer.code, "Còn nữa" in answer.err) == (0, False)
    assert "Nguyễn Thị Lan" in answer.out
    assert "registered" in run("customer", "show", lan, "--language", "en").out
    assert "đăng ký" in run("customer", "show", lan).out
    registered(desk, "Trần Thị Lan")
    desk.follow()
    assert "Còn nữa" in run("customer", "search", "lan", "--limit", "1").err
    assert run("customer", "search", "lan", "--region", "gb").code == 0
    unknown = run("customer", "search", "lan", "--region", "UK")
    assert (unknown.code, "--region là mã nước" in unknown.err) == (2, True)
    shown = run("customer", "timeline", lan)
    assert "đăng ký khách hàng Nguyễn Thị Lan" in shown.out
    assert re.search(r"│ \d\d:\d\d:\d\d \d\d/\d\d/\d{4} +│ nhận diện ", shown.out)
    assert run("customer", "show", fresh()).code == 2
