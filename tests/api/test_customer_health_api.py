"""Health and segments over HTTP: explained, by band, along the history, and of merged customers."""

from typing import Any

import pytest

from domain.health.definition import DEFAULT_HEALTH
from tests.support.serving import Served


def customer(desk: Served, **facts: Any) -> str:
    address: str = desk.post("/v1/customers", {"name": "Lan"} | facts).headers["location"]
    return address


def check_in(desk: Served, address: str, score: int) -> None:
    at = "2026-03-10T08:00:00Z"
    answered = desk.post(f"{address}/answer-nps", {"score": score, "occurred_at": at})
    assert answered.status_code == 200, answered.text


def publish(desk: Served, kind: str, name: str, body: dict[str, Any]) -> None:
    content = {"kind": kind, "name": name, "effective_from": "2026-01-01T00:00:00Z", "body": body, "reason": "tried"}
    answer = desk.put(f"/v1/definitions/{kind}/{name}", json=content)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def lan(desk: Served) -> str:
    """A customer of whom an answer is known, and a definition by which that is enough."""
    address = customer(desk, tier="gold", occurred_at="2026-03-01T08:00:00Z")
    check_in(desk, address, 9)
    publish(desk, "health", "tenant", DEFAULT_HEALTH.model_dump(mode="json") | {"least_coverage": 20})
    desk.follow()
    return address


def test_the_health_of_a_customer_is_explained_at_an_instant(desk: Served, lan: str) -> None:
    health = desk.get(f"{lan}/health?as_of=2026-03-11T00:00:00Z").json()
    assert (health["score"], health["band"], health["coverage"], health["definition_version"]) == (90, "green", 20, 1)
    assert "Score: (20 x 90) / 20 = 90." in health["text"]
    assert "không có dữ liệu" in desk.get(f"{lan}/health?language=vi").json()["text"]
    before = desk.get(f"{lan}/health?as_of=2026-03-09T00:00:00Z").json()
    assert (before["score"], before["band"]) == (None, "unknown")
    assert desk.get(f"{lan}/health?as_of=2026-03-11T00:00:00Z&version=0").json()["band"] == "unknown"
    assert desk.get(f"{lan}/health?version=9").status_code == 404
    assert desk.get(f"{lan}/health?as_of=2026-02-01T00:00:00Z").status_code == 404
    assert desk.get("/v1/customers/01890a5d-ac96-774b-bcce-b30209900000/health").status_code == 404


def test_a_merged_customer_answers_with_the_survivor_and_says_who_was_asked_for(desk: Served, lan: str) -> None:
    twin, survivor = customer(desk), lan.rpartition("/")[2]
    merged = desk.post(f"{twin}/merge", {"into": survivor, "reason": "the same person"})
    assert merged.status_code == 200, merged.text
    desk.follow()
    health = desk.get(f"{twin}/health").json()
    assert (health["customer"], health["asked"]) == (survivor, twin.rpartition("/")[2])
    listed = {row["customer"] for row in desk.get("/v1/health").json()["customers"]}
    assert survivor in listed
    assert twin.rpartition("/")[2] not in listed


def test_another_definition_judges_the_history_beside_the_published_one(desk: Served, lan: str) -> None:
    body = DEFAULT_HEALTH.model_dump(mode="json") | {
        "least_coverage": 20,
        "bands": [{"name": "poor", "below": 95}, {"name": "rich"}],
    }
    instants = ["2026-02-01T00:00:00Z", "2026-03-11T00:00:00Z"]
    first, second = desk.post(f"{lan}/health/what-if", {"definition": body, "instants": instants}).json()
    assert (first["published"], first["given"]) == (None, None)
    assert (second["published"]["band"], second["given"]["band"]) == ("green", "poor")
    assert second["given"]["definition_version"] is None
    body["measures"] = body["measures"][:1]
    assert desk.post(f"{lan}/health/what-if", {"definition": body, "instants": instants}).status_code == 422


def test_outcomes_have_every_band_of_both_definitions(desk: Served, lan: str) -> None:
    assert lan
    days = "first=2026-01-01&last=2026-12-31"
    rows = desk.get(f"/v1/health/outcomes?{days}").json()
    assert all(row["terms"] == 0 and row["share_lapsed"] is None for row in rows)
    body = {"definition": DEFAULT_HEALTH.model_dump(mode="json")}
    assert set(desk.post(f"/v1/health/what-if?{days}", body).json()) == {"published", "given"}


def test_customers_are_listed_by_band_and_by_segment(desk: Served, lan: str) -> None:
    customer(desk, tier="silver")
    publish(desk, "segment", "Gold", {"members": {"field": "tier", "value": "gold"}})
    desk.follow()
    at = "as_of=2026-03-11T00:00:00Z"
    (row,) = desk.get(f"/v1/health?band=green&{at}").json()["customers"]
    assert (row["customer"], row["tier"], row["score"]) == (lan.rpartition("/")[2], "gold", 90)
    assert desk.get("/v1/health?limit=1").json()["next"] is not None
    (segment,) = desk.get("/v1/segments").json()
    assert (segment["name"], segment["version"], segment["definition"]["tracked"]) == ("Gold", 1, False)
    members = desk.get("/v1/segments/Gold/customers").json()
    assert [member["customer"] for member in members["customers"]] == [lan.rpartition("/")[2]]
    assert members["definition_version"] == 1
    assert desk.get("/v1/segments/Silver/customers").status_code == 404
    assert desk.get("/v1/segments/Gold/customers?as_of=2025-01-01T00:00:00Z").status_code == 404
