"""A page of the history reads no more rows than it looks at."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from projections.audit import queries
from projections.audit.kinds import GROUPS, topics_of
from projections.audit.queries import HistoryFilter, Source, history_of, positions_from
from projections.audit.text_search import pattern_of
from projections.audit_history.table import AUDIT_HISTORY
from tests.support.filled import SCHEMA, filled

ROWS = 60_000
FILL = f"""
    insert into {SCHEMA}.audit_history
    select md5((n / 6)::text)::uuid, n, n % 6 + 1, 'ticket',
        case when n % 6 = 0 then 'ticket.received' else 'ticket.note_added' end,
        md5((n / 60)::text)::uuid, md5((n / 6)::text)::uuid,
        '2026-01-01Z'::timestamptz + n * interval '1 minute', '2026-01-01Z'::timestamptz + n * interval '1 minute',
        false, 'actor ' || n % 7, 'agent', case when n % 50 = 0 then 'linh' end, 'email', null, null, 'c' || n, null,
        null, null, null, '[]', '{{"body": "text"}}'
    from generate_series(1, {ROWS}) n
"""

STREAM, CUSTOMER_OF_MANY = (
    UUID(hex=md5(str(number).encode(), usedforsecurity=False).hexdigest()) for number in (5, 50)
)


@pytest.fixture(scope="module")
def many(shared_database_url: str) -> Iterator[psycopg.Connection]:
    with filled(shared_database_url, [AUDIT_HISTORY]) as connection:
        connection.execute(FILL)
        connection.execute(f"vacuum analyze {SCHEMA}.audit_history")
        yield connection


def scans(plan: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Each scan of the audit history in a plan that was executed, with the rows that it read."""
    if plan.get("Relation Name") == "audit_history":
        read = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        yield plan["Node Type"], round(read * plan["Actual Loops"])
    for inner in plan.get("Plans", []):
        yield from scans(inner)


PLANNED: dict[Source, dict[str, Any]] = {
    "of tickets": {"tickets": [STREAM]},
    "of customers": {"customers": [CUSTOMER_OF_MANY], "given": [STREAM]},
    "of an actor": {"actor": "linh"},
    "of administration": {},
    "of the log": {},
}


@pytest.mark.parametrize("source", PLANNED)
@pytest.mark.parametrize("after", [0, ROWS // 2])
def test_a_source_reads_no_more_of_an_index_than_it_looks_at(
    many: psycopg.Connection, source: Source, after: int
) -> None:
    parameters = {"after": after, "up_to": 2**62, "looked": 101, **PLANNED[source]}
    statement = sql.SQL("explain (analyze, format json) {}").format(positions_from(source, SCHEMA))
    ((((plan,),),),) = [many.execute(statement, parameters).fetchall()]
    read = list(scans(plan["Plan"]))
    assert read
    assert {node for node, _ in read} <= {"Index Scan", "Index Only Scan"}
    assert sum(rows for _, rows in read) <= 2 * 101


@pytest.mark.parametrize("kind", [*GROUPS, "report", "erasure"])
def test_a_history_of_administration_reads_the_index_of_administration(many: psycopg.Connection, kind: str) -> None:
    for wanted, source in ((topics_of(kind), "of administration"), (topics_of(kind) | {"task.opened"}, "of the log")):
        assert queries._question(many, SCHEMA, HistoryFilter(topics=wanted), None, None).source == source


def test_a_page_reads_the_rows_at_its_positions_alone(many: psycopg.Connection) -> None:
    wanted = dict.fromkeys(
        ("customers", "given", "taken", "topics", "channels", "occurred_from", "occurred_before", "known_at", "as_of")
    )
    parameters = wanted | {
        "actor": "linh",
        "pattern": pattern_of("text"),
        "positions": list(range(1, 1_001)),
        "limit": 101,
    }
    statement = sql.SQL("explain (analyze, format json) {}").format(queries._SQL["page"].filled(schema=SCHEMA))
    ((((plan,),),),) = [many.execute(statement, parameters).fetchall()]
    read = list(scans(plan["Plan"]))
    assert {node for node, _ in read} <= {"Index Scan"}
    assert sum(rows for _, rows in read) <= 1_000


def test_a_period_of_recording_begins_at_its_first_position(many: psycopg.Connection) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=ROWS - 4)
    page = history_of(many, SCHEMA, HistoryFilter(begin=begin, axis="recorded"), limit=2)
    assert page.next_after is not None
    assert len(page.entries) == 2


def test_a_page_that_finds_nothing_stops_and_says_where_it_goes_on(
    many: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_LOOKED_AT", 500)
    page = history_of(many, SCHEMA, HistoryFilter(text="not there"), limit=10)
    assert (page.entries, page.next_after) == ([], 500)
