"""Definitions over HTTP: published with the scope admin, read in the version in effect."""

from tests.support.definitions_over_http import TENANT, put
from tests.support.serving import Served


def test_a_definition_is_published_and_read_as_of_an_instant(desk: Served) -> None:
    assert desk.get(TENANT).json()["version"] == 0
    assert put(desk, body={"year_begins": 4}).json()["version"] == 1
    assert put(desk, body={"year_begins": 4}).json()["events"] == 0
    assert put(desk, since="2099-01-01T00:00:00Z").json()["version"] == 2
    now = desk.get(TENANT)
    assert (now.json()["version"], now.json()["body"]["year_begins"], now.headers["etag"]) == (1, 4, '"2.1"')
    assert desk.get(f"{TENANT}?at=2099-06-01T00:00:00Z").json()["version"] == 2
    assert desk.get(f"{TENANT}?at=2025-06-01T00:00:00Z").json()["version"] == 0
    assert [version["version"] for version in desk.get(f"{TENANT}/versions").json()] == [0, 1, 2]
    assert desk.get(f"{TENANT}/versions/1").json()["reason"] == "decided"
    assert desk.get(f"{TENANT}/diff?from=1&to=2").json() == [{"path": "year_begins", "old": 4, "new": 1}]
    listed = desk.get("/v1/definitions?kind=settings").json()
    assert [(each["kind"], each["version"]) for each in listed] == [("settings", 1)]


def test_a_definition_as_it_was_known_has_no_later_version(desk: Served) -> None:
    put(desk)
    first = desk.get(f"{TENANT}/versions/1").json()["recorded_at"]
    put(desk, body={"year_begins": 4})
    assert desk.get(TENANT, params={"known_at": first}).json()["version"] == 1
    assert desk.get(TENANT).json()["version"] == 2


def test_the_address_and_the_content_name_the_same_definition(desk: Served) -> None:
    assert put(desk, "/v1/definitions/settings/other").status_code == 422
    assert put(desk, "/v1/definitions/identity/tenant").status_code == 422
    assert put(desk, body={"zone": "Hanoi"}).status_code == 422
    assert desk.get("/v1/definitions/settings/other").status_code == 404
    assert desk.get("/v1/definitions/moods/tenant").status_code == 404
    assert desk.get(f"{TENANT}/versions/7").status_code == 404


def test_a_version_that_has_moved_on_is_not_overwritten(desk: Served) -> None:
    put(desk)
    stale = desk.put(
        TENANT,
        json={"kind": "settings", "effective_from": "2026-02-01T00:00:00Z", "body": {}, "reason": "late"},
        headers={"If-Match": '"0"'},
    )
    assert stale.status_code == 412
