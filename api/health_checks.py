"""Whether a tenant's server, log and projections are as they must be."""

from collections.abc import Callable, Iterator
from typing import LiteralString, NamedTuple

import psycopg
from psycopg import Connection, sql

from api.embedded_postgres.programs import OLDEST
from api.workers.projection_lag import projection_lags
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.soundness import RESTORE, SHORTENED, ends_of, judge
from domain.zones import TZDATA
from projections.engine.checkpoints import ProjectionOutdated, position_of
from projections.engine.rebuild import compare
from projections.registry import PROJECTIONS

MUCH_BEHIND = 50_000
"""Events; a follower that runs is never this far behind for long."""

MUCH_AHEAD = 60
"""Seconds; a clock that is put right a little at a time is never this far back."""


class HealthCheck(NamedTuple):
    """One check: ``sound``, and what was seen."""

    check: str
    sound: bool
    seen: str


def examine(dsn: str, tenant: str, tell: Callable[[int, int], None], *, compared: bool) -> list[HealthCheck]:
    """Every finding. ``compared`` folds the log anew; told how many events are folded, of how many."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with connection.transaction():
            head = reader.head(connection, tenant)
            findings = [
                _server(connection),
                _zones(),
                *_log(connection, tenant),
                *_projections(connection, tenant),
            ]
    if compared:
        findings += _comparisons(dsn, tenant, head, tell)
    return findings


def _server(connection: Connection) -> HealthCheck:
    version = connection.info.server_version // 10_000
    return HealthCheck("server", version >= OLDEST, f"PostgreSQL {version}, {OLDEST} or newer is needed")


def _zones() -> HealthCheck:
    return HealthCheck("time zones", sound=True, seen=f"{TZDATA}, never the files of this computer")


def _log(connection: Connection, tenant: str) -> Iterator[HealthCheck]:
    def ask(statement: LiteralString) -> tuple[int, ...]:
        row = connection.execute(sql.SQL(statement).format(log=sql.Identifier(schema_of(tenant)))).fetchone()
        return row or ()

    count, first, last = ask(
        "select count(*), coalesce(min(position), 1), coalesce(max(position), 0) from {log}.events"
    )
    missing = last - first + 1 - count
    seen = f"{count} events at positions {first} to {last}, {missing or 'none'} missing"
    yield HealthCheck("positions", (first, last) == (1, count), seen + _what_to_do((first, last) != (1, count)))
    ends = ends_of(connection, tenant)
    damage = judge(ends)
    if damage is not None and damage.kind.startswith("head"):
        yield HealthCheck("head", sound=False, seen=damage.sentence)
    else:
        yield HealthCheck("head", sound=True, seen=f"the head says {ends.head}, the last event is at {last}")
    (answered,) = ask("select coalesce(max(position), 0) from {log}.commands")
    if (furthest := max(answered, ends.furthest or 0)) > last:
        known = f"the log ends at {last}, but commands or projections know of position {furthest}: it was shortened."
        yield HealthCheck("end", sound=False, seen=f"{known} {SHORTENED}")
    else:
        yield HealthCheck("end", sound=True, seen=f"nobody knows of an event beyond position {last}")
    (ahead,) = ask(
        "select count(*) from {log}.snapshots s where not exists"
        " (select from {log}.events e where e.stream = s.stream and e.version = s.version)"
    )
    repair = " of their streams: the log was shortened; delete them, they are made again" if ahead else ""
    yield HealthCheck("snapshots", ahead == 0, f"{ahead} are ahead{repair}")
    (broken,) = ask(
        "select count(*) from (select 1 from {log}.events group by stream"
        " having min(version) <> 1 or max(version) <> count(*)) broken"
    )
    yield HealthCheck("versions", broken == 0, f"{broken} streams whose versions are not 1 to n" + _what_to_do(broken))
    (backwards,) = ask(
        "select count(*) from (select recorded_at < lag(recorded_at) over (order by position) as back"
        " from {log}.events) told where back"
    )
    falls = backwards or ends.falls
    seen = f"{backwards} events recorded before the one before them"
    if ends.falls and not backwards:
        seen = "the head's time lies before that of the newest event, or has no end"
    yield HealthCheck("recording times", not falls, seen + _what_to_do(falls))
    (ahead,) = ask(
        "select coalesce(max(extract(epoch from h.recorded_at - clock_timestamp())), 0)::bigint"
        " from {log}.log_head h where isfinite(h.recorded_at)"
    )
    late = ahead > MUCH_AHEAD
    seen = f"the head's time is {max(ahead, 0)} s ahead of the database's clock"
    repair = f": what is recorded until then is given that time. Set the clock right, or {RESTORE}" if late else ""
    yield HealthCheck("clock", not late, seen + repair)


def _what_to_do(wrong: object) -> str:
    return f": {RESTORE}" if wrong else ""


def _projections(connection: Connection, tenant: str) -> Iterator[HealthCheck]:
    found = {standing.projection: standing for standing in projection_lags(connection, tenant)}
    last = ends_of(connection, tenant).last or 0
    for projection in PROJECTIONS:
        check = f"projection {projection.name}"
        try:
            position_of(connection, tenant, [projection])
        except ProjectionOutdated as error:
            yield HealthCheck(check, sound=False, seen=str(error))
            continue
        standing = found[projection.name]
        if standing.position > last:
            seen = f"at position {standing.position}, {standing.position - last} events ahead of the log. {SHORTENED}"
            yield HealthCheck(check, sound=False, seen=seen)
        elif standing.stopped_at is not None:
            yield HealthCheck(check, sound=False, seen=f"stopped at event {standing.stopped_at}: {standing.error}")
        else:
            seen = f"at position {standing.position}, {standing.behind} events behind"
            yield HealthCheck(check, standing.behind < MUCH_BEHIND, seen)


def _comparisons(dsn: str, tenant: str, head: int, tell: Callable[[int, int], None]) -> Iterator[HealthCheck]:
    done = 0

    def count(events: int) -> None:
        nonlocal done
        done += events
        tell(done, head * len(PROJECTIONS))

    for comparison in compare(dsn, tenant, PROJECTIONS, count):
        seen = f"{comparison.only_live} rows differ from the log, {comparison.only_rebuilt} of the log's are not there"
        yield HealthCheck(f"table {comparison.table}", comparison.same, seen)
