"""Health and segments on the command line."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from domain.customer.facts.commands import AnswerNps
from domain.ids import new_id
from tests.support.command_line import Run
from tests.support.told import Told, march, told

LENIENT = """kind = "health"
[body]
least_coverage = 20
bands = [{ name = "poor", below = 95 }, { name = "rich" }]
measures = [
    { measure = "satisfaction", weight = 60, thresholds = [{ value = 0, points = 0 }, { value = 100, points = 100 }] },
    { measure = "usage", weight = 40, thresholds = [{ value = 0, points = 0 }] },
]
"""
AT = ("--as-of", "2026-03-11T00:00:00")


@pytest.fixture
def lan(database_url: str, tmp_path: Path) -> Iterator[UUID]:
    """A gold customer with one answer, and a file with another definition of health."""
    (tmp_path / "lenient.toml").write_text(LENIENT, encoding="utf-8")
    with told(database_url) as desk:
        customer = desk.customer("gold")
        _answer(desk, customer)
        desk.follow()
        yield customer


def _answer(desk: Told, customer: UUID) -> None:
    desk.send(customer, AnswerNps(score=9, occurred_at=march(10)))


def test_the_health_of_a_customer_is_explained_by_what_is_in_effect_or_by_a_file(run: Run, lan: UUID) -> None:
    assert run("customer", "health", str(lan), *AT, "--language", "en").out.startswith("Health unknown as of")
    tried = run("customer", "health", str(lan), *AT, "--definition", "lenient.toml", "--language", "en")
    assert "Health 90 (poor)" in tried.out
    assert "by a definition that is not published." in tried.out
    assert "Sức khỏe" in run("customer", "health", str(lan), *AT).out
    assert run("customer", "health", str(lan), *AT, "--json").json["coverage"] == 20
    assert run("customer", "health", str(new_id())).code == 2
    assert run("customer", "health", str(lan), "--definition", "settings").code == 2


def test_customers_are_listed_by_band_and_terms_by_outcome(run: Run, lan: UUID) -> None:
    rows = run("health", "list", *AT, "--definition", "lenient.toml", "--band", "poor", "--json").json
    assert [row["customer"] for row in rows] == [str(lan)]
    assert "không có" in run("health", "list", *AT, "--band", "red").out
    outcomes = run("health", "outcomes", "--from", "2026-01-01", "--to", "2026-12-31")
    assert outcomes.code == 0
    assert "hãy đổi chỗ" in run("health", "outcomes", "--from", "2026-12-31", "--to", "2026-01-01").err


def test_a_segment_is_published_and_its_customers_are_listed(
    run: Run, lan: UUID, tmp_path: Path, database_url: str
) -> None:
    described = '[body.description]\nvi = "Hạng vàng"\nen = "All of gold"\n'
    text = f'kind = "segment"\nname = "Gold"\n[body.members]\nfield = "tier"\nvalue = "gold"\n{described}'
    (tmp_path / "gold.toml").write_text(text, encoding="utf-8")
    words = ("--effective-from", "2026-01-01", "--reason", "tried")
    assert run("definition", "publish", "gold.toml", *words).code == 0
    with told(database_url) as desk:
        desk.follow()
    assert [row["name"] for row in run("segment", "list", "--json").json] == ["Gold"]
    for line in ("segment list", "definition show segment Gold"):
        answers = [run(*line.split(), "--language", language).out for language in ("vi", "en")]
        assert ["Hạng vàng" in answer for answer in answers] == [True, False]
    assert [row["customer"] for row in run("segment", "show", "Gold", "--json").json] == [str(lan)]
    assert "Theo phiên bản 1" in run("segment", "show", "Gold").err
    assert "By version 1" in run("segment", "show", "Gold", "--language", "en").err
    assert run("segment", "show", "Silver").code == 2
