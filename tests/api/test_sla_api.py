"""Policies and calendars over HTTP: published, read, compared, tried out, and what they would have come to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from psycopg import Connection

from api.http.routes import sla
from api.settings import WhatIfBounds
from domain.sla.calendar.business_time import BusinessTime, CalendarDefinition, business_time
from tests.support.serving import BEFORE, Served, fresh, make_key, serving
from tests.support.sla_publishing import CALENDAR, OFFICE, SINCE, put

SLOW = {"name": "Slow", "rules": [{"priority": ["P1"], "resolution": "4h"}, {"resolution": "48h"}]}
FAST = {"name": "Fast", "rules": [{"priority": ["P1"], "resolution": "1h"}, {"resolution": "48h"}]}
ON_OFFICE = {"name": "Office", "rules": [{"resolution": {"duration": "8h", "calendar": "Hanoi office"}}]}


def policy(desk: Served, content: dict[str, Any], **options: Any) -> Any:
    return put(desk, "/v1/sla/policy", content, **options)


def test_the_built_in_policy_is_in_effect_until_another_is_published(desk: Served) -> None:
    answer = desk.get("/v1/sla/policy")
    assert (answer.json()["version"], answer.json()["policy"]["name"], answer.json()["actor"]) == (0, "Default", None)
    assert answer.headers["etag"] == '"0"'
    published = policy(desk, SLOW)
    assert (published.status_code, published.json()["version"], published.headers["etag"]) == (200, 1, '"1"')
    body = desk.get("/v1/sla/policy").json()
    assert (body["version"], body["policy"]["name"], body["actor"], body["reason"]) == (1, "Slow", "lan", "decided")
    assert desk.get("/v1/sla/policy?at=2025-12-31T00:00:00Z").json()["version"] == 0


def test_a_policy_that_is_planned_is_not_in_effect_yet_but_is_the_one_to_go_on_from(desk: Served) -> None:
    policy(desk, SLOW)
    policy(desk, FAST, since="2099-01-01T00:00:00Z")
    answer = desk.get("/v1/sla/policy")
    assert (answer.json()["version"], answer.headers["etag"]) == (1, '"2.1"'), "the newest, and the one in effect"
    assert desk.get("/v1/sla/policy?at=2099-01-01T00:00:00Z").json()["version"] == 2


def test_what_has_changed_since_it_was_read_is_not_overwritten(desk: Served) -> None:
    policy(desk, SLOW)
    assert policy(desk, FAST, headers={"If-Match": '"0"'}).status_code == 412
    assert policy(desk, FAST, headers={"If-Match": '"1"'}).json()["version"] == 2


def test_the_same_again_has_one_effect(desk: Served) -> None:
    key = {"Idempotency-Key": fresh()}
    first, again = policy(desk, SLOW, headers=key).json(), policy(desk, SLOW, headers=key).json()
    assert (first | {"repeated": True}) == again
    assert policy(desk, SLOW).json()["events"] == 0
    assert policy(desk, FAST, headers=key).status_code == 422


def test_a_policy_needs_a_reason_calendars_that_exist_and_somebody_who_may(desk: Served) -> None:
    without = desk.put("/v1/sla/policy", json={"effective_from": SINCE, "policy": SLOW})
    assert (without.status_code, without.json()["errors"][0]["field"]) == (422, "reason")
    refused = policy(desk, ON_OFFICE)
    assert (refused.status_code, refused.json()["code"]) == (409, "calendar_unknown")
    assert put(desk, CALENDAR, OFFICE).status_code == 200
    assert policy(desk, ON_OFFICE).status_code == 200
    writer = desk.as_key(make_key(desk.dsn, "tickets:write", "read"))
    assert policy(writer, SLOW).status_code == 403
    assert writer.get("/v1/sla/policy").status_code == 200


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"week": {"mon": ["08:00-12:00", "11:00-13:00"]}}, "mon 08:00-12:00 overlaps mon 11:00-13:00"),
        ({"zone": "Asia/Hanoi"}, "unknown time zone 'Asia/Hanoi': write an IANA name, for example Asia/Ho_Chi_Minh"),
        ({"public_holidays": {"country": "__class__"}}, "no public holidays known for '__class__'"),
        ({"public_holidays": "registry"}, "no public holidays known for 'registry'"),
        ({"name": "Other"}, "the address names another calendar than 'Other'"),
    ],
)
def test_a_bad_calendar_is_refused_with_the_reason(desk: Served, change: dict[str, Any], reason: str) -> None:
    answer = put(desk, CALENDAR, OFFICE | change)
    assert answer.status_code == 422
    assert reason in answer.json()["detail"]


def test_versions_are_listed_read_and_compared(desk: Served) -> None:
    policy(desk, SLOW)
    policy(desk, FAST)
    versions = desk.get("/v1/sla/policy/versions").json()
    assert [(version["version"], version["policy"]["name"]) for version in versions] == [
        (0, "Default"),
        (1, "Slow"),
        (2, "Fast"),
    ]
    assert desk.get("/v1/sla/policy/versions/1").json() == versions[1]
    assert desk.get("/v1/sla/policy/versions/3").status_code == 404
    assert desk.get("/v1/sla/policy/diff?from=1&to=2").json() == [
        {"path": "name", "old": "Slow", "new": "Fast"},
        {"path": "rules[0].resolution.duration", "old": 14_400, "new": 3_600},
    ]
    assert desk.get("/v1/sla/policy/diff?from=2&to=2").json() == []
    assert desk.get("/v1/sla/policy/diff?from=1&to=9").status_code == 404


def test_calendars_are_compared_day_by_day(desk: Served) -> None:
    put(desk, CALENDAR, OFFICE)
    changed = OFFICE | {"holidays": {"2026-02-23": "Outing"}, "week": {"mon-thu": ["08:00-12:00", "13:00-17:00"]}}
    assert put(desk, CALENDAR, changed).json()["version"] == 2
    assert desk.get(f"{CALENDAR}/diff?from=1&to=2").json() == [
        {"path": "week.fri", "old": ["08:00-12:00", "13:00-17:00"], "new": []},
        {"path": "holidays[2026-02-23]", "old": None, "new": {"date": "2026-02-23", "name": "Outing"}},
    ]
    assert [version["version"] for version in desk.get(f"{CALENDAR}/versions").json()] == [1, 2]
    assert desk.get(f"{CALENDAR}/versions/1").json()["calendar"]["week"]["fri"] == ["08:00-12:00", "13:00-17:00"]
    assert [listed["calendar"]["name"] for listed in desk.get("/v1/sla/calendars").json()] == ["24x7", "Hanoi office"]
    assert desk.get("/v1/sla/calendars/nowhere").status_code == 404


def test_a_calendar_can_be_tried_out(desk: Served) -> None:
    put(desk, CALENDAR, OFFICE)
    answer = desk.get(f"{CALENDAR}/elapsed?start=2026-02-13T16:00:00%2B07:00&end=2026-02-23T09:00:00%2B07:00")
    assert answer.json() == {"calendar_version": 1, "seconds": 7_200.0}
    added = desk.get(f"{CALENDAR}/add?start=2026-03-02T11:00:00%2B07:00&seconds=3600").json()
    assert (added["due_at"], added["due_open_at"]) == ("2026-03-02T05:00:00Z", "2026-03-02T06:00:00Z")
    closed = desk.get(f"{CALENDAR}/open?at=2026-03-02T12:30:00%2B07:00").json()
    assert (closed["open"], closed["next_opening"]) == (False, "2026-03-02T06:00:00Z")
    always = desk.get("/v1/sla/calendars/24x7/add?start=2026-03-02T00:00:00Z&seconds=0.5").json()
    assert (always["due_at"], always["due_open_at"]) == ("2026-03-02T00:00:00.500000Z", None)


def test_a_calendar_is_tried_out_in_the_version_in_effect(desk: Served) -> None:
    put(desk, CALENDAR, OFFICE)
    put(desk, CALENDAR, OFFICE | {"week": {"mon-sun": ["00:00-24:00"]}}, since="2026-06-01T00:00:00Z")
    day = "start=2026-{month}-06T00:00:00%2B07:00&end=2026-{month}-07T00:00:00%2B07:00"
    assert desk.get(f"{CALENDAR}/elapsed?{day.format(month='05')}").json()["seconds"] == 8 * 3_600
    assert desk.get(f"{CALENDAR}/elapsed?{day.format(month='07')}").json()["seconds"] == 24 * 3_600


def test_before_all_its_versions_a_calendar_is_what_it_was_at_first(desk: Served) -> None:
    put(desk, CALENDAR, OFFICE, since="2026-06-01T00:00:00Z")
    put(desk, CALENDAR, OFFICE | {"week": {"mon": ["08:00-09:00"]}}, since="2026-07-01T00:00:00Z")
    assert desk.get(f"{CALENDAR}?at=2026-01-01T00:00:00Z").json()["version"] == 1
    assert desk.get(f"{CALENDAR}/open?at=2026-01-05T09:30:00%2B07:00").json()["open"] is True


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("elapsed?start=2026-03-02T09:00:00Z&end=2026-03-02T08:00:00Z", "end"),
        ("elapsed?start=1960-03-02T09:00:00Z&end=2026-03-02T08:00:00Z", "start"),
        ("elapsed?start=2026-03-02T09:00:00Z&end=2126-03-02T08:00:00Z", "end"),
        ("elapsed?start=1970-01-01T00:00:00Z&end=2099-12-31T00:00:00Z", "end"),
        ("elapsed?start=2026-03-02T09:00:00Z&end=2036-03-09T09:00:01Z", "end"),
        ("add?start=2026-03-02T09:00:00&seconds=1", "start"),
        ("add?start=1960-03-02T09:00:00Z&seconds=1", "start"),
        ("add?start=2098-03-02T09:00:00Z&seconds=999999999", "seconds"),
        ("add?start=2026-03-02T09:00:00Z&seconds=-1", "seconds"),
        ("open?at=1960-03-02T09:00:00Z", "at"),
    ],
)
def test_what_no_calendar_can_answer_is_malformed_by_the_parameter_that_is_wrong(
    shared_desk: Served, query: str, field: str
) -> None:
    put(shared_desk, CALENDAR, OFFICE)
    answer = shared_desk.get(f"{CALENDAR}/{query}")
    fields = [error["field"].removeprefix("query.") for error in answer.json()["errors"]]
    assert (answer.status_code, fields) == (422, [field])


@pytest.mark.parametrize("query", ["elapsed?start=2026-03-02T09:00:00Z&end=2036-03-09T09:00:00Z", "open"])
def test_time_on_a_calendar_is_counted_after_its_connection_is_given_back(
    desk: Served, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk, CALENDAR, OFFICE)
    pool, connection = desk.container.pool, desk.container.pool.connection
    happened: list[str] = []

    @contextmanager
    def watched() -> Iterator[Connection]:
        with connection() as taken:
            happened.append("connection taken")
            yield taken
        happened.append("given back")

    def counting(definition: CalendarDefinition) -> BusinessTime:
        happened.append("counted")
        return business_time(definition)

    monkeypatch.setattr(pool, "connection", watched)
    monkeypatch.setattr(sla, "business_time", counting)
    assert desk.get(f"{CALENDAR}/{query}").status_code == 200
    assert happened == ["connection taken", "given back", "counted"]


def test_a_tickets_clocks_are_judged_by_what_is_published_without_waiting(desk: Served) -> None:
    put(desk, CALENDAR, OFFICE)
    policy(desk, ON_OFFICE)
    ticket = desk.receive(occurred_at="2026-03-06T16:00:00+07:00")
    (clock,) = desk.get(f"{ticket}/sla?as_of=2026-03-09T09:00:00%2B07:00").json()
    assert (clock["policy"], clock["policy_version"], clock["calendar"]) == ("Office", 1, "Hanoi office")
    assert (clock["due_at"], clock["elapsed_us"]) == ("2026-03-09T09:00:00Z", 7_200_000_000)


def test_the_tier_of_the_customer_selects_the_rule_of_a_tickets_clocks(desk: Served) -> None:
    policy(desk, {"name": "Tiers", "rules": [{"customer_tier": "gold", "resolution": "2h"}, {"resolution": "48h"}]})
    customer = desk.post("/v1/customers", {"name": "An"}).json()["id"]
    ticket = desk.receive(customer_id=customer)
    assert [clock["target_us"] for clock in desk.get(f"{ticket}/sla").json()] == [48 * 3_600_000_000]
    desk.post(f"/v1/customers/{customer}/change-tier", {"tier": "gold"})
    assert [clock["target_us"] for clock in desk.get(f"{ticket}/sla").json()] == [2 * 3_600_000_000]


def test_what_was_published_later_is_not_known_before(desk: Served) -> None:
    policy(desk, SLOW)
    recorded_at = desk.get("/v1/sla/policy").json()["recorded_at"]
    policy(desk, FAST)
    then = desk.get(f"/v1/sla/policy?known_at={recorded_at}").json()
    assert (then["version"], desk.get("/v1/sla/policy").json()["version"]) == (1, 2)


def test_the_history_of_the_rules_tells_who_and_why(desk: Served) -> None:
    put(desk, CALENDAR, OFFICE)
    policy(desk, ON_OFFICE)
    desk.follow()
    entries = desk.get("/v1/sla/history?language=vi").json()["entries"]
    assert [(entry["topic"], entry["actor"], entry["reason"]) for entry in entries] == [
        ("calendar.published", "lan", "decided"),
        ("policy.published", "lan", "decided"),
    ]
    assert entries[1]["sentence"].startswith("lan ban hành phiên bản 1 của chính sách, Office")


def test_another_policy_is_judged_beside_the_recorded_one(desk: Served) -> None:
    ticket = desk.receive(occurred_at="2026-03-02T08:00:00Z", priority="P1")
    desk.post(f"{ticket}/resolve", {"resolution": "done", "occurred_at": "2026-03-02T08:50:00Z"})
    answer = desk.post("/v1/sla/whatif", {"policy": {"name": "Half", "rules": [{"resolution": "30m"}]}})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["sides"], body["tickets"], body["changed_tickets"]) == (["as recorded", "Half"], 1, {"Half": 1})
    assert [(change["before"], change["after"]) for change in body["changed"]] == [("met", "breached")]
    resolution = next(row for row in body["groups"] if row["by"] == "priority" and row["target"] == "resolution")
    assert [side["compliance"]["ratio"] for side in resolution["sides"]] == [1.0, 0.0]
    assert answer.headers["ledger-position"] == str(BEFORE + 2)
    outside = desk.post("/v1/sla/whatif?first=2026-04-01&last=2026-04-30", {"ladder": ["12h"]}).json()
    assert (outside["sides"], outside["groups"]) == (["as recorded", "12h"], [])


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ("last=9999-12-31", "last"),
        ("first=0001-01-01&last=2026-03-02&zone=Asia/Tokyo", "first"),
        ("first=9999-12-31&last=9999-12-31&zone=Pacific/Niue", "first"),
        ("first=2026-03-02&last=2026-03-01", "first"),
    ],
)
def test_days_that_a_what_if_cannot_count_are_malformed(desk: Served, days: str, field: str) -> None:
    answer = desk.post(f"/v1/sla/whatif?{days}", {"ladder": ["12h"]})
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


def test_another_calendar_takes_the_place_of_the_published_one(desk: Served) -> None:
    put(desk, CALENDAR, OFFICE)
    policy(desk, ON_OFFICE)
    ticket = desk.receive(occurred_at="2026-03-06T16:00:00+07:00")
    desk.post(f"{ticket}/resolve", {"resolution": "done", "occurred_at": "2026-03-09T09:00:00+07:00"})
    weekend = OFFICE | {"week": {"mon-sun": ["00:00-24:00"]}}
    body = desk.post("/v1/sla/whatif", {"calendars": [weekend]}).json()
    assert [(change["before"], change["after"]) for change in body["changed"]] == [("met", "breached")]
    lost = {"name": "Lost", "rules": [{"resolution": {"duration": "8h", "calendar": "nowhere"}}]}
    answer = desk.post("/v1/sla/whatif", {"policy": lost})
    assert (answer.status_code, "unknown calendar nowhere" in answer.json()["detail"]) == (422, True)


def test_a_history_too_long_to_be_judged_here_is_not_begun(database_url: str) -> None:
    with serving(database_url, key=make_key(database_url), whatif=WhatIfBounds(tickets=0)) as desk:
        desk.receive()
        answer = desk.post("/v1/sla/whatif", {"ladder": ["12h"]})
    assert (answer.status_code, "use the command line" in answer.json()["detail"]) == (413, True)


def test_a_tenant_that_judges_already_waits_its_turn(desk: Served) -> None:
    with desk.container.judging.slot("default", 0):
        answer = desk.post("/v1/sla/whatif", {"ladder": ["12h"]})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert desk.post("/v1/sla/whatif", {"ladder": ["12h"]}).status_code == 200
