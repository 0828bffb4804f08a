"""A reading at another instant keeps live rows: it equals the fold of the whole log up to that instant, row by row.

The log ends with rules that were published later than everything else, and are in effect from before it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql

from domain.event_log import reader
from projections.audit_history.table import AUDIT_HISTORY
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.engine import replay
from projections.engine.follower import Follower
from projections.engine.past_histories import HistoriesThen
from projections.engine.rebuild import make_current
from projections.engine.replay import streams_where
from projections.engine.temporary_tables import TEMPORARY, fold_temporarily
from projections.point_in_time import readings as point_in_time
from projections.point_in_time.changed_streams import find_changed_streams
from projections.point_in_time.readings import as_it_was
from projections.registry import PROJECTIONS
from projections.tickets.table import TICKETS
from tests.support.examples import THOROUGH
from tests.support.golden import HISTORY
from tests.support.run_databases import RunDatabases

TENANT = "default"
BEGINNING = datetime(2026, 3, 1, 8, tzinfo=UTC)
STEP = 31 if THOROUGH else 124
"""The instant of one event in so many is compared."""


BEHIND = 40
"""Events that the live rows lack at first."""


def fill(dsn: str) -> None:
    """Records the fixed history of every topic, and follows it up to the last BEHIND events."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        rows = [json.loads(line) for line in HISTORY.read_text(encoding="utf-8").splitlines()]
        for number, row in enumerate(rows):  # each event has its own instant; every fifth is a late fact
            happened = BEGINNING + timedelta(minutes=number - 40 * (number % 5 == 0), seconds=number)
            row["state"]["occurred_at"] = happened.isoformat()
        rows += published_later(rows)
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into tenant_default.events (position, stream, version, topic, recorded_at, state)"
                " values (%(position)s, %(stream)s, %(version)s, %(topic)s, %(recorded_at)s, %(state)s)",
                [row | {"state": json.dumps(row["state"], ensure_ascii=False)} for row in rows],
            )
        last = rows[-1]
        connection.execute(
            "update tenant_default.log_head set position = %s, recorded_at = %s",
            [last["position"], last["recorded_at"]],
        )
    make_current(dsn, TENANT, PROJECTIONS)
    follow(dsn, last["position"] - BEHIND)


@pytest.fixture(scope="session")
def followed_template(run_databases: RunDatabases, template: str) -> str:
    return run_databases.made("changed_streams", fill, template)


@pytest.fixture
def log(database_url: str, followed_template: str) -> Iterator[Connection]:  # noqa: ARG001 -- the database is a copy of it
    """A connection to the log."""
    with psycopg.connect(
        database_url, autocommit=True, options=r"-c default_transaction_isolation=repeatable\ read"
    ) as reading:
        yield reading


def published_later(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One more version of each policy, calendar and definition of a history, in effect from before it."""
    newest = {row["stream"]: row for row in rows if row["topic"].endswith(".published")}
    return [_one_more_version(row, rows[-1]["position"] + number) for number, row in enumerate(newest.values(), 1)]


def _one_more_version(row: Mapping[str, Any], position: int) -> dict[str, Any]:
    payload = dict(row["state"]["payload"], version=row["version"] + 1, effective_from="2020-01-01T00:00:00Z")
    if row["topic"] == "policy.published":
        rules = [{name: _longer(value) for name, value in rule.items()} for rule in payload["policy"]["rules"]]
        payload["policy"] = payload["policy"] | {"rules": rules}
    if row["topic"] == "calendar.published":
        week = {day: ["10:00-11:00"] for day in payload["calendar"]["week"]}
        payload["calendar"] = payload["calendar"] | {"week": week}
    at = (BEGINNING + timedelta(days=1, minutes=position)).isoformat()
    state = row["state"] | {"event_id": f"later-{position}", "occurred_at": at, "payload": payload}
    return {
        **row,
        "position": position,
        "version": row["version"] + 1,
        "recorded_at": "2027-01-01T00:00:00Z",
        "state": state,
    }


def _longer(value: Any) -> Any:
    return value | {"duration": value["duration"] * 3} if isinstance(value, dict) else value


def follow(dsn: str, until: int) -> None:
    with closing(Follower(dsn, TENANT, PROJECTIONS, page=1)) as follower:
        follower.catch_up(until)


Rows = dict[str, list[str]]


def rows_in(connection: Connection, schema: str) -> Rows:
    return {
        table.name: sorted(
            text
            for (text,) in connection.execute(
                sql.SQL("select t::text from {} t").format(sql.Identifier(schema, table.name))
            )
        )
        for projection in PROJECTIONS
        for table in projection.tables
    }


def as_they_were(connection: Connection, known_at: datetime | None, as_of: datetime | None) -> Rows:
    with as_it_was(connection, TENANT, PROJECTIONS, known_at=known_at, as_of=as_of) as schema:
        return rows_in(connection, schema)


def folded_whole(connection: Connection, known_at: datetime | None, as_of: datetime | None) -> Rows:
    up_to = reader.head(connection, TENANT) if known_at is None else reader.position_at(connection, TENANT, known_at)
    with connection.transaction(force_rollback=True):
        fold_temporarily(connection, TENANT, PROJECTIONS, up_to, then=HistoriesThen(connection, TENANT, up_to, as_of))
        return rows_in(connection, TEMPORARY)


@pytest.mark.parametrize("behind", [0, BEHIND])
def test_live_rows_and_changed_streams_together_equal_the_fold_of_the_whole_log(
    database_url: str, log: Connection, behind: int
) -> None:
    head = reader.head(log, TENANT)
    follow(database_url, head - behind)
    events = reader.page(log, TENANT, 0, head)
    for number, event in enumerate(events[::STEP]):
        instants = [(event.recorded_at, None), (None, event.occurred_at), (event.recorded_at, event.occurred_at)]
        known_at, as_of = instants[number % len(instants)]
        assert as_they_were(log, known_at, as_of) == folded_whole(log, known_at, as_of), (known_at, as_of)


def test_only_streams_of_the_kinds_that_are_read_are_folded_again(
    database_url: str, log: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(database_url, reader.head(log, TENANT))
    instants = sorted(event.occurred_at for event in reader.page(log, TENANT, 0, 1_000))
    read: list[str] = []

    def noted(*arguments: Any) -> Iterator[Any]:
        for stream, history in streams_where(*arguments):
            read.append(history[0].kind)
            yield stream, history

    monkeypatch.setattr(replay, "streams_where", noted)
    early = instants[len(instants) // 2]
    kinds_read = []
    for projections in ([TICKETS], [CUSTOMER_GROUPS], [TICKETS, AUDIT_HISTORY]):
        read.clear()
        with as_it_was(log, TENANT, projections, as_of=early):
            kinds_read.append({*read})
    assert kinds_read[0] == {"ticket"}
    assert "customer" in kinds_read[1] <= {"customer", "segment"}
    assert {"ticket", "customer", "contract"} <= kinds_read[2], "the audit history is of every kind"


def test_a_stream_that_differs_and_is_not_folded_again_is_seen(
    database_url: str, log: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without the streams that have later events the rows are those of now."""
    follow(database_url, reader.head(log, TENANT))
    instants = sorted(event.occurred_at for event in reader.page(log, TENANT, 0, 1_000))
    early = instants[len(instants) // 4]
    find = find_changed_streams

    def forgetting(*arguments: object) -> None:
        find(*arguments)  # type: ignore[arg-type]
        log.execute("delete from pg_temp.changed_streams")

    monkeypatch.setattr(point_in_time, "find_changed_streams", forgetting)
    assert as_they_were(log, None, early) != folded_whole(log, None, early)
