"""The views are those of the stored list, which only grows, and follow the rules of names."""

import re

import psycopg
import pytest

from projections.reporting.registry import VIEWS
from tests.support.reporting_views import LIST, PAGE, SCHEMAS, Listed, listed, lost, page, stored, written

COLUMNS = [row for row in stored() if row.column]
PERSONAL = {
    "name", "customer_name", "external_reference", "handle", "address_key", "subject", "comment", "quote", "owner",
}  # fmt: skip


def test_the_views_in_the_database_are_those_of_the_stored_list(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert listed(connection) == stored(), "run `python -m tests.support.reporting_views`"


def test_the_list_and_the_page_are_written_by_the_command() -> None:
    assert LIST.read_text(encoding="utf-8") == written(stored())
    assert PAGE.read_text(encoding="utf-8") == page(stored())


def test_every_declared_view_is_in_the_list_with_its_columns_and_comments() -> None:
    declared = {
        ("reporting_personal" if view.personal else "reporting", view.name): (view.comment, dict(view.columns))
        for view in VIEWS
    }
    views: dict[tuple[str, ...], tuple[str, dict[str, str]]] = {
        row[:2]: (row.comment, {}) for row in stored() if not row.column
    }
    for row in COLUMNS:
        views[row[:2]][1][row.column] = row.comment
    assert declared == views


@pytest.mark.parametrize("row", [row for row in stored() if not row.column], ids=lambda row: f"{row.schema}.{row.view}")
def test_a_view_says_its_grain_in_one_sentence_that_begins_with_one_row(row: Listed) -> None:
    assert row.comment.startswith("One row")
    assert row.comment.endswith(".")


def test_names_are_snake_case_and_every_column_has_a_sentence_and_a_plain_type() -> None:
    assert [row for row in stored() if not re.fullmatch(r"[a-z][a-z0-9_]*", row.view + row.column)] == []
    assert [row for row in COLUMNS if not row.comment.endswith(".")] == []
    assert {row.type for row in COLUMNS} <= {
        "uuid", "text", "integer", "bigint", "boolean", "date", "timestamp with time zone", "double precision",
    }  # fmt: skip


def test_an_instant_ends_with_at_and_has_its_local_date_beside_it() -> None:
    names = {(row.schema, row.view, row.column) for row in COLUMNS}
    instants = [row for row in COLUMNS if row.type == "timestamp with time zone" and row.view != "as_of"]
    assert instants
    for row in instants:
        assert row.column.endswith("_at")
        assert (row.schema, row.view, row.column.removesuffix("at") + "local_date") in names


def test_names_addresses_and_free_texts_stand_in_the_personal_schema_alone() -> None:
    assert {row.column for row in COLUMNS if row.schema == "reporting"}.isdisjoint(PERSONAL)
    assert {row.column for row in COLUMNS if row.schema == "reporting_personal"} >= PERSONAL
    numbers = {row[:2] for row in COLUMNS if row.column == "number" and row.type == "text"}
    assert numbers == {("reporting_personal", "contract")}


def test_a_column_that_is_gone_or_has_another_type_is_lost_and_one_more_is_not() -> None:
    before = stored()
    assert lost(before, [*before, Listed("reporting", "ticket", "more", "text", "More.")]) == []
    number = next(index for index, row in enumerate(before) if row.column == "ticket_id")
    row = before[number]
    assert lost(before, before[:number] + before[number + 1 :]) == [f"{row.schema}.{row.view}.ticket_id"]
    assert lost(before, [*before[:number], row._replace(type="text"), *before[number + 1 :]]) != []
    assert lost(before, [row for row in before if row.view != "ticket"]) != []


def test_the_schemas_of_two_tenants_never_have_one_name() -> None:
    assert SCHEMAS["reporting_personal"] == "reporting_personal_of_default"
    assert SCHEMAS["reporting"] == "reporting_of_default"
