"""The health checks of `doctor`: the server, the time zones, the log, the projections, the views and the channels."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import Connection

from api.api_key_checks import changed_api_keys
from api.channels.configuration import EVERY, ConfiguredChannels, configured_channels
from api.embedded_postgres.programs import OLDEST
from api.erasing.certified_keys import NEWEST, problems_of_keys
from api.erasing.tenant_keys import NotEncrypted, key_store_of
from api.key_store.setup import put_aside_stores, state_of_encryption
from api.sealing.tree_checks import fault_of_published, fault_of_signed, fault_of_tree
from api.sealing.tree_store import SEALED_LOGS, Window, has_log, window_of
from api.workers.projection_lag import ProjectionLag, projection_lags
from domain.event_log import reader
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_log.roles import AUDITOR, DESK, FOLLOWER, READER, SEALER
from domain.event_log.soundness import RESTORE, SHORTENED, Ends, ends_of, judge
from domain.event_log.sql_files import sql_file
from domain.personal_data.data_keys import KeysUnavailable, store_of
from domain.sealing.leaf import SealedLog
from domain.zones import TZDATA
from projections.engine.checkpoints import ProjectionOutdated, position_of
from projections.engine.rebuild import compare
from projections.engine.view_writer import views_are_current
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

_SQL = sql_file("api", "health_checks.sql")
_PURPOSES = {
    DESK: "recording commands needs",
    FOLLOWER: "writing projections needs",
    READER: "reading needs",
    AUDITOR: "auditing needs, which is reading",
    SEALER: "sealing needs",
}
MUCH_BEHIND = 50_000
"""Events. A running follower is never this far behind for long."""
MUCH_AHEAD = 60
"""Seconds. A clock that is corrected in small steps is never this far back."""


class HealthCheck(NamedTuple):
    """The result of one check, and what was seen."""

    check: str
    sound: bool
    seen: str


Report = Callable[[str, int, int], None]
"""Takes what is done, how many rows of it are done, and of how many."""


def examine(
    dsn: str, tenant: str, report: Report, *, compared: bool, proven: bool = False, sealing_key: Path | None = None
) -> list[HealthCheck]:
    """The results of all checks, in one snapshot of the database.

    ``compared`` folds the log again and compares the tables, and the answers to commands with the events. ``proven``
    hashes the logs again and compares their trees. Beside ``sealing_key`` stands what was signed last.
    """
    with connect(dsn, ADMINISTRATION) as connection:
        logs = [log for log in SEALED_LOGS if has_log(connection, tenant, log)]
        # Before the snapshot: the sealer goes on signing.
        faults = {
            log: fault_of_signed(connection, tenant, log, sealing_key) or _fault_of_published(connection, tenant, log)
            for log in logs
        }
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with connection.transaction():
            head, ends = reader.head(connection, tenant), ends_of(connection, tenant)
            windows = {log: window_of(connection, tenant, log) for log in logs}
            checks = [
                _server(connection),
                _server_log(*connection.execute(_SQL["logged words"].filled()).fetchone() or ()),
                _zones(),
                _rights(*connection.execute(_SQL["rights"].of(tenant)).fetchone() or ()),
                *_log(connection, tenant, ends),
                _access_journal(connection, tenant),
                _api_keys(connection, tenant),
                _personal_data(connection, tenant),
                *_data_keys(connection, tenant),
                *_projections(connection, tenant, ends),
                _views(connection, tenant),
                *_channels(),
                *(_sealing(log, windows[log], faults[log]) for log in logs),
            ]
            if compared:
                checks.append(_answers(*connection.execute(_SQL["false answers"].of(tenant)).fetchone() or ()))
    if proven:
        for log in logs:
            fault = fault_of_tree(dsn, tenant, log, partial(report, f"proving {log}"))
            seen = "every sealed row is as it was sealed, and the newest checkpoint is that of its tree"
            seen = seen if windows[log].size else "no row is sealed yet"
            checks.append(HealthCheck(f"proofs {log}", fault is None, fault or seen))
    if compared:
        checks += _comparisons(dsn, tenant, head, partial(report, "comparing"))
    return checks


def _server(connection: Connection) -> HealthCheck:
    version = connection.info.server_version // 10_000
    sound = version >= OLDEST
    repair = "" if sound else ": upgrade the server"
    return HealthCheck("server", sound, f"PostgreSQL {version}, {OLDEST} or newer is needed{repair}")


def _server_log(has_words: bool) -> HealthCheck:
    seen = "it gets no parameters of statements"
    if has_words:
        seen = (
            "it gets parameters of statements, and so the words and addresses that people look up: set"
            " log_parameter_max_length and log_parameter_max_length_on_error = 0, auto_explain.log_min_duration = -1"
            " (docs/operate.md)"
        )
    return HealthCheck("server log", not has_words, seen)


def _answers(false: int) -> HealthCheck:
    repair = f": a repeated request gets a false answer; {RESTORE}" if false else ""
    return HealthCheck("answers", not false, f"{false} answers to commands differ from the events{repair}")


def _zones() -> HealthCheck:
    return HealthCheck("time zones", sound=True, seen=f"{TZDATA}, never the files of this computer")


def _rights(login: str, role: str, login_is_super: bool, role_is_super: bool, owns: bool) -> HealthCheck:
    """With which rights this command runs. None of them is unsound; the proofs find what the rights cannot stop."""
    limit = "the proofs find that out, and nothing prevents it"
    if role_is_super:
        seen = f"superuser {role}: it can alter or remove any row; {limit}"
    elif owns:
        seen = f"owner {role}: it can alter or remove any row of the tenant; {limit}"
    else:
        seen = f"{role}: it may do what {_PURPOSES.get(role, 'was granted to it')}, and cannot alter the log"
    if login_is_super and not role_is_super:
        seen += f". It is logged in as the superuser {login}, who can: {limit}"
    return HealthCheck("rights", sound=True, seen=seen)


def _log(connection: Connection, tenant: str, ends: Ends) -> list[HealthCheck]:
    def ask(name: str) -> tuple[int, ...]:
        return connection.execute(_SQL[name].of(tenant)).fetchone() or ()

    count, first, last = ask("positions")
    return [
        _positions(count, first, last),
        _head(ends, last),
        _end(max(*ask("answered"), ends.furthest or 0), last),
        _snapshots(*ask("snapshots ahead")),
        _versions(*ask("broken streams")),
        _recording_times(*ask("falling times"), head_falls=bool(ends.falls)),
        _clock(*ask("head ahead of the clock")),
    ]


def _personal_data(connection: Connection, tenant: str) -> HealthCheck:
    """Whether it is encrypted as the events are, and whether the key store answers with the tenant's keys."""
    seen = state_of_encryption(connection, tenant)
    encryption = reader.encryption(connection, tenant)
    in_clear = reader.head(connection, tenant) if encryption is None else encryption.since
    ends = {"last": in_clear, "limit": NEWEST}
    ((first,),) = connection.execute(_SQL["encrypted before"].of(tenant), ends).fetchall()
    if first is not None:
        changed = f"{seen}, and position {first} is encrypted: the row of the head was changed{_repair(True)}"
        return HealthCheck("personal data", sound=False, seen=changed)
    if encryption is not None:
        try:
            store_of(encryption.key_store)
        except KeysUnavailable as error:
            aside = f"; put aside: {', '.join(stores)}" if (stores := put_aside_stores(connection)) else ""
            return HealthCheck("personal data", sound=False, seen=f"{seen}{aside}; {error}")
    return HealthCheck("personal data", sound=True, seen=seen)


def _data_keys(connection: Connection, tenant: str) -> list[HealthCheck]:
    """Whether the key store holds the keys that the log names, and none that erasures destroyed."""
    try:
        store = key_store_of(connection, tenant)
        problems, lost = problems_of_keys(connection, tenant, store), store.lost(tenant)
    except (NotEncrypted, KeysUnavailable):
        return []  # the check before says so
    seen = "; ".join(problems) or f"the store holds those of the newest {NEWEST:,} events, and none of an erased person"
    if lost:
        seen += f"; {lost:,} keys are recorded as lost"
    return [HealthCheck("data keys", not problems, seen)]


def _access_journal(connection: Connection, tenant: str) -> HealthCheck:
    """Whether every entry since the last removal by age is there."""
    rows = connection.execute(_SQL["access journal"].of(tenant)).fetchall()
    head, trimmed, count, first, last = rows[0] if len(rows) == 1 else (0, 0, 0, 0, -1)
    sound = (first, last, count) == (trimmed + 1, head, head - trimmed)
    seen = f"{count} entries at positions {first} to {last}, the head says {head}, {trimmed} were removed by age"
    return HealthCheck("access journal", sound, seen + _repair(not sound))


def _api_keys(connection: Connection, tenant: str) -> HealthCheck:
    """Whether each key allows what its events say."""
    if changed := changed_api_keys(connection, tenant):
        seen = f"{len(changed)} keys allow other things than their events say ({', '.join(changed)}): revoke them"
        return HealthCheck("API keys", sound=False, seen=seen)
    return HealthCheck("API keys", sound=True, seen="each allows what its events say")


def _positions(count: int, first: int, last: int) -> HealthCheck:
    dense = (first, last) == (1, count)
    seen = f"{count} events at positions {first} to {last}, {last - first + 1 - count or 'none'} missing"
    return HealthCheck("positions", dense, seen + _repair(not dense))


def _head(ends: Ends, last: int) -> HealthCheck:
    damage = judge(ends)
    if damage is not None and damage.kind.startswith("head"):
        return HealthCheck("head", sound=False, seen=damage.sentence)
    return HealthCheck("head", sound=True, seen=f"the head says {ends.head}, the last event is at {last}")


def _end(furthest: int, last: int) -> HealthCheck:
    if furthest > last:
        known = f"the log ends at {last}, but commands or projections know of position {furthest}: it was shortened."
        return HealthCheck("end", sound=False, seen=f"{known} {SHORTENED}")
    return HealthCheck("end", sound=True, seen=f"nobody knows of an event beyond position {last}")


def _snapshots(ahead: int) -> HealthCheck:
    return HealthCheck("snapshots", ahead == 0, f"{ahead} are ahead of their streams{_repair_shortened(ahead)}")


def _versions(broken: int) -> HealthCheck:
    seen = f"{broken} streams whose versions are not 1 to n"
    return HealthCheck("versions", broken == 0, seen + _repair(broken > 0))


def _recording_times(falling: int, *, head_falls: bool) -> HealthCheck:
    seen = f"{falling} events recorded before the one before them"
    if head_falls and not falling:
        seen = "the head's time lies before that of the newest event, or has no end"
    falls = falling > 0 or head_falls
    return HealthCheck("recording times", not falls, seen + _repair(falls))


def _clock(ahead: int) -> HealthCheck:
    late = ahead > MUCH_AHEAD
    seen = f"the head's time is {max(ahead, 0)} s ahead of the database's clock"
    repair = f": what is recorded until then is given that time. Set the clock right, or {RESTORE}" if late else ""
    return HealthCheck("clock", not late, seen + repair)


def _repair_shortened(ahead: int) -> str:
    return f": the log was shortened. {SHORTENED}" if ahead else ""


def _repair(damaged: bool) -> str:
    return f": {RESTORE}" if damaged else ""


def _projections(connection: Connection, tenant: str, ends: Ends) -> Iterator[HealthCheck]:
    lags = {lag.projection: lag for lag in projection_lags(connection, tenant)}
    last = ends.last or 0
    for projection in PROJECTIONS:
        check = f"projection {projection.name}"
        try:
            position_of(connection, tenant, [projection])
        except ProjectionOutdated as error:
            yield HealthCheck(check, sound=False, seen=str(error))
        else:
            yield HealthCheck(check, *_lag(lags[projection.name], last))


def _lag(lag: ProjectionLag, last: int) -> tuple[bool, str]:
    if lag.position > last:
        return False, f"at position {lag.position}, {lag.position - last} events ahead of the log. {SHORTENED}"
    if lag.stopped_at is not None:
        return False, f"stopped at event {lag.stopped_at}: {lag.error}. When that is mended, run `rebuild`"
    near = lag.behind < MUCH_BEHIND
    return near, f"at position {lag.position}, {lag.behind} events behind{'' if near else ': run `serve` or `follow`'}"


def _views(connection: Connection, tenant: str) -> HealthCheck:
    if views_are_current(connection, tenant, VIEWS):
        return HealthCheck("reporting views", sound=True, seen=f"{len(VIEWS)} views, of this release")
    return HealthCheck("reporting views", sound=False, seen="missing, or of another release: run `migrate`")


def _channels() -> Iterator[HealthCheck]:
    """What the channels' file of this environment says, entry by entry."""
    config, wrong = configured_channels()
    for channel, endpoint in ConfiguredChannels(config).lanes:
        name = channel if endpoint is None else f"{channel}.{endpoint}"
        yield HealthCheck(f"channel {name}", sound=True, seen="configured")
    for name, why in wrong.items():
        channel = name if name == EVERY else f"channel {name}"
        yield HealthCheck(channel, sound=False, seen=f"nothing is sent over it: {why}")


def _fault_of_published(connection: Connection, tenant: str, log: SealedLog) -> str | None:
    folder = configured_channels().config.checkpoints.folder
    return None if folder is None else fault_of_published(connection, tenant, log, folder)


def _sealing(log: SealedLog, window: Window, fault: str | None) -> HealthCheck:
    """How far the tree of a log goes. ``fault``: what it lacks of the trees that were signed and published last."""
    check = f"sealing {log}"
    if fault is not None:
        return HealthCheck(check, sound=False, seen=fault)
    if not window.size:
        seen = f"no checkpoint is signed, so none of {window.head} rows can be proven: run `serve` or `seal`"
        return HealthCheck(check, sound=True, seen=seen)
    if window.size > window.head:
        seen = f"the tree covers {window.size} rows, and the log ends at {window.head}: it was cut off: {RESTORE}"
        return HealthCheck(check, sound=False, seen=seen)
    seen = f"positions 1 to {window.size} are sealed, {window.events} rows are not covered yet"
    if window.events:
        seen += f", the oldest for {window.seconds:.0f} s"
    near = window.events < MUCH_BEHIND
    return HealthCheck(check, near, seen + ("" if near else ": run `serve` or `seal`"))


def _comparisons(dsn: str, tenant: str, head: int, report: Callable[[int, int], None]) -> Iterator[HealthCheck]:
    done = 0

    def count(events: int) -> None:
        nonlocal done
        done += events
        report(done, head * len(PROJECTIONS))

    for comparison in compare(dsn, tenant, PROJECTIONS, count):
        seen = f"{comparison.only_live} rows differ from the log, {comparison.only_rebuilt} of the log's are not there"
        seen += "" if comparison.same else ": run `rebuild`"
        yield HealthCheck(f"table {comparison.table}", comparison.same, seen)
