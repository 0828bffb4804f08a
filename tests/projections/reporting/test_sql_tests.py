"""The SQL tests of the example hold on the recorded history, and each of them finds what breaks its rule."""

import re
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import psycopg
import pytest

from domain.event_log.sql_files import statements
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from tests.support.filled import add
from tests.support.golden import stored_history

EXAMPLES = Path(__file__).parents[3] / "docs/examples/reporting"
DBT = EXAMPLES / "dbt/models"
TESTS = statements((EXAMPLES / "tests.sql").read_text(encoding="utf-8"))
_LISTED = """
    select from information_schema.columns
    where table_schema = 'reporting_of_default' and table_name = %s and column_name like %s
"""
DAMAGE = {
    "states of tickets are known": "update tenant_default.tickets set state = 'forgotten'",
    "states of notifications are known": "update tenant_default.notifications set state = 'lost'",
    "outcomes are known": "update tenant_default.tickets set outcome = 'gone' where not open",
    "targets and verdicts are known": "update tenant_default.sla_clocks set verdict = 'kept' where verdict = 'met'",
    "directions are known": "update tenant_default.ticket_messages set direction = 'up'",
    "scores are between their bounds": "update tenant_default.ticket_resolutions set score = 6",
    "answers of the net promoter score are between their bounds": "update tenant_default.nps_answers set score = 11",
    "answers to offers and states of purchases are known": "update tenant_default.offers set answer = 'perhaps'",
    "terms became what is known": "update tenant_default.contract_terms set ended_as = 'eaten'",
    "polarities are known": "update tenant_default.feedback set polarity = 'mixed'",
    "a time ends after it began": "update tenant_default.customer_tiers set until = since",
    "target instances belong to tickets": "delete from tenant_default.tickets",
    "purchases belong to customers": "delete from tenant_default.customers",
    "survivors are customers that are not merged": "update tenant_default.customers set merged_into = customer",
    "there is one row as of": "delete from tenant_default.projection_positions",
}
"""What breaks a rule. The keys of the tables rule out that a row stands there twice."""


@pytest.fixture(scope="module")
def connection(shared_database_url: str) -> Iterator[psycopg.Connection]:
    """The tables with the recorded history."""
    events = sorted(stored_history(), key=attrgetter("stream", "version"))
    histories = [list(history) for _, history in groupby(events, key=attrgetter("stream"))]
    options = "-c search_path=reporting_of_default"
    with psycopg.connect(shared_database_url, autocommit=True, options=options) as made:
        for history in histories:
            add(made, [p for p in PROJECTIONS if p.reads(history[0].kind)], history)
        yield made


@pytest.mark.parametrize("name", TESTS)
def test_every_rule_holds_on_the_recorded_history(connection: psycopg.Connection, name: str) -> None:
    assert connection.execute(TESTS[name].filled()).fetchall() == []


@pytest.mark.parametrize("name", DAMAGE)
def test_what_breaks_a_rule_is_found(connection: psycopg.Connection, name: str) -> None:
    with connection.transaction(force_rollback=True):
        assert connection.execute(DAMAGE[name]).rowcount > 0
        assert connection.execute(TESTS[name].filled()).fetchall() != []


@pytest.mark.parametrize("name", [name for name in TESTS if name.endswith("are unique")])
def test_a_rule_of_uniqueness_finds_a_row_that_stands_there_twice(connection: psycopg.Connection, name: str) -> None:
    statement = TESTS[name].text
    view = statement.partition(" from ")[2].split()[0]
    rows = f"select * from reporting_of_default.{view}"
    twice = f"with {view} as ({rows} union all {rows}) {statement}"
    assert connection.execute(twice).fetchall() != []


def test_the_model_of_the_dbt_project_gives_a_row_for_each_month_and_team(connection: psycopg.Connection) -> None:
    """dbt puts the schema of a source before the name of its table."""
    model = (DBT / "service_by_month.sql").read_text(encoding="utf-8")
    statement = re.sub(r"\{\{ source\('desk', '(\w+)'\) \}\}", r"reporting_of_default.\1", model)
    rows = connection.execute(statement.encode()).fetchall()
    assert len(rows) == len({row[:2] for row in rows}) > 0
    verdicts = "select count(*) from sla_instance where target = 'resolution' and verdict is not null and is_final"
    ratings = "select count(*) from ticket_resolution where score is not null"
    for column, counted in ((3, verdicts), (5, ratings)):
        assert connection.execute(counted).fetchone() == (sum(row[column] for row in rows),)


def test_the_dbt_project_names_views_and_columns_that_there_are(connection: psycopg.Connection) -> None:
    sources, models = (DBT / "models.yml").read_text(encoding="utf-8").split("\nmodels:\n")
    assert "service_by_month" in models
    written = re.findall(r"^      (?:- name: (\w+)|    - name: (\w+))$", sources, re.MULTILINE)
    view = ""
    for table, column in written:
        view = table or view
        assert connection.execute(_LISTED, [view, column or "%"]).rowcount > 0, (view, column)
    assert len(written) > 4


def test_every_rule_has_been_seen_to_fail() -> None:
    assert {*DAMAGE, *(name for name in TESTS if name.endswith("are unique"))} == set(TESTS)


def test_the_recorded_history_fills_every_view_but_those_of_segments(connection: psycopg.Connection) -> None:
    empty = set()
    for view in VIEWS:
        schema = "reporting_personal_of_default" if view.personal else "reporting_of_default"
        if not connection.execute(f"select 1 from {schema}.{view.name} limit 1").fetchall():
            empty.add(view.name)
    assert empty <= {"segment_member"}
