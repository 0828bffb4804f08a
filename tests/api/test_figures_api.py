"""Figures over HTTP: their list, an answer, and the facts behind a part."""

from typing import Any

import pytest

from api.http import read_session
from projections.figures.registry import FIGURES
from tests.support.serving import Served

DAYS = {"first": "2026-03-01", "last": "2026-03-31"}


@pytest.fixture
def rated(desk: Served) -> Served:
    for score, at in ((5, "2026-03-02T09:00:00Z"), (2, "2026-03-03T09:00:00Z"), (4, "2026-03-03T18:30:00Z")):
        ticket = desk.receive(occurred_at="2026-03-01T08:00:00Z", priority="P1" if score == 5 else "P2")
        desk.post(f"{ticket}/resolve", {"resolution": "done", "occurred_at": "2026-03-01T10:00:00Z"})
        desk.post(f"{ticket}/rate-satisfaction", {"score": score, "occurred_at": at})
    desk.follow()
    return desk


def asked(desk: Served, name: str, **parameters: Any) -> Any:
    answer = desk.get(f"/v1/figures/{name}", params=DAYS | parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_figure_is_listed_with_what_it_counts(desk: Served) -> None:
    listed = desk.get("/v1/figures").json()
    assert [figure["name"] for figure in listed] == list(FIGURES)
    assert all(figure["title"]["vi"] and figure["formula"] and figure["source"] for figure in listed)


def test_a_figure_is_cut_at_the_days_of_the_tenant_unless_another_zone_is_asked_for(rated: Served) -> None:
    answer = asked(rated, "csat", every="day")
    assert (answer["zone"], answer["start"]) == ("Asia/Ho_Chi_Minh", "2026-02-28T17:00:00Z")
    days = {row["period"]: (row["numerator"], row["denominator"], row["value"]) for row in answer["rows"]}
    assert days["2026-03-02"] == (1, 1, 1.0)
    assert days["2026-03-03"] == (0, 1, 0.0)
    assert days["2026-03-04"] == (1, 1, 1.0)
    assert days["2026-03-05"] == (0, 0, None)
    in_utc = asked(rated, "csat", every="day", zone="UTC")
    assert {row["period"]: row["denominator"] for row in in_utc["rows"]}["2026-03-03"] == 2


def test_a_figure_is_grouped_and_narrowed_down_by_its_dimensions(rated: Served) -> None:
    groups = {row["of"]["priority"]: row["value"] for row in asked(rated, "csat", by="priority")["rows"]}
    assert groups == {"P1": 1.0, "P2": 0.5}
    (row,) = asked(rated, "csat", where="priority:P1")["rows"]
    assert (row["numerator"], row["denominator"]) == (1, 1)


def test_the_facts_behind_a_part_lead_to_its_tickets(rated: Served) -> None:
    answer = asked(rated, "csat")
    facts: list[Any] = []
    cursor: str | None = None
    while True:
        following = {} if cursor is None else {"cursor": cursor}
        page = rated.get(answer["facts"], params=DAYS | following | {"part": "satisfied", "limit": 1}).json()
        facts += page["facts"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(facts) == answer["rows"][0]["parts"]["satisfied"] == 2
    assert page["subject"] == "ticket"
    assert [rated.get(f"/v1/tickets/{fact['subject']}").json()["last_score"] for fact in facts] == [5, 4]


def test_a_figure_as_it_was_known_before_and_as_it_stood_before(rated: Served) -> None:
    before = asked(rated, "csat", as_of="2026-03-02T10:00:00Z")
    assert [(row["numerator"], row["denominator"]) for row in before["rows"]] == [(1, 1)]
    unknown = asked(rated, "csat", known_at="2026-03-02T10:00:00Z")
    assert [(row["numerator"], row["denominator"]) for row in unknown["rows"]] == [(0, 0)]
    assert unknown["position"] == 0 < before["position"]


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("csat", "by=colour", "the figure csat has no dimension 'colour'"),
        ("csat", "where=priority", "write it as dimension:value"),
        ("csat/facts", "part=colour", "the figure csat has no part 'colour'"),
        ("csat", "every=day&first=2025-01-01&last=2026-02-05", "more than 400 periods"),
        ("csat", "first=2999-01-01&last=2999-01-02", "the period has not begun"),
        ("sla-late", "every=day", "is judged at one instant"),
    ],
)
def test_what_cannot_be_asked_of_a_figure_is_said(shared_desk: Served, name: str, query: str, sentence: str) -> None:
    answer = shared_desk.get(f"/v1/figures/{name}?{query}")
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize("query", ["?by=colour", "/facts?part=colour", "?every=day&first=2024-01-01&last=2026-01-01"])
def test_what_cannot_be_asked_is_refused_before_the_log_is_folded(
    shared_desk: Served, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folded: list[object] = []
    monkeypatch.setattr(read_session, "as_it_was", lambda *_, **__: folded.append(_))
    answer = shared_desk.get(f"/v1/figures/csat{query}&as_of=2026-03-02T10:00:00Z")
    assert (answer.status_code, folded) == (422, [])


def test_a_figure_is_asked_of_as_many_periods_as_the_refusal_says(shared_desk: Served) -> None:
    answer = shared_desk.get("/v1/figures/csat", params={"every": "day", "first": "2025-01-01", "last": "2026-02-04"})
    assert len(answer.json()["rows"]) == 400


def test_a_figure_that_nobody_defined_is_not_found(shared_desk: Served) -> None:
    assert shared_desk.get("/v1/figures/happiness").status_code == 404


def test_a_parameter_that_cannot_be_read_is_named_once_in_own_words(desk: Served) -> None:
    day = desk.get("/v1/figures/csat", params={"as_of": "2026-03-01"})
    assert (day.status_code, day.json()["detail"].count("write a date and a time with an offset")) == (422, 1)
    assert [error["field"] for error in day.json()["errors"]] == ["query.as_of"]
    decade = desk.get("/v1/figures/csat", params={"every": "decade"}).json()
    assert decade["detail"] == "query.every: choose one of 'day', 'week', 'month', 'quarter' or 'year'"
