"""Whether a tenant's server, log and projections are as they must be."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import psycopg
from psycopg import Connection

from api.embedded_postgres.programs import OLDEST
from api.workers.projection_lag import projection_lags
from domain.event_log import reader
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_log.soundness import RESTORE, SHORTENED, ends_of, judge
from domain.event_log.sql_files import sql_file
from domain.zones import TZDATA
from projections.engine.rebuild import compare
from projections.engine.table_writer import ProjectionOutdated, position_of
from projections.registry import PROJECTIONS

_SQL = sql_file("api", "health_checks.sql")
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
    with connect(dsn, ADMINISTRATION) as connection:
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
    def ask(name: str) -> tuple[int, ...]:
        return connection.execute(_SQL[name].of(tenant)).fetchone() or ()

    count, first, last = ask("positions")
    missing = last - first + 1 - count
    seen = f"{count} events at positions {first} to {last}, {missing or 'none'} missing"
    yield HealthCheck("positions", (first, last) == (1, count), seen + _what_to_do((first, last) != (1, count)))
    ends = ends_of(connection, tenant)
    damage = judge(ends)
    if damage is not None and damage.kind.startswith("head"):
        yield HealthCheck("head", sound=False, seen=damage.sentence)
    else:
        yield HealthCheck("head", sound=True, seen=f"the head says {ends.head}, the last event is at {last}")
    (answered,) = ask("answered")
    if (furthest := max(answered, ends.furthest or 0)) > last:
        known = f"the log ends at {last}, but commands or projections know of position {furthest}: it was shortened."
        yield HealthCheck("end", sound=False, seen=f"{known} {SHORTENED}")
    else:
        yield HealthCheck("end", sound=True, seen=f"nobody knows of an event beyond position {last}")
    (ahead,) = ask("snapshots ahead")
    repair = " of their streams: the log was shortened; delete them, they are made again" if ahead else ""
    yield HealthCheck("snapshots", ahead == 0, f"{ahead} are ahead{repair}")
    (broken,) = ask("broken streams")
    yield HealthCheck("versions", broken == 0, f"{broken} streams whose versions are not 1 to n" + _what_to_do(broken))
    (backwards,) = ask("falling times")
    falls = backwards or ends.falls
    seen = f"{backwards} events recorded before the one before them"
    if ends.falls and not backwards:
        seen = "the head's time lies before that of the newest event, or has no end"
    yield HealthCheck("recording times", not falls, seen + _what_to_do(falls))
    (ahead,) = ask("head ahead of the clock")
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
