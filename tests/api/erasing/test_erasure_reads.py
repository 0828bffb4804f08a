"""An erasure reads what concerns the person: no statement of it reads a table or an index from end to end."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file

STATEMENTS = sql_file("api.erasing", "erasing.sql")
BOUNDED = {"newest encrypted": "it reads the newest events, as many as it is told"}
"""The statements that need no condition of an index."""
GIVEN: dict[str, Any] = {
    **{each: [UUID(int=1), UUID(int=2)] for each in ("customers", "streams", "erasures", "members")},
    **dict.fromkeys(("after", "last", "limit"), 1),
}
PARTIAL = "select exists (select from pg_index where indexrelid = %s::regclass and indpred is not null)"


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection whose plans read a whole table only where no index serves."""
    with psycopg.connect(database_url, autocommit=True) as opened:
        opened.execute("set enable_seqscan = off")
        yield opened


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes of a plan that read a table or an index; of a bitmap, those that make it."""
    if plan["Node Type"].endswith("Scan") and plan["Node Type"] != "Bitmap Heap Scan":
        yield plan
    for child in plan.get("Plans", ()):
        yield from scans(child)


def from_end_to_end(connection: psycopg.Connection, statement: sql.Composable) -> list[str]:
    """The tables and indexes that a statement reads without a condition; a partial index is short."""
    explained = connection.execute(sql.SQL("explain (format json) ") + statement, GIVEN).fetchone()
    assert explained is not None
    schema = schema_of("default")
    return [
        node.get("Index Name") or node.get("Relation Name", "")
        for node in scans(explained[0][0]["Plan"])
        if node["Node Type"] not in {"Function Scan", "CTE Scan", "Subquery Scan", "Result"}
        and "Index Cond" not in node
        and not (
            "Index Name" in node
            and connection.execute(PARTIAL, [f"{schema}.{node['Index Name']}"]).fetchone() == (True,)
        )
    ]


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - BOUNDED.keys()))
def test_a_statement_of_an_erasure_reads_by_an_index(connection: psycopg.Connection, name: str) -> None:
    statement = STATEMENTS[name].composed(schema_of("default"), columns=sql.SQL("position"))
    assert from_end_to_end(connection, statement) == []


def test_a_statement_that_no_index_serves_is_seen(connection: psycopg.Connection) -> None:
    """The control."""
    for by, seen in (("template = 'x'", "notifications"), ("true order by position", "notifications_position_idx")):
        statement = sql.SQL(f"select position from tenant_default.notifications where {by}")
        assert from_end_to_end(connection, statement) == [seen]
